//! Dropout.

use crate::{Detach, Real, Tensor, no_grad};
use autograd_macros::{Differentiable, differentiable};

/// Sets a random share of the elements to zero and scales the others up, so that the mean stays.
///
/// There is no hidden mode and no hidden generator: `forward` takes the seed of the step's random
/// numbers, or `None` for evaluation, where it is the identity.
///
/// ```
/// use autograd_runtime::{Tensor, nn::Dropout};
///
/// let x = Tensor::<1>::ones([1000]);
/// let dropout = Dropout::new(0.2);
/// assert_eq!(dropout.forward(&x, None), x);
/// let y = dropout.forward(&x, Some(7));
/// assert!((y.mean() - 1.0).abs() < 0.1);
/// ```
#[derive(Differentiable, Clone, Debug, PartialEq)]
#[autograd(crate = crate, order = 2)]
pub struct Dropout {
    /// The probability of an element to be dropped.
    #[no_grad]
    pub probability: f64,
}

impl Dropout {
    /// # Panics
    /// If `probability` does not lie in `0..1`.
    #[track_caller]
    pub fn new(probability: f64) -> Self {
        assert!(
            (0.0..1.0).contains(&probability),
            "Dropout: the probability is {probability}, it must lie in 0..1"
        );
        Self { probability }
    }

    /// Drops elements as `seed` decides, or none.
    #[differentiable(crate = crate)]
    pub fn forward<const R: usize, T: Real>(
        #[no_grad] &self,
        x: &Tensor<R, T>,
        #[no_grad] seed: Option<u64>,
    ) -> Tensor<R, T> {
        let (mask, scale) = no_grad! { (self.mask(x.detach(), seed), self.scale::<T>(seed)) };
        mask.where_(&(x * scale), &Tensor::zeros(x.shape()))
    }

    /// Which elements are kept.
    fn mask<const R: usize, T: Real>(
        &self,
        x: &Tensor<R, T>,
        seed: Option<u64>,
    ) -> Tensor<R, bool> {
        let probability = if seed.is_some() { self.probability } else { 0.0 };
        Tensor::<R, T>::rand(x.shape(), seed.unwrap_or(0)).ge(T::from_f64(probability))
    }

    /// What the kept elements are multiplied with.
    fn scale<T: Real>(&self, seed: Option<u64>) -> T {
        T::from_f64(if seed.is_some() { 1.0 / (1.0 - self.probability) } else { 1.0 })
    }
}
