//! Parts of a tensor: slices, selections and gathers.

use super::lanes::{Lanes, without_axis};
use super::rank::{AnyRank, Rank, ReduceRank, Reduced};
use super::walk::{strides, walk};
use crate::Tensor;
use crate::kernel::pool;
use std::ops::{Bound, Range, RangeBounds};

impl<const R: usize, T: Copy> Tensor<R, T> {
    /// The part of the tensor whose index along `axis` lies in `range`.
    ///
    /// # Panics
    /// If there is no such axis, or if the range does not lie within it.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(x.slice(1, 1..3), Tensor::from([[2.0, 3.0], [5.0, 6.0]]));
    /// assert_eq!(x.slice(0, 1..), Tensor::from([[4.0, 5.0, 6.0]]));
    /// ```
    #[track_caller]
    pub fn slice(&self, axis: usize, range: impl RangeBounds<usize>) -> Self {
        let lanes = Lanes::of("slice", &self.shape, axis);
        let range = resolve(&self.shape, axis, &range);
        let mut shape = self.shape;
        shape[axis] = range.len();
        Self { shape, data: copy_rows(lanes, &self.data, range) }
    }

    /// The part of the tensor at one `index` along `axis`, which is removed.
    ///
    /// # Panics
    /// If there is no such axis, or if the index lies outside it.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(x.select(0, 1), Tensor::from([4.0, 5.0, 6.0]));
    /// assert_eq!(x.select(1, 0), Tensor::from([1.0, 4.0]));
    /// ```
    #[track_caller]
    pub fn select(&self, axis: usize, index: usize) -> Reduced<R, T>
    where
        Rank<R>: ReduceRank,
    {
        let lanes = Lanes::of("select", &self.shape, axis);
        assert!(
            index < lanes.len,
            "select: index {index} is out of bounds for axis {axis} of {:?}",
            self.shape
        );
        let data = copy_rows(lanes, &self.data, index..index + 1);
        Reduced::<R, T>::from_parts(&without_axis(&self.shape, axis), data)
    }

    /// Picks elements along `axis` as `torch.gather` does: the result has the shape of `indices`, and
    /// its element at `[i, j, …]` is that of `self` at the same place, except that the index along
    /// `axis` is `indices[[i, j, …]]`.
    ///
    /// # Panics
    /// If there is no such axis, if `indices` is larger than `self` along another axis, or if an
    /// index lies outside the axis.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// let one_per_row = Tensor::from([[2_usize], [0]]);
    /// assert_eq!(x.gather(1, &one_per_row), Tensor::from([[3.0], [4.0]]));
    /// ```
    #[track_caller]
    pub fn gather(&self, axis: usize, indices: &Tensor<R, usize>) -> Self {
        let lanes = Lanes::of("gather", &self.shape, axis);
        for d in (0..R).filter(|&d| d != axis) {
            assert!(
                indices.shape[d] <= self.shape[d],
                "gather: indices of shape {:?} do not fit {:?} along axis {d}",
                indices.shape,
                self.shape
            );
        }
        if let Some(index) = indices.data.iter().find(|&&index| index >= lanes.len) {
            panic!("gather: index {index} is out of bounds for axis {axis} of {:?}", self.shape);
        }
        let mut data = pool::with_capacity(indices.data.len());
        for_each_gathered(&self.shape, axis, indices, |from| data.push(self.data[from]));
        Self { shape: indices.shape, data }
    }

    /// The parts of the tensor at the given indices along axis 0, in their order; an index may occur
    /// several times, and its part then receives the sum of the gradients.
    ///
    /// # Panics
    /// If the rank is 0, or if an index lies outside the axis.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.index_rows(&[1, 0, 1]), Tensor::from([[3.0, 4.0], [1.0, 2.0], [3.0, 4.0]]));
    /// ```
    #[track_caller]
    pub fn index_rows(&self, rows: &[usize]) -> Self {
        let lanes = Lanes::of("index_rows", &self.shape, 0);
        let mut data = pool::with_capacity(rows.len() * lanes.inner);
        for &row in rows {
            assert!(row < lanes.len, "index_rows: {:?} has no row {row}", self.shape);
            data.extend_from_slice(&self.data[row * lanes.inner..][..lanes.inner]);
        }
        let mut shape = self.shape;
        shape[0] = rows.len();
        Self { shape, data }
    }
}

/// The given rows of every block.
fn copy_rows<T: Copy>(lanes: Lanes, x: &[T], rows: Range<usize>) -> Vec<T> {
    let mut data = pool::with_capacity(lanes.outer * rows.len() * lanes.inner);
    for block in lanes.blocks(x) {
        data.extend_from_slice(&block[rows.start * lanes.inner..rows.end * lanes.inner]);
    }
    data
}

/// Start and end of a range of indices along `axis`.
#[track_caller]
pub(crate) fn resolve(
    shape: &[usize],
    axis: usize,
    range: &impl RangeBounds<usize>,
) -> Range<usize> {
    let start = match range.start_bound() {
        Bound::Included(&start) => start,
        Bound::Excluded(&before) => before + 1,
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(&last) => last + 1,
        Bound::Excluded(&end) => end,
        Bound::Unbounded => shape[axis],
    };
    assert!(
        start <= end && end <= shape[axis],
        "slice: {start}..{end} does not lie within axis {axis} of {shape:?}"
    );
    start..end
}

/// Calls `visit` with the position in a tensor of dimensions `shape` that each of the `indices` names.
pub(crate) fn for_each_gathered<const R: usize>(
    shape: &[usize; R],
    axis: usize,
    indices: &Tensor<R, usize>,
    mut visit: impl FnMut(usize),
) {
    let mut strides = strides(shape);
    let along = std::mem::replace(&mut strides[axis], 0);
    let mut indices_left = indices.data.iter();
    walk(indices.shape, strides, |position| {
        if let Some(index) = indices_left.next() {
            visit(position + index * along);
        }
    });
}
