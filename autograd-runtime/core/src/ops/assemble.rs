//! Tensors put together from others: concatenation, stacking and padding.

use super::lanes::Lanes;
use super::rank::{AnyRank, ExpandRank, Expanded, Rank};
use super::walk::{strides, walk};
use crate::Tensor;
use crate::kernel::pool;

impl<const R: usize, T: Copy> Tensor<R, T> {
    /// Joins tensors along an axis that they have. Their other dimensions must be equal.
    ///
    /// # Panics
    /// If there is no tensor, no such axis, or if the other dimensions differ.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let a = Tensor::from([[1.0], [2.0]]);
    /// let b = Tensor::from([[3.0, 4.0], [5.0, 6.0]]);
    /// let ab = Tensor::concat(&[&a, &b], 1);
    /// assert_eq!(ab, Tensor::from([[1.0, 3.0, 4.0], [2.0, 5.0, 6.0]]));
    /// ```
    #[track_caller]
    pub fn concat(tensors: &[&Self], axis: usize) -> Self {
        let Some(first) = tensors.first() else { panic!("concat: there is no tensor to join") };
        let lanes = Lanes::of("concat", &first.shape, axis);
        let mut shape = first.shape;
        for tensor in &tensors[1..] {
            let fits = (0..R).all(|d| d == axis || tensor.shape[d] == first.shape[d]);
            assert!(
                fits,
                "concat: {:?} and {:?} differ in another axis than axis {axis}",
                first.shape, tensor.shape
            );
            shape[axis] += tensor.shape[axis];
        }
        Self { shape, data: interleave(tensors, lanes.outer, shape.iter().product()) }
    }

    /// Joins tensors of one shape along a new axis, which becomes axis number `axis` of the result.
    ///
    /// # Panics
    /// If there is no tensor, if the shapes differ, or if `axis` is larger than the rank.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let (a, b) = (Tensor::from([1.0, 2.0]), Tensor::from([3.0, 4.0]));
    /// assert_eq!(Tensor::stack(&[&a, &b], 0), Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
    /// assert_eq!(Tensor::stack(&[&a, &b], 1), Tensor::from([[1.0, 3.0], [2.0, 4.0]]));
    /// ```
    #[track_caller]
    pub fn stack(tensors: &[&Self], axis: usize) -> Expanded<R, T>
    where
        Rank<R>: ExpandRank,
    {
        let Some(first) = tensors.first() else { panic!("stack: there is no tensor to join") };
        assert!(axis <= R, "stack: the result for {:?} has no axis {axis}", first.shape);
        for tensor in &tensors[1..] {
            assert!(
                tensor.shape == first.shape,
                "stack: the shapes {:?} and {:?} differ",
                first.shape,
                tensor.shape
            );
        }
        let mut shape = first.shape.to_vec();
        shape.insert(axis, tensors.len());
        let outer = shape[..axis].iter().product();
        let data = interleave(tensors, outer, shape.iter().product());
        Expanded::<R, T>::from_parts(&shape, data)
    }

    /// Surrounds the tensor with `value`: `padding[d]` is the number of elements to add before and
    /// after axis `d`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([[1.0, 2.0]]);
    /// let padded = x.pad([(0, 1), (1, 0)], 0.0);
    /// assert_eq!(padded, Tensor::from([[0.0, 1.0, 2.0], [0.0, 0.0, 0.0]]));
    /// ```
    pub fn pad(&self, padding: [(usize, usize); R], value: T) -> Self {
        let shape = std::array::from_fn(|d| padding[d].0 + self.shape[d] + padding[d].1);
        let mut data = pool::filled(value, shape.iter().product());
        let mut rows = self.data.chunks_exact(row_len(&self.shape).max(1));
        for_each_interior_row(&self.shape, &shape, &padding, |start| {
            if let Some(row) = rows.next() {
                data[start..start + row.len()].copy_from_slice(row);
            }
        });
        Self { shape, data }
    }
}

/// Lines up `outer` parts of every tensor: the first of each, the second of each, and so on.
fn interleave<const R: usize, T: Copy>(
    tensors: &[&Tensor<R, T>],
    outer: usize,
    len: usize,
) -> Vec<T> {
    let mut data = pool::with_capacity(len);
    for o in 0..outer {
        for tensor in tensors {
            let part = tensor.data.len() / outer;
            data.extend_from_slice(&tensor.data[o * part..(o + 1) * part]);
        }
    }
    data
}

/// The length of a contiguous row; 1 for a tensor of rank 0.
pub(crate) fn row_len(shape: &[usize]) -> usize {
    shape.last().copied().unwrap_or(1)
}

/// Calls `visit` with the position in a padded tensor of each row of the tensor inside it.
pub(crate) fn for_each_interior_row<const R: usize>(
    inside: &[usize; R],
    padded: &[usize; R],
    padding: &[(usize, usize); R],
    mut visit: impl FnMut(usize),
) {
    if inside.contains(&0) {
        return;
    }
    let strides = strides(padded);
    let origin: usize = strides.iter().zip(padding).map(|(stride, pad)| stride * pad.0).sum();
    let mut rows = *inside;
    if let Some(last) = rows.last_mut() {
        *last = 1;
    }
    walk(rows, strides, |position| visit(origin + position));
}
