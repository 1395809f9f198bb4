//! Products of matrices and vectors.

use super::rank::{AnyRank, Rank};
use crate::kernel::{Matrix, product};
use crate::{Real, Tensor};

/// Ranks of operands that have a matrix product: `Rank<R>: MatmulRank<S>` for a left operand of rank
/// `R` and a right operand of rank `S`, one of which is a matrix and the other a matrix or a vector.
#[diagnostic::on_unimplemented(
    message = "tensors of these ranks have no matrix product",
    label = "`matmul` is between two matrices, or a matrix and a vector",
    note = "the product of two vectors is `dot`"
)]
pub trait MatmulRank<const S: usize> {
    /// The tensor that the product is.
    type Product<T>: AnyRank<Element = T>;
}

impl MatmulRank<2> for Rank<2> {
    type Product<T> = Tensor<2, T>;
}
impl MatmulRank<2> for Rank<1> {
    type Product<T> = Tensor<1, T>;
}
impl MatmulRank<1> for Rank<2> {
    type Product<T> = Tensor<1, T>;
}

/// The matrix product of a tensor of rank `R` with one of rank `S`.
pub type Product<const R: usize, const S: usize, T> = <Rank<R> as MatmulRank<S>>::Product<T>;

impl<const R: usize, T: Real> Tensor<R, T> {
    /// The matrix product: `[m, k] x [k, n]` gives `[m, n]`, a row vector `[k] x [k, n]` gives `[n]`
    /// and a column vector `[m, k] x [k]` gives `[m]`.
    ///
    /// For `y = a b` the cotangents of the operands are `ȳ bᵀ` and `aᵀ ȳ`.
    ///
    /// # Panics
    /// If the inner dimensions differ.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let a = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.matmul(&a), Tensor::from([[7.0, 10.0], [15.0, 22.0]]));
    /// assert_eq!(a.matmul(&Tensor::from([1.0, 10.0])), Tensor::from([21.0, 43.0]));
    /// ```
    #[track_caller]
    pub fn matmul<const S: usize>(&self, rhs: &Tensor<S, T>) -> Product<R, S, T>
    where
        Rank<R>: MatmulRank<S>,
    {
        let (a, b) = (row_matrix(&self.shape), column_matrix(&rhs.shape));
        assert!(
            a[1] == b[0],
            "matmul: {:?} x {:?}: inner dimensions {} and {} differ",
            self.shape,
            rhs.shape,
            a[1],
            b[0]
        );
        let data = product(Matrix::new(&self.data, a), Matrix::new(&rhs.data, b));
        let shape: &[usize] = match (R, S) {
            (1, _) => &[b[1]],
            (_, 1) => &[a[0]],
            _ => &[a[0], b[1]],
        };
        Product::<R, S, T>::from_parts(shape, data)
    }
}

impl<T: Real> Tensor<1, T> {
    /// The inner product of two vectors: `Σ aᵢ bᵢ`.
    ///
    /// The cotangents of the operands are `ȳ b` and `ȳ a`.
    ///
    /// # Panics
    /// If the lengths differ.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let a = Tensor::from([1.0, 2.0, 3.0]);
    /// assert_eq!(a.dot(&Tensor::from([1.0, 10.0, 100.0])), 321.0);
    /// ```
    #[track_caller]
    pub fn dot(&self, rhs: &Self) -> T {
        assert!(
            self.shape == rhs.shape,
            "dot: {:?} x {:?}: lengths {} and {} differ",
            self.shape,
            rhs.shape,
            self.shape[0],
            rhs.shape[0]
        );
        T::sum_of_products(&self.data, &rhs.data)
    }
}

/// Rows and columns of a left operand: a vector is one row.
pub(crate) fn row_matrix(shape: &[usize]) -> [usize; 2] {
    match *shape {
        [k] => [1, k],
        [m, k] => [m, k],
        _ => unreachable!("`MatmulRank` is implemented for ranks 1 and 2"),
    }
}

/// Rows and columns of a right operand: a vector is one column.
pub(crate) fn column_matrix(shape: &[usize]) -> [usize; 2] {
    match *shape {
        [k] => [k, 1],
        [k, n] => [k, n],
        _ => unreachable!("`MatmulRank` is implemented for ranks 1 and 2"),
    }
}

#[cfg(test)]
mod tests {
    use crate::Tensor;

    fn t<const R: usize>(shape: [usize; R], data: &[f64]) -> Tensor<R, f64> {
        Tensor { shape, data: data.to_vec() }
    }

    #[test]
    fn closed_forms() {
        let a = t([2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let b = t([3, 2], &[1.0, 0.0, 0.0, 1.0, 2.0, -1.0]);
        assert_eq!(a.matmul(&b), t([2, 2], &[7.0, -1.0, 16.0, -1.0]));
        assert_eq!(a.matmul(&t([3], &[1.0, 10.0, 100.0])), t([2], &[321.0, 654.0]));
        assert_eq!(t([2], &[1.0, 10.0]).matmul(&a), t([3], &[41.0, 52.0, 63.0]));
        assert_eq!(t([3], &[1.0, 2.0, 3.0]).dot(&t([3], &[4.0, 5.0, 6.0])), 32.0);
    }

    #[test]
    fn empty_and_of_size_one() {
        assert_eq!(t([1, 1], &[3.0]).matmul(&t([1, 1], &[4.0])), t([1, 1], &[12.0]));
        assert_eq!(t([2, 0], &[]).matmul(&t([0, 2], &[])), t([2, 2], &[0.0; 4]));
        assert_eq!(t([0, 2], &[]).matmul(&t([2, 3], &[1.0; 6])), t([0, 3], &[]));
        assert_eq!(t([2, 0], &[]).matmul(&t([0], &[])), t([2], &[0.0; 2]));
        assert_eq!(t([0], &[]).dot(&t([0], &[])), 0.0);
    }

    #[test]
    #[should_panic(
        expected = "matmul: [64, 1000] x [100, 10]: inner dimensions 1000 and 100 differ"
    )]
    fn inner_dimensions_differ() {
        t([64, 1000], &vec![0.0; 64_000]).matmul(&t([100, 10], &[0.0; 1000]));
    }

    #[test]
    #[should_panic(expected = "matmul: [2] x [3, 1]: inner dimensions 2 and 3 differ")]
    fn vector_and_matrix_do_not_fit() {
        t([2], &[0.0; 2]).matmul(&t([3, 1], &[0.0; 3]));
    }

    #[test]
    #[should_panic(expected = "dot: [2] x [3]: lengths 2 and 3 differ")]
    fn lengths_differ() {
        t([2], &[0.0; 2]).dot(&t([3], &[0.0; 3]));
    }
}
