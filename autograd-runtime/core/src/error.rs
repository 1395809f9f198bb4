//! Errors about data from outside.

use std::error::Error;
use std::fmt;

/// The number of elements does not fit the shape that was asked for.
///
/// ```
/// # use autograd_runtime::Tensor;
/// let error = Tensor::from_vec([2, 3], vec![1.0, 2.0]).unwrap_err();
/// assert_eq!(error.to_string(), "the shape [2, 3] has 6 elements, and there are 2");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapeError {
    shape: Vec<usize>,
    len: usize,
}

impl ShapeError {
    pub(crate) fn new(shape: &[usize], len: usize) -> Self {
        Self { shape: shape.to_vec(), len }
    }

    /// The shape that was asked for.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The number of elements that were given.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no elements were given.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shape, len } = self;
        match element_count(shape) {
            Some(n) => write!(f, "the shape {shape:?} has {n} elements, and there are {len}"),
            None => write!(f, "the shape {shape:?} has more elements than memory can hold"),
        }
    }
}

impl Error for ShapeError {}

/// The number of elements of a shape, if it can be counted.
pub(crate) fn element_count(shape: &[usize]) -> Option<usize> {
    if shape.contains(&0) {
        return Some(0);
    }
    shape.iter().try_fold(1, |n: usize, &d| n.checked_mul(d))
}
