//! A matrix product as the kernels get it.

use super::vector::Scalar;

/// `C ← alpha A B + beta C` for `A` of `m` by `k`, `B` of `k` by `n` and `C` of `m` by `n`, all by
/// pointers to their first elements. The rows of `C` are contiguous.
///
/// What makes one promises that all elements of `A` and `B` can be read and those of `C` written, with
/// no two elements of `C` in one place and none in a place of `A` or `B`.
#[derive(Clone, Copy)]
pub(super) struct Product<T> {
    pub(super) m: usize,
    pub(super) k: usize,
    pub(super) n: usize,
    pub(super) alpha: T,
    pub(super) a: *const T,
    /// From row to row and from column to column.
    pub(super) a_strides: [isize; 2],
    pub(super) b: *const T,
    /// From row to row and from column to column.
    pub(super) b_strides: [isize; 2],
    pub(super) beta: T,
    pub(super) c: *mut T,
    /// From row to row.
    pub(super) c_row: isize,
}

// SAFETY: it reads and writes scalars, as slices of them would, which may be sent and shared. No two
// threads may compute the same elements of `C`.
unsafe impl<T: Scalar> Send for Product<T> {}
// SAFETY: as above.
unsafe impl<T: Scalar> Sync for Product<T> {}

impl<T: Scalar> Product<T> {
    /// The product of which the result is the transpose. For a single column, which is contiguous.
    pub(super) fn transposed(self) -> Self {
        let swap = |[row, column]: [isize; 2]| [column, row];
        Self {
            m: self.n,
            n: self.m,
            a: self.b,
            a_strides: swap(self.b_strides),
            b: self.a,
            b_strides: swap(self.a_strides),
            ..self
        }
    }

    /// The rows of `C` from `first` on, at most `count` of them.
    pub(super) fn rows(self, first: usize, count: usize) -> Self {
        let offset = first.cast_signed();
        Self {
            m: count.min(self.m - first),
            a: self.a.wrapping_offset(offset * self.a_strides[0]),
            c: self.c.wrapping_offset(offset * self.c_row),
            ..self
        }
    }

    /// The columns of `C` from `first` on, at most `count` of them.
    pub(super) fn columns(self, first: usize, count: usize) -> Self {
        let offset = first.cast_signed();
        Self {
            n: count.min(self.n - first),
            b: self.b.wrapping_offset(offset * self.b_strides[1]),
            c: self.c.wrapping_offset(offset),
            ..self
        }
    }

    /// The terms from `first` on, at most `count` of them: added to those before them.
    pub(super) fn terms(self, first: usize, count: usize) -> Self {
        let offset = first.cast_signed();
        Self {
            k: count.min(self.k - first),
            a: self.a.wrapping_offset(offset * self.a_strides[1]),
            b: self.b.wrapping_offset(offset * self.b_strides[0]),
            beta: if first == 0 { self.beta } else { T::ONE },
            ..self
        }
    }
}
