//! Layers around convolutions that have no parameters.

use super::module;
use crate::{Pool2dOptions, Real, Tensor, no_grad};
use autograd_macros::{Differentiable, differentiable};

macro_rules! pooling {
    ($($(#[$doc:meta])* $name:ident $method:ident)*) => {$(
        $(#[$doc])*
        ///
        /// It has no parameters; as a method of a tensor it is called
        #[doc = concat!("[`", stringify!($method), "`](Tensor::", stringify!($method), ").")]
        ///
        /// ```
        #[doc = concat!("use autograd_runtime::{Pool2dOptions, Tensor, nn::", stringify!($name), "};")]
        ///
        /// let x = Tensor::<4>::zeros([2, 3, 8, 8]);
        #[doc = concat!("let layer = ", stringify!($name), "::new(2);")]
        /// assert_eq!(layer.forward(&x).shape(), [2, 3, 4, 4]);
        #[doc = concat!("let layer = ", stringify!($name), "::new(Pool2dOptions::new(3).stride(1).padding(1));")]
        /// assert_eq!(layer.forward(&x).shape(), [2, 3, 8, 8]);
        /// ```
        #[derive(Differentiable, Clone, Copy, Debug, PartialEq)]
        #[autograd(crate = crate, order = 2)]
        pub struct $name {
            /// The windows.
            #[no_grad]
            pub options: Pool2dOptions,
        }

        impl $name {
            /// A layer with windows of a size, side by side, or as the options say.
            pub fn new(options: impl Into<Pool2dOptions>) -> Self {
                Self { options: options.into() }
            }

            /// Applies the layer.
            ///
            /// # Panics
            /// If no window fits into an image, or if the padding is more than half of a window.
            #[differentiable(crate = crate)]
            pub fn forward<T: Real>(&self, x: &Tensor<4, T>) -> Tensor<4, T> {
                let options = no_grad! { self.options };
                x.$method(options)
            }
        }

        module!([T: Real] [T] $name, Tensor<4, T> => Tensor<4, T>);
    )*};
}

pooling! {
    /// The largest element of each window of an image.
    MaxPool2d max_pool2d
    /// The mean of each window of an image.
    AvgPool2d avg_pool2d
}

/// Makes a row of each element of a batch: `[n, …]` becomes `[n, product of the others]`.
///
/// ```
/// use autograd_runtime::{Tensor, nn::Flatten};
///
/// assert_eq!(Flatten.forward(&Tensor::<4>::zeros([5, 2, 3, 4])).shape(), [5, 24]);
/// ```
#[derive(Differentiable, Clone, Copy, Debug, Default, PartialEq)]
#[autograd(crate = crate, order = 2)]
pub struct Flatten;

impl Flatten {
    /// Applies the layer.
    ///
    /// # Panics
    /// If `x` has the rank 0.
    #[differentiable(crate = crate)]
    pub fn forward<const R: usize, T: Real>(&self, x: &Tensor<R, T>) -> Tensor<2, T> {
        x.reshape(rows(x.shape()))
    }
}

/// The shape as a list of rows.
fn rows<const R: usize>(shape: [usize; R]) -> [usize; 2] {
    [shape[0], shape[1..].iter().product()]
}

module!([const R: usize, T: Real] [R, T] Flatten, Tensor<R, T> => Tensor<2, T>);
