//! Matrix products of dual numbers, by their definition.

use super::Gemm;
use crate::{Dual, Real};

impl<T: Real> Gemm for Dual<T> {
    unsafe fn gemm(
        [m, k, n]: [usize; 3],
        alpha: Self,
        (a, [a_row, a_column]): (*const Self, [isize; 2]),
        (b, [b_row, b_column]): (*const Self, [isize; 2]),
        beta: Self,
        c: *mut Self,
    ) {
        let at = |i: usize, stride: isize| i.cast_signed() * stride;
        for i in 0..m {
            for j in 0..n {
                let mut sum = Self::ZERO;
                for l in 0..k {
                    // SAFETY: every element of `A` and `B` is readable.
                    let (x, y) = unsafe {
                        (
                            a.offset(at(i, a_row) + at(l, a_column)).read(),
                            b.offset(at(l, b_row) + at(j, b_column)).read(),
                        )
                    };
                    sum += x * y;
                }
                // SAFETY: every element of `C` is writable, and in no place of `A` or `B`.
                unsafe {
                    let c = c.add(i * n + j);
                    // What is multiplied by zero may not be written yet, or be NaN.
                    let before = if beta.is_exactly_zero() { Self::ZERO } else { beta * c.read() };
                    c.write(alpha * sum + before);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Dual, Tensor};

    /// `d(A B) = dA B + A dB`, for operands that are transposed and for a result that is added to.
    #[test]
    fn products_of_dual_numbers() {
        let (a, da) = (Tensor::<2, f64>::rand([3, 2], 1), Tensor::<2, f64>::rand([3, 2], 2));
        let (b, db) = (Tensor::<2, f64>::rand([2, 4], 3), Tensor::<2, f64>::rand([2, 4], 4));
        let product = a.zip_map(&da, Dual::new).matmul(&b.zip_map(&db, Dual::new));
        let expected = da.matmul(&b) + a.matmul(&db);
        for (x, (re, eps)) in
            product.as_slice().iter().zip(a.matmul(&b).as_slice().iter().zip(expected.as_slice()))
        {
            assert!((x.re - re).abs() < 1e-14 && (x.eps - eps).abs() < 1e-14);
        }
    }
}
