//! Matrix products. What is small or skinny, and on processors with AVX2 or AVX-512 everything else,
//! is multiplied by kernels of our own, which need not copy the operands; the rest by
//! `matrixmultiply`.

mod backend;
mod choice;
mod division;
mod instructions;
mod pack;
mod product;
mod skinny;
mod tile;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;

use super::dispatch::Set;
use super::{pool, threads};
use crate::Real;
use backend::Backend;
use choice::Kernel;
use division::Division;
use product::Product;
use std::cell::Cell;
use vector::Scalar;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

/// The number of matrix products that this thread has computed, forward and reverse: what tests of
/// the cost of a gradient count.
#[doc(hidden)]
pub fn gemm_count() -> u64 {
    COUNT.get()
}

/// Scalars that have a matrix product.
pub trait Gemm: Sized {
    /// `C ← alpha A B + beta C` for `A` of `m` by `k`, `B` of `k` by `n`, `C` of `m` by `n`, which is
    /// contiguous. `A` and `B` are pointers to their first elements, with the strides from row to row
    /// and from column to column.
    ///
    /// # Safety
    /// Every element of `A` and `B` must be readable and every element of `C` writable, and none of
    /// `C` in a place of `A` or `B`. If `beta` is zero, `C` is not read.
    #[doc(hidden)]
    unsafe fn gemm(
        dimensions: [usize; 3],
        alpha: Self,
        a: (*const Self, [isize; 2]),
        b: (*const Self, [isize; 2]),
        beta: Self,
        c: *mut Self,
    );
}

macro_rules! gemm {
    ($($t:ident)*) => {$(
        impl Gemm for $t {
            unsafe fn gemm(
                [m, k, n]: [usize; 3],
                alpha: Self,
                (a, a_strides): (*const Self, [isize; 2]),
                (b, b_strides): (*const Self, [isize; 2]),
                beta: Self,
                c: *mut Self,
            ) {
                let c_row = n.cast_signed();
                let p = Product { m, k, n, alpha, a, a_strides, b, b_strides, beta, c, c_row };
                // SAFETY: the requirements are those of this function.
                unsafe { multiply(Set::best(), p) }
            }
        }
    )*};
}
gemm!(f32 f64);

/// Computes a product, large ones on several threads.
///
/// # Safety
/// The promise of a [`Product`], and the processor has the instructions.
unsafe fn multiply<T: Scalar + Backend>(set: Set, p: Product<T>) {
    // A single column is contiguous, so it is the single row of the transposed product.
    let p = if p.n == 1 { p.transposed() } else { p };
    if p.m == 0 || p.n == 0 {
        return;
    }
    let kernel = Kernel::choose(set, &p);
    let division = Division::of(&p, threads::count());
    threads::for_each_chunk(division.len, division.chunk, |part| {
        // SAFETY: that of this function. Different parts write different elements.
        unsafe { kernel.run(set, division.part(p, part)) }
    });
}

/// A matrix in a slice.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a, T> {
    data: &'a [T],
    /// Rows and columns.
    shape: [usize; 2],
    /// From row to row and from column to column.
    strides: [usize; 2],
}

impl<'a, T> Matrix<'a, T> {
    /// A contiguous row-major matrix.
    pub(crate) fn new(data: &'a [T], shape: [usize; 2]) -> Self {
        Self::strided(data, shape, [shape[1], 1])
    }

    /// The matrix whose element `(i, j)` is `data[i * strides[0] + j * strides[1]]`.
    ///
    /// # Panics
    /// If an element is outside `data`.
    pub(crate) fn strided(data: &'a [T], shape: [usize; 2], strides: [usize; 2]) -> Self {
        if !shape.contains(&0) {
            let reach = |axis: usize| (shape[axis] - 1).checked_mul(strides[axis]);
            let last = reach(0).zip(reach(1)).and_then(|(row, column)| row.checked_add(column));
            assert!(
                last.is_some_and(|last| last < data.len()),
                "a matrix of shape {shape:?} and strides {strides:?} does not fit {} elements",
                data.len()
            );
        }
        Self { data, shape, strides }
    }

    /// The transpose: the same elements with the strides swapped.
    pub(crate) fn transposed(self) -> Self {
        let ([rows, columns], [row, column]) = (self.shape, self.strides);
        Self { data: self.data, shape: [columns, rows], strides: [column, row] }
    }

    /// The pointer and the strides that [`Gemm::gemm`] takes.
    fn raw(self) -> (*const T, [isize; 2]) {
        // Along an axis of size 1 no step is taken, so a stride that no element is at means nothing.
        let strides = self.strides.map(|stride| isize::try_from(stride).unwrap_or(0));
        (self.data.as_ptr(), strides)
    }
}

/// `C ← A B + beta C` with `C` contiguous and row-major.
///
/// # Panics
/// If the columns of `A` are not as many as the rows of `B`, or `c` is not of the size of the result.
pub(crate) fn gemm<T: Gemm>(a: Matrix<'_, T>, b: Matrix<'_, T>, one: T, beta: T, c: &mut [T]) {
    let [m, k, n] = dimensions(&a, &b);
    assert_eq!(m.checked_mul(n), Some(c.len()), "the size of a matrix product");
    COUNT.set(COUNT.get() + 1);
    // SAFETY: `Matrix` has only elements inside its slice, which it borrows. `c` holds exactly the
    // m * n elements of the result; being borrowed mutably, it does not overlap the operands. A stride
    // that does not fit `isize` belongs to an axis of size 1, as a slice has no more than
    // `isize::MAX` elements, or to a matrix without any.
    unsafe { T::gemm([m, k, n], one, a.raw(), b.raw(), beta, c.as_mut_ptr()) }
}

/// `A B`, row-major, in memory that nobody wrote to before.
///
/// # Panics
/// If the columns of `A` are not as many as the rows of `B`.
pub(crate) fn product<T: Real>(a: Matrix<'_, T>, b: Matrix<'_, T>) -> Vec<T> {
    let [m, k, n] = dimensions(&a, &b);
    let len = m.checked_mul(n).expect("the size of a matrix product");
    let mut c = pool::with_capacity(len);
    COUNT.set(COUNT.get() + 1);
    // SAFETY: as in `gemm`. There is room for the elements of `C`, which are not read where `beta` is zero; all
    // of them are written. A scalar is dropped by doing nothing, should a panic come between.
    unsafe {
        T::gemm([m, k, n], T::ONE, a.raw(), b.raw(), T::ZERO, c.as_mut_ptr());
        c.set_len(len);
    }
    c
}

/// Rows of `A`, columns of `A` and columns of `B`.
fn dimensions<T>(a: &Matrix<'_, T>, b: &Matrix<'_, T>) -> [usize; 3] {
    let ([m, k], [b_rows, n]) = (a.shape, b.shape);
    assert_eq!(k, b_rows, "the inner dimensions of a matrix product");
    [m, k, n]
}

#[cfg(test)]
mod tests;
