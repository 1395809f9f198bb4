//! Loss functions, with the numbers of `torch.nn.functional`.
//!
//! Each returns a scalar, reduced over all elements (or, where there is one loss for each row of
//! class scores, over the rows) as [`Reduction`] says. Beside each function stands a *companion*, an
//! empty struct of the same name, which `#[differentiable]` functions differentiate it through.

mod classes;
mod elementwise;

pub use classes::{cross_entropy, cross_entropy_smooth, nll_loss};
pub use elementwise::{bce_with_logits, huber_loss, l1_loss, mse_loss};

use crate::differentiable::{Differentiable, NoTangent, ParameterVisitor};
use crate::tangent::{Dot, inner};
use crate::{Real, Tensor};

/// How a loss is made of the losses of the single elements or rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Reduction {
    /// Their sum.
    Sum,
    /// Their mean, NaN if there are none. The default, as in `torch`.
    #[default]
    Mean,
}

impl Reduction {
    /// The loss, given the sum of `n` losses.
    fn of_sum<T: Real>(self, sum: T, n: usize) -> T {
        match self {
            Self::Sum => sum,
            Self::Mean => sum / T::from_usize(n),
        }
    }
}

impl Differentiable for Reduction {
    type Tangent = NoTangent;
    type Shape = ();
    fn tangent_shape(&self) {}
    fn zeros((): &()) -> NoTangent {
        NoTangent
    }
    fn visit_parameters<V: ParameterVisitor>(&mut self, _: &NoTangent, _: &mut V) {}
}

/// The derivative of a loss in the direction of a tangent of one operand, from its gradient.
fn directional<const R: usize, T: Real>(
    tangent: Dot<'_, Tensor<R, T>>,
    gradient: &Tensor<R, T>,
) -> T {
    tangent.given().map_or(T::ZERO, |tangent| inner(gradient, tangent))
}

#[cfg(test)]
mod tests;
