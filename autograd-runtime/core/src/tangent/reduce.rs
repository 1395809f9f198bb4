//! Tangents of operations of which each result depends on the elements of one lane, or on all.
//!
//! The gradient of such a result with respect to the elements is what the adjoint gives for the cotangent
//! one; the tangent is its product with the operand's, summed as the operation sums.

use crate::adjoint;
use crate::ops::rank::AnyRank as _;
use crate::ops::{Rank, ReduceRank, Reduced};
use crate::{Pool2dOptions, Real, Tangent, Tensor};

macro_rules! full {
    ($($name:ident |$x:ident, $y:ident| $adjoint:ident($($needs:ident),*);)*) => {$(
        #[doc = concat!("The tangent of `x.", stringify!($name), "()`.")]
        pub fn $name<const R: usize, T: Real>(dx: &Tensor<R, T>, $x: &Tensor<R, T>, $y: &T) -> T {
            let _ = $y;
            let mut gradient = Tensor::symbolic_zero();
            adjoint::$adjoint(&mut gradient, &T::ONE, $($needs),*);
            inner(&gradient, dx)
        }
    )*};
}
full! {
    max |x, y| max_input(x, y);
    min |x, y| min_input(x, y);
    var |x, y| var_input(x);
    norm |x, y| norm_input(x, y);
}

/// The sum of the products of elements at the same place.
pub(crate) fn inner<const R: usize, T: Real>(a: &Tensor<R, T>, b: &Tensor<R, T>) -> T {
    crate::ops::lanes::sum_of_pairs(&a.data, &b.data, |a, b| a * b)
}

macro_rules! along {
    ($($name:ident $adjoint:ident;)*) => {$(
        #[doc = concat!("The tangent of `x.", stringify!($name), "(axis)`.")]
        pub fn $name<const R: usize, T: Real>(
            dx: &Tensor<R, T>,
            x: &Tensor<R, T>,
            y: &Reduced<R, T>,
            axis: usize,
        ) -> Reduced<R, T>
        where
            Rank<R>: ReduceRank,
        {
            let ones = Reduced::<R, T>::from_parts(y.dimensions(), vec![T::ONE; y.elements().len()]);
            let mut gradient = Tensor::symbolic_zero();
            adjoint::$adjoint(&mut gradient, &ones, x, y, axis);
            (gradient * dx).sum_axis(axis)
        }
    )*};
}
along! {
    max_axis max_axis_input;
    min_axis min_axis_input;
    logsumexp_axis logsumexp_axis_input;
}

/// The tangent of `x.softmax(axis)`, whose Jacobian is symmetric.
pub fn softmax<const R: usize, T: Real>(
    dx: &Tensor<R, T>,
    y: &Tensor<R, T>,
    axis: usize,
) -> Tensor<R, T> {
    let mut dy = Tensor::symbolic_zero();
    adjoint::softmax_input(&mut dy, dx, y, axis);
    dy
}

/// The tangent of `x.max_pool2d(options)`: that of the element of each window which is the largest.
pub fn max_pool2d<T: Real>(
    dx: &Tensor<4, T>,
    x: &Tensor<4, T>,
    y: &Tensor<4, T>,
    options: impl Into<Pool2dOptions>,
) -> Tensor<4, T> {
    let largest = adjoint::largest(x, options).into_iter();
    let data = largest.map(|at| at.map_or(T::ZERO, |at| dx.data[at])).collect();
    Tensor { shape: y.shape, data }
}

/// What the tangent of a bias contributes to that of the convolution `y`.
pub fn conv2d_bias<T: Real>(dbias: &Tensor<1, T>, y: &Tensor<4, T>) -> Tensor<4, T> {
    dbias.reshape([dbias.shape[0], 1, 1]).broadcast_to(y.shape)
}

/// The tangent of `x.log_softmax(axis)`: that of `x`, less its mean under the distribution.
pub fn log_softmax<const R: usize, T: Real>(
    dx: &Tensor<R, T>,
    y: &Tensor<R, T>,
    axis: usize,
) -> Tensor<R, T> {
    let mean = (y.exp() * dx).sum_axis_keepdim(axis);
    dx - mean
}
