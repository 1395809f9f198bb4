//! Elements by their indices: `t[[i, j]]`.

use super::Tensor;
use std::ops::{Index, IndexMut};

impl<const R: usize, T> Tensor<R, T> {
    /// The position in memory of the element at `index`.
    #[inline(always)]
    #[track_caller]
    fn position(&self, index: [usize; R]) -> usize {
        let mut position = 0;
        for d in 0..R {
            if index[d] >= self.shape[d] {
                out_of_bounds(&index, &self.shape);
            }
            position = position * self.shape[d] + index[d];
        }
        position
    }
}

#[cold]
#[track_caller]
fn out_of_bounds(index: &[usize], shape: &[usize]) -> ! {
    panic!("index {index:?} is out of bounds for a tensor of shape {shape:?}")
}

/// The element at an index, one number for each dimension.
///
/// ```
/// # use autograd_runtime::Tensor;
/// assert_eq!(Tensor::from([[1.0, 2.0], [3.0, 4.0]])[[1, 0]], 3.0);
/// ```
impl<const R: usize, T> Index<[usize; R]> for Tensor<R, T> {
    type Output = T;
    #[inline(always)]
    #[track_caller]
    fn index(&self, index: [usize; R]) -> &T {
        &self.data[self.position(index)]
    }
}

/// The element at an index, to be changed.
///
/// ```
/// # use autograd_runtime::Tensor;
/// let mut x = Tensor::from([[1.0, 2.0]]);
/// x[[0, 1]] += 10.0;
/// assert_eq!(x, Tensor::from([[1.0, 12.0]]));
/// ```
impl<const R: usize, T> IndexMut<[usize; R]> for Tensor<R, T> {
    #[inline(always)]
    #[track_caller]
    fn index_mut(&mut self, index: [usize; R]) -> &mut T {
        let position = self.position(index);
        &mut self.data[position]
    }
}
