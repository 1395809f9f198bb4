//! The convolutional layer.

use super::{module, uniform};
use crate::{Conv2dOptions, PerAxis, Real, Tensor, no_grad};
use autograd_macros::{Differentiable, differentiable};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// A convolution with a bias, from `[images, inputs, rows, columns]` to
/// `[images, outputs, rows, columns]`: see [`Tensor::conv2d_with_bias`].
///
/// ```
/// use autograd_runtime::{Conv2dOptions, Tensor, nn::Conv2d};
///
/// let layer: Conv2d = Conv2d::with(3, 8, [3, 5], Conv2dOptions::new().padding([1, 2]), 1);
/// assert_eq!(layer.weight.shape(), [8, 3, 3, 5]);
/// assert_eq!(layer.forward(&Tensor::zeros([2, 3, 6, 6])).shape(), [2, 8, 6, 6]);
/// ```
#[derive(Differentiable, Clone, Debug, PartialEq)]
#[autograd(crate = crate, order = 2)]
pub struct Conv2d<T: Real = f32> {
    /// `[outputs, inputs / groups, rows, columns]`, as `torch.nn.Conv2d.weight`.
    pub weight: Tensor<4, T>,
    /// `[outputs]`
    pub bias: Tensor<1, T>,
    /// How the kernels move over the image.
    #[no_grad]
    pub options: Conv2dOptions,
}

impl<T: Real> Conv2d<T> {
    /// A layer with stride 1 and without padding.
    ///
    /// It has `PyTorch`'s default initialisation: weight and bias uniform in `±1/√n`, where `n` is
    /// the number of elements that an output sees. Equal seeds give equal layers.
    pub fn new(inputs: usize, outputs: usize, kernel: impl PerAxis, seed: u64) -> Self {
        Self::with(inputs, outputs, kernel, Conv2dOptions::new(), seed)
    }

    /// [`new`](Self::new) with stride, padding, dilation and groups.
    ///
    /// # Panics
    /// If the groups do not divide the inputs and the outputs.
    #[track_caller]
    pub fn with(
        inputs: usize,
        outputs: usize,
        kernel: impl PerAxis,
        options: Conv2dOptions,
        seed: u64,
    ) -> Self {
        let groups = options.groups;
        assert!(
            groups > 0 && inputs.is_multiple_of(groups) && outputs.is_multiple_of(groups),
            "Conv2d: {inputs} inputs and {outputs} outputs cannot be divided into groups of number \
             {groups}"
        );
        let [rows, columns] = kernel.per_axis();
        let shape = [outputs, inputs / groups, rows, columns];
        let seen = shape[1..].iter().product();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let weight = uniform(shape, seen, &mut rng);
        Self { weight, bias: uniform([outputs], seen, &mut rng), options }
    }

    /// Applies the layer.
    ///
    /// # Panics
    /// If `x` does not have as many channels as the layer has inputs, or if a kernel is larger than
    /// the padded image.
    #[differentiable(crate = crate)]
    pub fn forward(&self, x: &Tensor<4, T>) -> Tensor<4, T> {
        let options = no_grad! { self.options };
        x.conv2d_with_bias(&self.weight, &self.bias, options)
    }
}

module!([T: Real] [T] Conv2d<T>, Tensor<4, T> => Tensor<4, T>);
