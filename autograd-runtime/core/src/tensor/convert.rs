//! Tensors from scalars and nested arrays, and back to slices.

use super::Tensor;

/// What can be an element of a tensor that is made of nested arrays: scalars, integers and `bool`.
///
/// Arrays are not elements, so the rank of `Tensor::from([[1.0, 2.0], [3.0, 4.0]])` is known.
pub trait Element: Copy {}

macro_rules! elements {
    ($($t:ty)*) => { $(impl Element for $t {})* };
}
elements!(f32 f64 bool u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

/// A tensor of rank 0.
///
/// ```
/// # use autograd_runtime::Tensor;
/// let x: Tensor<0> = Tensor::from(7.0);
/// assert_eq!(x.item(), 7.0);
/// ```
impl<T: Element> From<T> for Tensor<0, T> {
    fn from(value: T) -> Self {
        Self { shape: [], data: vec![value] }
    }
}

/// A vector.
///
/// ```
/// # use autograd_runtime::Tensor;
/// assert_eq!(Tensor::from([1.0, 2.0]).shape(), [2]);
/// ```
impl<T: Element, const A: usize> From<[T; A]> for Tensor<1, T> {
    fn from(data: [T; A]) -> Self {
        Self { shape: [A], data: data.to_vec() }
    }
}

/// A matrix, row by row.
///
/// ```
/// # use autograd_runtime::Tensor;
/// assert_eq!(Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]).shape(), [2, 3]);
/// ```
impl<T: Element, const A: usize, const B: usize> From<[[T; B]; A]> for Tensor<2, T> {
    fn from(data: [[T; B]; A]) -> Self {
        Self { shape: [A, B], data: data.as_flattened().to_vec() }
    }
}

/// A tensor of rank 3.
///
/// ```
/// # use autograd_runtime::Tensor;
/// assert_eq!(Tensor::from([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]).shape(), [1, 2, 3]);
/// ```
impl<T: Element, const A: usize, const B: usize, const C: usize> From<[[[T; C]; B]; A]>
    for Tensor<3, T>
{
    fn from(data: [[[T; C]; B]; A]) -> Self {
        Self { shape: [A, B, C], data: data.as_flattened().as_flattened().to_vec() }
    }
}

/// A tensor of rank 4.
///
/// ```
/// # use autograd_runtime::Tensor;
/// assert_eq!(Tensor::from([[[[1.0, 2.0]], [[3.0, 4.0]], [[5.0, 6.0]]]]).shape(), [1, 3, 1, 2]);
/// ```
impl<T: Element, const A: usize, const B: usize, const C: usize, const D: usize>
    From<[[[[T; D]; C]; B]; A]> for Tensor<4, T>
{
    fn from(data: [[[[T; D]; C]; B]; A]) -> Self {
        let data = data.as_flattened().as_flattened().as_flattened().to_vec();
        Self { shape: [A, B, C, D], data }
    }
}

/// A vector, without copying the elements.
///
/// ```
/// # use autograd_runtime::Tensor;
/// assert_eq!(Tensor::from(vec![1.0, 2.0]), Tensor::from([1.0, 2.0]));
/// ```
impl<T: Element> From<Vec<T>> for Tensor<1, T> {
    fn from(data: Vec<T>) -> Self {
        Self { shape: [data.len()], data }
    }
}

/// A vector.
///
/// ```
/// # use autograd_runtime::Tensor;
/// assert_eq!(Tensor::from(&[1.0, 2.0][..]), Tensor::from([1.0, 2.0]));
/// ```
impl<T: Element> From<&[T]> for Tensor<1, T> {
    fn from(data: &[T]) -> Self {
        Self { shape: [data.len()], data: data.to_vec() }
    }
}
