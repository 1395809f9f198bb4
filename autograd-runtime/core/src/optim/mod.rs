//! Optimizers, learning-rate schedules and gradient clipping: `PyTorch`'s numbers for `PyTorch`'s names.
//!
//! An optimizer owns what it remembers about a model's parameters; the model and its gradient are
//! yours. Nothing is registered: [`Optimizer::step`] walks over any [`Differentiable`] value, be it
//! a struct with `#[derive(Differentiable)]`, a tensor, or a tuple of mutable borrows.
//!
//! ```
//! use autograd_runtime::optim::{Sgd, clip_grad_norm};
//!
//! let (mut w, mut b) = (vec![1.0_f64, 2.0], 0.5_f64);
//! let mut gradient = (vec![3.0, 0.0], 4.0);
//! assert_eq!(clip_grad_norm(&mut gradient, 10.0), 5.0);
//!
//! let mut optimizer = Sgd::new(0.1);
//! optimizer.step(&mut (&mut w, &mut b), &gradient);
//! assert_eq!((w, b), (vec![1.0 - 0.1 * 3.0, 2.0], 0.5 - 0.1 * 4.0));
//! ```

mod adagrad;
mod adam;
mod clip;
mod rmsprop;
mod schedule;
mod sgd;
mod state;

pub use adagrad::Adagrad;
pub use adam::{Adam, AdamW};
pub use clip::{clip_grad_norm, clip_grad_value};
pub use rmsprop::RmsProp;
pub use schedule::{
    ConstantLr, CosineAnnealingLr, ExponentialLr, LinearLr, OneCycleLr, Schedule, SequentialLr,
    StepLr,
};
pub use sgd::Sgd;

use crate::Differentiable;

/// What all optimizers have in common.
///
/// Each optimizer has these as methods of its own too, so the trait is needed only to be generic:
///
/// ```
/// use autograd_runtime::optim::{Adam, Optimizer};
///
/// fn descend(x: &mut f64, mut optimizer: impl Optimizer) {
///     for _ in 0..200 {
///         let gradient = 2.0 * (*x - 3.0);
///         optimizer.step(x, &gradient);
///     }
/// }
/// let mut x = 0.0;
/// descend(&mut x, Adam::new(0.1));
/// assert!((x - 3.0).abs() < 1e-2);
/// ```
pub trait Optimizer {
    /// The learning rate.
    fn lr(&self) -> f64;

    /// Sets the learning rate of the steps to come, as a [`Schedule`] asks for.
    ///
    /// # Panics
    /// If `lr` is negative or NaN.
    fn set_lr(&mut self, lr: f64);

    /// Updates every parameter of `model` by its gradient.
    ///
    /// A gradient that is a symbolic zero counts as zero: momentum and weight decay still act, as
    /// in `PyTorch` with a `.grad` of zeros. The first step allocates what the optimizer remembers,
    /// the later ones allocate nothing.
    ///
    /// # Panics
    /// If a buffer and its gradient differ in length, or if the number of parameters is not what it
    /// was at the first step.
    fn step<M: Differentiable + ?Sized>(&mut self, model: &mut M, gradient: &M::Tangent);
}

/// The methods that all optimizers share, for a type with the fields `lr` and `state` and a method
/// `rule()` that gives the update of the step to come.
macro_rules! optimizer {
    ($name:ident) => {
        impl $name {
            /// The learning rate.
            pub fn lr(&self) -> f64 {
                self.lr
            }

            /// Sets the learning rate of the steps to come.
            ///
            /// # Panics
            /// If `lr` is negative or NaN.
            #[track_caller]
            pub fn set_lr(&mut self, lr: f64) {
                self.lr = $crate::optim::at_least_zero(stringify!($name), "lr", lr);
            }

            /// Updates every parameter of `model` by its gradient; see
            /// [`Optimizer::step`](crate::optim::Optimizer::step).
            ///
            /// # Panics
            /// If a buffer and its gradient differ in length, or if the number of parameters is not
            /// what it was at the first step.
            #[track_caller]
            pub fn step<M: $crate::Differentiable + ?Sized>(
                &mut self,
                model: &mut M,
                gradient: &M::Tangent,
            ) {
                let rule = self.rule();
                self.state.step(&rule, model, gradient);
            }
        }

        impl $crate::optim::Optimizer for $name {
            fn lr(&self) -> f64 {
                $name::lr(self)
            }
            #[track_caller]
            fn set_lr(&mut self, lr: f64) {
                $name::set_lr(self, lr);
            }
            #[track_caller]
            fn step<M: $crate::Differentiable + ?Sized>(
                &mut self,
                model: &mut M,
                gradient: &M::Tangent,
            ) {
                $name::step(self, model, gradient);
            }
        }
    };
}
use optimizer;

/// Gives `value` back if it is a valid non-negative hyper-parameter.
#[track_caller]
fn at_least_zero(optimizer: &str, option: &str, value: f64) -> f64 {
    assert!(value >= 0.0, "{optimizer}: {option} must be at least 0, got {value}");
    value
}

/// Gives `value` back if it is a valid decay rate of a running average.
#[track_caller]
fn below_one(optimizer: &str, option: &str, value: f64) -> f64 {
    assert!(
        (0.0..1.0).contains(&value),
        "{optimizer}: {option} must be at least 0 and below 1, got {value}"
    );
    value
}
