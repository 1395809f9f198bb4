//! Matrix products: the only caller of `matrixmultiply`.

use std::cell::Cell;

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
    /// `C ← alpha A B + beta C` for `A` of `m` by `k`, `B` of `k` by `n`, `C` of `m` by `n`. A matrix
    /// is a pointer to its first element, the stride from row to row and that from column to column.
    ///
    /// # Safety
    /// Every element of `A` and `B` must be readable and every element of `C` writable, with no
    /// two elements of `C` in one place and none in a place of `A` or `B`.
    #[doc(hidden)]
    unsafe fn gemm(
        dimensions: [usize; 3],
        alpha: Self,
        a: (*const Self, [isize; 2]),
        b: (*const Self, [isize; 2]),
        beta: Self,
        c: (*mut Self, [isize; 2]),
    );
}

macro_rules! gemm {
    ($($t:ident $gemm:ident)*) => {$(
        impl Gemm for $t {
            unsafe fn gemm(
                [m, k, n]: [usize; 3],
                alpha: Self,
                (a, [a_row, a_column]): (*const Self, [isize; 2]),
                (b, [b_row, b_column]): (*const Self, [isize; 2]),
                beta: Self,
                (c, [c_row, c_column]): (*mut Self, [isize; 2]),
            ) {
                // SAFETY: the requirements are those of this function.
                unsafe {
                    matrixmultiply::$gemm(
                        m, k, n, alpha, a, a_row, a_column, b, b_row, b_column, beta, c, c_row,
                        c_column,
                    );
                }
            }
        }
    )*};
}
gemm!(f32 sgemm f64 dgemm);

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
    let ([m, k], [b_rows, n]) = (a.shape, b.shape);
    assert_eq!(k, b_rows, "the inner dimensions of a matrix product");
    assert_eq!(m.checked_mul(n), Some(c.len()), "the size of a matrix product");
    COUNT.set(COUNT.get() + 1);
    let c_strides = [isize::try_from(n).unwrap_or(0), 1];
    // SAFETY: `Matrix` has only elements inside its slice, which it borrows. `c` holds exactly the
    // m * n elements of the result, each in its own place as the strides are `[n, 1]`; being borrowed
    // mutably, it does not overlap the operands. A stride that does not fit `isize` belongs to an
    // axis of size 1, as a slice has no more than `isize::MAX` elements, or to a matrix without any.
    unsafe { T::gemm([m, k, n], one, a.raw(), b.raw(), beta, (c.as_mut_ptr(), c_strides)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `A B + beta C` by the definition.
    fn product(a: &[f64], b: &[f64], [m, k, n]: [usize; 3], beta: f64, c: &[f64]) -> Vec<f64> {
        let element = |i: usize, j: usize| {
            (0..k).map(|l| a[i * k + l] * b[l * n + j]).sum::<f64>() + beta * c[i * n + j]
        };
        (0..m).flat_map(|i| (0..n).map(move |j| (i, j))).map(|(i, j)| element(i, j)).collect()
    }

    fn integers(len: usize, seed: usize) -> Vec<f64> {
        (0..len).map(|i| ((i * 7 + seed * 3) % 11) as f64 - 5.0).collect()
    }

    fn transpose(x: &[f64], [rows, columns]: [usize; 2]) -> Vec<f64> {
        (0..columns).flat_map(|j| (0..rows).map(move |i| x[i * columns + j])).collect()
    }

    #[test]
    fn agrees_with_the_definition() {
        // Integers: the sums are exact in any order.
        for [m, k, n] in [
            [1, 1, 1],
            [2, 3, 4],
            [1, 5, 3],
            [5, 4, 1],
            [9, 17, 33],
            [3, 0, 2],
            [0, 2, 3],
            [2, 3, 0],
        ] {
            let (a, b, c) = (integers(m * k, 1), integers(k * n, 2), integers(m * n, 3));
            let (at, bt) = (transpose(&a, [m, k]), transpose(&b, [k, n]));
            for beta in [0.0, 1.0] {
                let expected = product(&a, &b, [m, k, n], beta, &c);
                for (a, at) in [(&a, false), (&at, true)] {
                    for (b, bt) in [(&b, false), (&bt, true)] {
                        let lhs = if at {
                            Matrix::new(a, [k, m]).transposed()
                        } else {
                            Matrix::new(a, [m, k])
                        };
                        let rhs = if bt {
                            Matrix::new(b, [n, k]).transposed()
                        } else {
                            Matrix::new(b, [k, n])
                        };
                        let mut out = c.clone();
                        gemm(lhs, rhs, 1.0, beta, &mut out);
                        assert_eq!(out, expected, "{m} {k} {n}, beta {beta}");
                    }
                }
            }
        }
    }

    #[test]
    fn beta_zero_overwrites_what_is_not_a_number() {
        let mut c = [f64::NAN];
        gemm(Matrix::new(&[2.0], [1, 1]), Matrix::new(&[3.0], [1, 1]), 1.0, 0.0, &mut c);
        assert_eq!(c, [6.0]);
    }

    #[test]
    fn counts() {
        let before = gemm_count();
        gemm(Matrix::new(&[2.0_f32], [1, 1]), Matrix::new(&[3.0], [1, 1]), 1.0, 0.0, &mut [0.0]);
        assert_eq!(gemm_count(), before + 1);
    }

    #[test]
    #[should_panic(expected = "does not fit 5 elements")]
    fn elements_outside_the_slice() {
        Matrix::new(&[0.0; 5], [2, 3]);
    }

    #[test]
    #[should_panic(expected = "does not fit 5 elements")]
    fn strides_that_overflow() {
        Matrix::strided(&[0.0; 5], [3, 2], [usize::MAX, 1]);
    }
}
