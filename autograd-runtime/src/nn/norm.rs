//! Layer normalisation.

use super::module;
use crate::{Real, Tensor, no_grad};
use autograd_macros::{Differentiable, differentiable};

/// Normalises each row to mean 0 and variance 1, then scales and shifts each column:
/// `(x - mean) / √(variance + eps) · weight + bias` with the biased variance.
///
/// ```
/// use autograd_runtime::{Tensor, nn::LayerNorm};
///
/// let y = LayerNorm::new(2).forward(&Tensor::<2>::from([[1.0, 3.0]]));
/// assert!((y[[0, 0]] + 1.0).abs() < 1e-4 && (y[[0, 1]] - 1.0).abs() < 1e-4);
/// ```
#[derive(Differentiable, Clone, Debug, PartialEq)]
#[autograd(crate = crate, order = 2)]
pub struct LayerNorm<T: Real = f32> {
    /// `[features]`, initially 1.
    pub weight: Tensor<1, T>,
    /// `[features]`, initially 0.
    pub bias: Tensor<1, T>,
    /// Keeps the root away from zero.
    #[no_grad]
    pub eps: T,
}

impl<T: Real> LayerNorm<T> {
    /// A layer for rows of `features` elements, with `PyTorch`'s `eps` of `1e-5`.
    pub fn new(features: usize) -> Self {
        let eps = T::from_f64(1e-5);
        Self { weight: Tensor::ones([features]), bias: Tensor::zeros([features]), eps }
    }

    /// Applies the layer to `[rows, features]`.
    ///
    /// # Panics
    /// If `x` does not have as many columns as the layer has features.
    #[differentiable(crate = crate)]
    pub fn forward(&self, x: &Tensor<2, T>) -> Tensor<2, T> {
        let centered = x - x.mean_axis_keepdim(1);
        let variance = centered.square().mean_axis_keepdim(1);
        let eps = no_grad! { self.eps };
        let normalized = centered / (variance + eps).sqrt();
        normalized * &self.weight + &self.bias
    }
}

module!([T: Real] [T] LayerNorm<T>, Tensor<2, T> => Tensor<2, T>);
