//! Which kernel multiplies which matrices. The bounds are where the measured times cross.

use super::backend::Backend;
use super::instructions;
use super::product::Product;
use super::vector::Scalar;
use crate::kernel::dispatch::Set;

/// How a product is computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kernel {
    /// A row times contiguous rows.
    Row,
    /// Inner products of contiguous rows and columns.
    Dots,
    /// A column times a row.
    Outer,
    /// Tiles, with copies of the operands of which it is said.
    Tiles { copy_a: bool, copy_b: bool },
    /// What `matrixmultiply` does.
    Backend,
}

/// The most rows for which inner products with the columns of `B` are faster than transposing it.
const DOTS: usize = 4;
/// The most multiplications for which tiles are as fast as the backend without wide registers.
const BASELINE: usize = 16 * 16 * 16;
/// The strides, in bytes, for which the terms of a tile would fall into few sets of the cache.
const FAR: usize = 4096;
/// The fewest rows that are worth a copy of `B`, and columns that are worth a copy of `A`.
const COPIED: usize = 128;

impl Kernel {
    /// The kernel for a product with more than one column.
    pub(super) fn choose<T: Scalar>(set: Set, p: &Product<T>) -> Self {
        let contiguous = |stride: isize, len: usize| stride == 1 || len == 1;
        let far = |stride: isize| stride.unsigned_abs() * size_of::<T>() >= FAR;
        let rows_of_b = contiguous(p.b_strides[1], p.n);
        if p.m == 1 && rows_of_b {
            return Self::Row;
        }
        if p.k == 1 && rows_of_b {
            return Self::Outer;
        }
        let columns_of_b = contiguous(p.b_strides[0], p.k);
        if p.m <= DOTS && columns_of_b && !rows_of_b && contiguous(p.a_strides[1], p.k) {
            return Self::Dots;
        }
        if set == Set::Baseline && p.m * p.k * p.n > BASELINE {
            return Self::Backend;
        }
        Self::Tiles {
            copy_a: p.n >= COPIED && contiguous(p.a_strides[0], p.m) && far(p.a_strides[1]),
            copy_b: !rows_of_b || p.m >= COPIED && far(p.b_strides[0]),
        }
    }

    /// Computes the product.
    ///
    /// # Safety
    /// The promise of a [`Product`], the processor has the instructions, and the kernel was chosen for
    /// this product or one of which it is a part.
    pub(super) unsafe fn run<T: Scalar + Backend>(self, set: Set, p: Product<T>) {
        // SAFETY: that of this function.
        unsafe {
            match self {
                Self::Row => instructions::row(set, p),
                Self::Dots => instructions::dots(set, p),
                Self::Outer => instructions::outer(set, p),
                Self::Tiles { copy_a, copy_b } => {
                    instructions::tiles(set, p, copy_a, copy_b);
                }
                Self::Backend => T::multiply(p),
            }
        }
    }
}
