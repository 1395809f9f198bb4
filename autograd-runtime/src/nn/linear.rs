//! The affine layer.

use super::{module, uniform};
use crate::{Real, Tensor};
use autograd_macros::{Differentiable, differentiable};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// An affine layer: `x · weight + bias`, from `[rows, inputs]` to `[rows, outputs]`.
///
/// ```
/// use autograd_runtime::prelude::*;
/// use autograd_runtime::nn::Linear;
///
/// let layer = Linear { weight: Tensor::from([[1.0, 2.0], [3.0, 4.0]]), bias: Tensor::from([10.0, 20.0]) };
/// let y = layer.forward(&Tensor::from([[1.0, 1.0]]));
/// assert_eq!(y, Tensor::from([[14.0, 26.0]]));
/// ```
#[derive(Differentiable, Clone, Debug, PartialEq)]
#[autograd(crate = crate, order = 2)]
pub struct Linear<T: Real = f32> {
    /// `[inputs, outputs]`: the transpose of `torch.nn.Linear.weight`.
    pub weight: Tensor<2, T>,
    /// `[outputs]`
    pub bias: Tensor<1, T>,
}

impl<T: Real> Linear<T> {
    /// A layer with `PyTorch`'s default initialisation: weight and bias uniform in
    /// `±1/√inputs`. Equal seeds give equal layers.
    pub fn new(inputs: usize, outputs: usize, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let weight = uniform([inputs, outputs], inputs, &mut rng);
        Self { weight, bias: uniform([outputs], inputs, &mut rng) }
    }

    /// Applies the layer.
    ///
    /// # Panics
    /// If `x` does not have as many columns as the layer has inputs.
    #[differentiable(crate = crate)]
    pub fn forward(&self, x: &Tensor<2, T>) -> Tensor<2, T> {
        x.matmul(&self.weight) + &self.bias
    }
}

module!([T: Real] [T] Linear<T>, Tensor<2, T> => Tensor<2, T>);
