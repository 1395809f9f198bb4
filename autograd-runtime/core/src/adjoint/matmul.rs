//! Adjoints of the products of matrices and vectors.

use super::accumulate::add_scaled;
use super::axis::is_zero;
use crate::kernel::{Matrix, gemm, product};
use crate::ops::matmul::{MatmulRank, Product, column_matrix, row_matrix};
use crate::ops::rank::{AnyRank, Rank};
use crate::{Real, Tensor};

/// `ā += ȳ bᵀ` for `y = a b`.
pub fn matmul_lhs<const R: usize, const S: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Product<R, S, T>,
    rhs: &Tensor<S, T>,
) where
    Rank<R>: MatmulRank<S>,
{
    if is_zero(dy) {
        return;
    }
    let [k, n] = column_matrix(&rhs.shape);
    let m = if R == 1 { 1 } else { dy.dimensions()[0] };
    let dy = Matrix::new(dy.elements(), [m, n]);
    let rhs = Matrix::new(&rhs.data, [k, n]);
    add_product(acc, dy, rhs.transposed(), &[m, k][2 - R..]);
}

/// `b̄ += aᵀ ȳ` for `y = a b`.
pub fn matmul_rhs<const R: usize, const S: usize, T: Real>(
    acc: &mut Tensor<S, T>,
    dy: &Product<R, S, T>,
    lhs: &Tensor<R, T>,
) where
    Rank<R>: MatmulRank<S>,
{
    if is_zero(dy) {
        return;
    }
    let [m, k] = row_matrix(&lhs.shape);
    let n = if S == 1 { 1 } else { dy.dimensions()[dy.dimensions().len() - 1] };
    let dy = Matrix::new(dy.elements(), [m, n]);
    let lhs = Matrix::new(&lhs.data, [m, k]);
    add_product(acc, lhs.transposed(), dy, &[k, n][..S]);
}

/// Adds `a b`, of dimensions `shape`, in one matrix product.
fn add_product<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    shape: &[usize],
) {
    if acc.is_symbolic_zero() {
        *acc = Tensor::from_parts(shape, product(a, b));
    } else {
        gemm(a, b, T::ONE, T::ONE, &mut acc.data);
    }
}

/// `ā += ȳ b` for `y = Σ aᵢ bᵢ`.
pub fn dot_lhs<T: Real>(acc: &mut Tensor<1, T>, dy: &T, rhs: &Tensor<1, T>) {
    let dy = *dy;
    add_scaled(acc, rhs, dy);
}

/// `b̄ += ȳ a` for `y = Σ aᵢ bᵢ`.
pub fn dot_rhs<T: Real>(acc: &mut Tensor<1, T>, dy: &T, lhs: &Tensor<1, T>) {
    let dy = *dy;
    add_scaled(acc, lhs, dy);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tangent;
    use crate::adjoint::difference::{check, check_scalar, sample};
    use crate::kernel::gemm_count;

    fn check_product<const R: usize, const S: usize>(a: [usize; R], b: [usize; S])
    where
        Rank<R>: MatmulRank<S>,
    {
        let (a, b) = (sample(a, 1), sample(b, 2));
        check(&a, |a| a.matmul(&b), |acc, dy| matmul_lhs(acc, dy, &b));
        check(&b, |b| a.matmul(b), |acc, dy| matmul_rhs(acc, dy, &a));
    }

    #[test]
    fn products_agree_with_central_differences() {
        for [m, k, n] in
            [[2, 3, 4], [1, 5, 1], [1, 1, 1], [9, 2, 17], [0, 2, 3], [2, 0, 3], [2, 3, 0]]
        {
            check_product([m, k], [k, n]);
            check_product([k], [k, n]);
            check_product([m, k], [k]);
        }
    }

    #[test]
    fn dot_agrees_with_central_differences() {
        for len in [1, 2, 7, 40] {
            let (a, b) = (sample([len], 1), sample([len], 2));
            check_scalar(&a, |a| a.dot(&b), |acc, dy| dot_lhs(acc, dy, &b));
            check_scalar(&b, |b| a.dot(b), |acc, dy| dot_rhs(acc, dy, &a));
        }
    }

    #[test]
    fn one_matrix_product_each() {
        let (a, b) = (sample([2, 3], 1), sample([3, 4], 2));
        let dy = a.matmul(&b);
        let mut da = Tensor::<2, f64>::symbolic_zero();
        let mut db = Tensor::<2, f64>::symbolic_zero();
        let before = gemm_count();
        for _ in 0..2 {
            matmul_lhs(&mut da, &dy, &b);
            matmul_rhs(&mut db, &dy, &a);
        }
        assert_eq!(gemm_count(), before + 4);
        matmul_lhs(&mut da, &Tensor::<2, f64>::symbolic_zero(), &b);
        assert_eq!(gemm_count(), before + 4);
    }
}
