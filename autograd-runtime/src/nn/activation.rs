//! Activations as layers without parameters.

use super::module;
use crate::{Real, Tensor};
use autograd_macros::{Differentiable, differentiable};

macro_rules! activation {
    ($($(#[$doc:meta])* $name:ident $method:ident)*) => {$(
        $(#[$doc])*
        ///
        /// It has no parameters; as a method of a tensor it is called
        #[doc = concat!("[`", stringify!($method), "`](Tensor::", stringify!($method), ").")]
        #[derive(Differentiable, Clone, Copy, Debug, Default, PartialEq)]
        #[autograd(crate = crate, order = 2)]
        pub struct $name;

        impl $name {
            /// Applies the function to every element.
            #[differentiable(crate = crate)]
            pub fn forward<const R: usize, T: Real>(&self, x: &Tensor<R, T>) -> Tensor<R, T> {
                x.$method()
            }
        }

        module!([const R: usize, T: Real] [R, T] $name, Tensor<R, T> => Tensor<R, T>);
    )*};
}

activation! {
    /// `max(x, 0)`
    Relu relu
    /// `tanh(x)`
    Tanh tanh
    /// `1 / (1 + exp(-x))`
    Sigmoid sigmoid
    /// `x Φ(x)` with the normal distribution function `Φ`
    Gelu gelu
    /// `x sigmoid(x)`
    Silu silu
    /// `ln(1 + exp(x))`
    Softplus softplus
}
