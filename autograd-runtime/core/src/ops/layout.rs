//! Other arrangements of the same elements: transposes, permutations, reshapes and repetitions.

use super::broadcast::repeat;
use super::walk::{strides, walk};
use crate::Tensor;
use crate::kernel::pool;

/// The side of the squares in which a matrix is transposed: both sides of one stay in the
/// first-level cache.
const TILE: usize = 16;

impl<const R: usize, T: Copy> Tensor<R, T> {
    /// The tensor with its axes in another order: axis `d` of the result is axis `axes[d]` of `self`.
    ///
    /// # Panics
    /// If `axes` does not name every axis once.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([[[1.0, 2.0], [3.0, 4.0]]]);
    /// assert_eq!(x.shape(), [1, 2, 2]);
    /// assert_eq!(x.permute([2, 1, 0]), Tensor::from([[[1.0], [3.0]], [[2.0], [4.0]]]));
    /// ```
    #[must_use]
    #[track_caller]
    pub fn permute(&self, axes: [usize; R]) -> Self {
        inverse(axes);
        let steps = strides(&self.shape);
        let shape = axes.map(|axis| self.shape[axis]);
        let mut data = pool::with_capacity(self.data.len());
        walk(shape, axes.map(|axis| steps[axis]), |position| data.push(self.data[position]));
        Self { shape, data }
    }

    /// The same elements in the same row-major order with other dimensions, of which there may be
    /// more or fewer.
    ///
    /// # Panics
    /// If the number of elements is not the same.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(x.reshape([3, 2]), Tensor::from([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]));
    /// assert_eq!(x.reshape([6]), Tensor::from([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    /// ```
    #[track_caller]
    pub fn reshape<const S: usize>(&self, shape: [usize; S]) -> Tensor<S, T> {
        let len = shape.iter().try_fold(1_usize, |len, &d| len.checked_mul(d));
        assert!(
            len == Some(self.data.len()),
            "reshape: {:?} to {shape:?}: the number of elements is {} and would have to be {}",
            self.shape,
            self.data.len(),
            len.map_or_else(|| "more than memory can hold".to_string(), |len| len.to_string())
        );
        Tensor { shape, data: pool::copied(&self.data) }
    }

    /// The tensor repeated along axes of size 1 and along new axes in front, as `NumPy` broadcasts.
    ///
    /// The gradient of an element is the sum over its repetitions.
    ///
    /// # Panics
    /// If an axis, counted from the last, has another size than in `shape` and is not 1, or if
    /// `shape` has fewer axes.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let row = Tensor::from([1.0, 2.0]);
    /// assert_eq!(row.broadcast_to([2, 2]), Tensor::from([[1.0, 2.0], [1.0, 2.0]]));
    /// let column = row.reshape([2, 1]);
    /// assert_eq!(column.broadcast_to([2, 3]), Tensor::from([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]));
    /// ```
    #[track_caller]
    pub fn broadcast_to<const S: usize>(&self, shape: [usize; S]) -> Tensor<S, T> {
        repeat(self, shape)
    }
}

impl<T: Copy> Tensor<2, T> {
    /// The transpose of a matrix.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(x.t(), Tensor::from([[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]));
    /// ```
    #[must_use]
    pub fn t(&self) -> Self {
        let [rows, columns] = self.shape;
        let mut data = pool::copied(&self.data);
        each_transposed([rows, columns], |from, to| data[to] = self.data[from]);
        Self { shape: [columns, rows], data }
    }
}

/// Calls `visit` with the position of each element of a matrix and with its position in the
/// transpose, square by square.
pub(crate) fn each_transposed([rows, columns]: [usize; 2], mut visit: impl FnMut(usize, usize)) {
    for top in (0..rows).step_by(TILE) {
        for left in (0..columns).step_by(TILE) {
            for i in top..rows.min(top + TILE) {
                for j in left..columns.min(left + TILE) {
                    visit(i * columns + j, j * rows + i);
                }
            }
        }
    }
}

