//! [`Tensor`]: storage, construction, indexing and display.

mod construct;
mod convert;
mod display;
mod index;
mod tangent;

pub use convert::Element;

use crate::kernel::pool;

/// A dense array of rank `R`: row-major, contiguous, dimensions known at run time.
///
/// The default element type is `f32`. A rank-0 tensor holds one element.
///
/// ```
/// use autograd_runtime::Tensor;
///
/// let x: Tensor<2> = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
/// assert_eq!(x.shape(), [2, 3]);
/// assert_eq!(x[[1, 0]], 4.0);
/// let y = 2.0 * &x + Tensor::from([10.0, 20.0, 30.0]);
/// assert_eq!(y, Tensor::from([[12.0, 24.0, 36.0], [18.0, 30.0, 42.0]]));
/// ```
///
/// # Shapes that do not fit
/// An operation on tensors whose shapes do not fit panics at the caller's line with the name of the
/// operation and the shapes. Only a tensor without elements whose dimensions are all 0 is let
/// through where it stands at the left of `*` or `/`: among tangents it means *zero, of whatever
/// shape*.
#[derive(PartialEq)]
pub struct Tensor<const R: usize, T = f32> {
    /// Invariant: the product of `shape` is `data.len()`, except for the symbolic zero of a tangent,
    /// which has the shape `[0; R]` and no data at every rank, 0 included.
    pub(crate) shape: [usize; R],
    pub(crate) data: Vec<T>,
}

impl<const R: usize, T> Tensor<R, T> {
    /// The dimensions.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::<2>::zeros([2, 3]).shape(), [2, 3]);
    /// ```
    #[inline]
    pub fn shape(&self) -> [usize; R] {
        self.shape
    }

    /// The number of elements.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::<2>::zeros([2, 3]).len(), 6);
    /// ```
    #[inline]
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether there are no elements.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert!(Tensor::<2>::zeros([2, 0]).is_empty());
    /// ```
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// The elements in row-major order.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([[1.0, 2.0], [3.0, 4.0]]).as_slice(), [1.0, 2.0, 3.0, 4.0]);
    /// ```
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        &self.data
    }

    /// The elements in row-major order, to be changed.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let mut x = Tensor::from([1.0, 2.0]);
    /// x.as_mut_slice()[1] = 5.0;
    /// assert_eq!(x, Tensor::from([1.0, 5.0]));
    /// ```
    #[inline]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.data
    }

    /// The elements in row-major order, without copying them.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([[1.0], [2.0]]).into_vec(), vec![1.0, 2.0]);
    /// ```
    #[inline]
    pub fn into_vec(mut self) -> Vec<T> {
        std::mem::take(&mut self.data)
    }

    /// Iterates over the elements in row-major order.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([[1.0, 2.0], [3.0, 4.0]]).iter().sum::<f64>(), 10.0);
    /// ```
    #[inline]
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.data.iter()
    }
}

impl<const R: usize, T: Clone> Clone for Tensor<R, T> {
    fn clone(&self) -> Self {
        Self { shape: self.shape, data: pool::copied(&self.data) }
    }
    fn clone_from(&mut self, source: &Self) {
        self.shape = source.shape;
        self.data.clone_from(&source.data);
    }
}

/// The memory is left to the thread, for the next tensor.
impl<const R: usize, T> Drop for Tensor<R, T> {
    #[inline]
    fn drop(&mut self) {
        if self.data.capacity() > 0 {
            pool::give(std::mem::take(&mut self.data));
        }
    }
}

impl<'a, const R: usize, T> IntoIterator for &'a Tensor<R, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<const R: usize, T: Copy> Tensor<R, T> {
    /// The only element.
    ///
    /// # Panics
    /// If there is not exactly one element.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// assert_eq!(Tensor::from([[7.0]]).item(), 7.0);
    /// ```
    #[inline]
    #[track_caller]
    pub fn item(&self) -> T {
        match self.data[..] {
            [x] => x,
            _ => panic!("item: {:?} has {} elements, not one", self.shape, self.data.len()),
        }
    }

    /// Sets every element to `value`.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let mut x = Tensor::from([1.0, 2.0]);
    /// x.fill(3.0);
    /// assert_eq!(x, Tensor::from([3.0, 3.0]));
    /// ```
    pub fn fill(&mut self, value: T) {
        self.data.fill(value);
    }
}

#[cfg(test)]
mod tests;
