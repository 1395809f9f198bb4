//! Building blocks of neural networks, as `torch.nn` has them.
//!
//! A layer is a plain struct of tensors with `#[derive(Differentiable)]` and a differentiable
//! `forward`. A model is a struct of layers, or a tuple of layers, which runs them in sequence.
//!
//! ```
//! use autograd_runtime::prelude::*;
//! use autograd_runtime::nn::{Linear, Tanh};
//!
//! #[derive(Differentiable)]
//! struct Model {
//!     body: (Linear, Tanh, Linear),
//! }
//!
//! impl Model {
//!     #[differentiable]
//!     fn loss(&self, #[no_grad] x: &Tensor<2>, #[no_grad] y: &Tensor<2>) -> f32 {
//!         let prediction = self.body.forward(x);
//!         loss::mse_loss(&prediction, y, loss::Reduction::Mean)
//!     }
//! }
//!
//! let mut model = Model { body: (Linear::new(3, 8, 1), Tanh, Linear::new(8, 1, 2)) };
//! let (x, y) = (Tensor::randn([16, 3], 3), Tensor::randn([16, 1], 4));
//! let mut optimizer = optim::Adam::new(1e-2);
//! let before = model.loss(&x, &y);
//! for _ in 0..20 {
//!     let gradient = model.loss_grad(&x, &y);
//!     optimizer.step(&mut model, &gradient);
//! }
//! assert!(model.loss(&x, &y) < before);
//! ```

mod activation;
mod conv;
mod dropout;
mod embedding;
mod linear;
mod norm;
mod pool;
mod sequence;

pub use activation::{Gelu, Relu, Sigmoid, Silu, Softplus, Tanh};
pub use conv::Conv2d;
pub use dropout::Dropout;
pub use embedding::Embedding;
pub use linear::Linear;
pub use norm::LayerNorm;
pub use pool::{AvgPool2d, Flatten, MaxPool2d};

use crate::private::{Dot, Slot};
use crate::{Differentiable, Real, Tensor};
use rand::rngs::ChaCha8Rng;

/// A layer: a differentiable function with parameters.
///
/// Tuples of up to eight layers are layers that run one after the other.
pub trait Module<Input: Differentiable>: Differentiable {
    /// What the layer computes.
    type Output: Differentiable;

    /// Applies the layer.
    fn forward(&self, input: &Input) -> Self::Output;

    /// Applies the layer and gives its pullback, for generated code.
    #[doc(hidden)]
    #[allow(clippy::type_complexity, reason = "a pullback that borrows nothing, written out")]
    fn differentiable_forward(
        &self,
        input: &Input,
    ) -> (
        Self::Output,
        impl FnOnce(
            &Self,
            &Input,
            <Self::Output as Differentiable>::Tangent,
            Slot<'_, Self::Tangent>,
            Slot<'_, Input::Tangent>,
        ) + use<Self, Input>,
    );

    /// Applies the layer and gives the tangent of its output, for generated code.
    #[doc(hidden)]
    fn differentiable_tangent_forward(
        &self,
        input: &Input,
        layer_dot: Dot<'_, Self::Tangent>,
        input_dot: Dot<'_, Input::Tangent>,
    ) -> (Self::Output, <Self::Output as Differentiable>::Tangent);
}

/// Parameters with `PyTorch`'s default initialisation of a layer: uniform in `±1/√seen`, where
/// `seen` is the number of elements that one output sees.
fn uniform<const R: usize, T: Real>(
    shape: [usize; R],
    seen: usize,
    rng: &mut ChaCha8Rng,
) -> Tensor<R, T> {
    let bound = T::from_f64(1.0 / (seen as f64).sqrt());
    Tensor::rand_with(shape, rng).map(|u: T| (u + u - T::ONE) * bound)
}

/// Makes a type with a differentiable inherent `forward` a [`Module`].
macro_rules! module {
    ([$($generics:tt)*] [$($names:ident),*] $layer:ty, $input:ty => $output:ty) => {
        impl<$($generics)*> $crate::nn::Module<$input> for $layer {
            type Output = $output;

            fn forward(&self, input: &$input) -> $output {
                <$layer>::forward(self, input)
            }

            #[allow(
                refining_impl_trait,
                clippy::type_complexity,
                reason = "the pullback of a layer borrows nothing, its input included"
            )]
            fn differentiable_forward(
                &self,
                input: &$input,
            ) -> (
                $output,
                impl FnOnce(
                    &Self,
                    &$input,
                    $output,
                    $crate::private::Slot<'_, <Self as $crate::Differentiable>::Tangent>,
                    $crate::private::Slot<'_, $input>,
                ) + use<$($names),*>,
            ) {
                <$layer>::differentiable_forward(self, input)
            }

            fn differentiable_tangent_forward(
                &self,
                input: &$input,
                layer_dot: $crate::private::Dot<'_, <Self as $crate::Differentiable>::Tangent>,
                input_dot: $crate::private::Dot<'_, $input>,
            ) -> ($output, $output) {
                <$layer>::differentiable_tangent_forward(self, input, layer_dot, input_dot)
            }
        }
    };
}
use module;