/// The permutation that undoes `axes`; panics if that is not a permutation.
#[track_caller]
pub(crate) fn inverse<const R: usize>(axes: [usize; R]) -> [usize; R] {
    let mut inverse = [R; R];
    for (d, &axis) in axes.iter().enumerate() {
        let fresh = axis < R && inverse[axis] == R;
        assert!(fresh, "permute: {axes:?} is not a permutation of 0..{R}");
        inverse[axis] = d;
    }
    inverse
}

#[cfg(test)]
mod tests {
    use crate::Tensor;
    use crate::adjoint::difference::sample;

    fn t<const R: usize>(shape: [usize; R], data: &[f64]) -> Tensor<R, f64> {
        Tensor { shape, data: data.to_vec() }
    }

    #[test]
    fn transposes_of_all_sizes() {
        for [rows, columns] in [[1, 1], [2, 3], [17, 40], [1, 5], [33, 16], [0, 3]] {
            let x = sample([rows, columns], 1);
            let y = x.t();
            assert_eq!(y.shape, [columns, rows]);
            for i in 0..rows {
                for j in 0..columns {
                    assert_eq!(y.data[j * rows + i], x.data[i * columns + j]);
                }
            }
            assert_eq!(x.permute([1, 0]), y);
        }
    }

    #[test]
    fn permutations() {
        let [a, b, c] = [2, 3, 4];
        let x = sample([a, b, c], 1);
        let y = x.permute([2, 0, 1]);
        assert_eq!(y.shape, [c, a, b]);
        for i in 0..a {
            for j in 0..b {
                for k in 0..c {
                    assert_eq!(y.data[(k * a + i) * b + j], x.data[(i * b + j) * c + k]);
                }
            }
        }
        assert_eq!(t([], &[3.0]).permute([]), t([], &[3.0]));
        assert_eq!(t([2, 0, 3], &[]).permute([2, 0, 1]), t([3, 2, 0], &[]));
    }

    #[test]
    fn reshapes() {
        let x = t([2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(x.reshape([3, 1, 2]), t([3, 1, 2], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
        assert_eq!(t([1, 1], &[7.0]).reshape([]), t([], &[7.0]));
        assert_eq!(t([0, 3], &[]).reshape([2, 0]), t([2, 0], &[]));
    }

    #[test]
    fn repetitions() {
        assert_eq!(t([], &[7.0]).broadcast_to([2, 2]), t([2, 2], &[7.0; 4]));
        assert_eq!(
            t([2, 1, 2], &[1.0, 2.0, 3.0, 4.0]).broadcast_to([2, 2, 2]),
            t([2, 2, 2], &[1.0, 2.0, 1.0, 2.0, 3.0, 4.0, 3.0, 4.0])
        );
        assert_eq!(t([1], &[5.0]).broadcast_to([0]), t([0], &[]));
        assert_eq!(t([0], &[]).broadcast_to([3, 0]), t([3, 0], &[]));
    }

    #[test]
    #[should_panic(expected = "permute: [0, 2, 0] is not a permutation of 0..3")]
    fn an_axis_named_twice() {
        let _ = t([1, 1, 1], &[0.0]).permute([0, 2, 0]);
    }

    #[test]
    #[should_panic(expected = "permute: [1, 2] is not a permutation of 0..2")]
    fn an_axis_that_is_not_there() {
        let _ = t([1, 1], &[0.0]).permute([1, 2]);
    }

    #[test]
    #[should_panic(
        expected = "reshape: [2, 3] to [4, 2]: the number of elements is 6 and would have to be 8"
    )]
    fn another_number_of_elements() {
        t([2, 3], &[0.0; 6]).reshape([4, 2]);
    }

    #[test]
    #[should_panic(expected = "more than memory can hold")]
    fn a_number_of_elements_that_overflows() {
        t([0], &[]).reshape([usize::MAX, 2]);
    }

    #[test]
    #[should_panic(expected = "broadcast_to: [3] cannot be broadcast to [3, 2]")]
    fn sizes_that_do_not_fit() {
        t([3], &[0.0; 3]).broadcast_to([3, 2]);
    }

    #[test]
    #[should_panic(expected = "broadcast_to: [1, 1] cannot be broadcast to [2]")]
    fn fewer_axes() {
        t([1, 1], &[0.0]).broadcast_to([2]);
    }
}
