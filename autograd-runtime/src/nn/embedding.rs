//! Embedding: rows of a table.

use crate::{Real, Tensor};
use autograd_macros::{Differentiable, differentiable};

/// A table of vectors, looked up by index.
///
/// ```
/// use autograd_runtime::{Tensor, nn::Embedding};
///
/// let table = Embedding { weight: Tensor::from([[1.0, 2.0], [3.0, 4.0]]) };
/// assert_eq!(table.forward(&[1, 1, 0]), Tensor::from([[3.0, 4.0], [3.0, 4.0], [1.0, 2.0]]));
/// ```
#[derive(Differentiable, Clone, Debug, PartialEq)]
#[autograd(crate = crate, order = 2)]
pub struct Embedding<T: Real = f32> {
    /// `[entries, dimensions]`
    pub weight: Tensor<2, T>,
}

impl<T: Real> Embedding<T> {
    /// A table with `PyTorch`'s default initialisation: standard normal. Equal seeds give equal
    /// tables.
    pub fn new(entries: usize, dimensions: usize, seed: u64) -> Self {
        Self { weight: Tensor::randn([entries, dimensions], seed) }
    }

    /// The rows with the given indices: `[indices.len(), dimensions]`.
    ///
    /// # Panics
    /// If an index is not in the table.
    #[differentiable(crate = crate)]
    pub fn forward(&self, indices: &[usize]) -> Tensor<2, T> {
        self.weight.index_rows(indices)
    }
}
