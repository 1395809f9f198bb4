//! Adagrad.

use super::state::{Rule, SLOTS, State, decayed};
use super::{at_least_zero, optimizer};
use crate::Real;

/// Adagrad: the gradient over the root of the sum of all its squares so far.
///
/// With gradient `g`, parameter `p` and sum `s`, the step number `t` (from 1) is
///
/// ```text
/// g ← g + weight_decay * p
/// s ← s + g²
/// p ← p - lr / (1 + (t - 1) * lr_decay) * g / (sqrt(s) + eps)
/// ```
///
/// ```
/// use autograd_runtime::optim::Adagrad;
///
/// let mut optimizer = Adagrad::new(0.5).eps(0.0);
/// let mut x = 10.0_f64;
/// optimizer.step(&mut x, &3.0); // s = 9
/// optimizer.step(&mut x, &4.0); // s = 25
/// assert_eq!(x, 10.0 - 0.5 * 3.0 / 3.0 - 0.5 * 4.0 / 5.0);
/// ```
#[derive(Clone, Debug)]
pub struct Adagrad {
    lr: f64,
    lr_decay: f64,
    weight_decay: f64,
    initial: f64,
    eps: f64,
    state: State,
}

optimizer!(Adagrad);

impl Adagrad {
    /// `eps` 1e-10; all other options are zero.
    ///
    /// # Panics
    /// If `lr` is negative or NaN.
    #[track_caller]
    pub fn new(lr: f64) -> Self {
        Self {
            lr: at_least_zero("Adagrad", "lr", lr),
            lr_decay: 0.0,
            weight_decay: 0.0,
            initial: 0.0,
            eps: 1e-10,
            state: State::default(),
        }
    }

    /// How fast the learning rate falls with the step number; 0 by default.
    ///
    /// # Panics
    /// If `lr_decay` is negative or NaN.
    #[must_use]
    #[track_caller]
    pub fn lr_decay(mut self, lr_decay: f64) -> Self {
        self.lr_decay = at_least_zero("Adagrad", "lr_decay", lr_decay);
        self
    }

    /// The factor of the L2 penalty; 0 by default.
    ///
    /// # Panics
    /// If `weight_decay` is negative or NaN.
    #[must_use]
    #[track_caller]
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.weight_decay = at_least_zero("Adagrad", "weight_decay", weight_decay);
        self
    }

    /// What the sum of squares starts from; 0 by default.
    ///
    /// # Panics
    /// If `value` is negative or NaN, or after the first step.
    #[must_use]
    #[track_caller]
    pub fn initial_accumulator_value(mut self, value: f64) -> Self {
        self.state.assert_unused("Adagrad: initial_accumulator_value");
        self.initial = at_least_zero("Adagrad", "initial_accumulator_value", value);
        self
    }

    /// What is added to the root so that it is not zero; 1e-10 by default.
    ///
    /// # Panics
    /// If `eps` is negative or NaN.
    #[must_use]
    #[track_caller]
    pub fn eps(mut self, eps: f64) -> Self {
        self.eps = at_least_zero("Adagrad", "eps", eps);
        self
    }

    fn rule(&self) -> Step {
        Step {
            lr: self.lr / (1.0 + self.state.steps() as f64 * self.lr_decay),
            weight_decay: self.weight_decay,
            initial: self.initial,
            eps: self.eps,
        }
    }
}

struct Step {
    lr: f64,
    weight_decay: f64,
    initial: f64,
    eps: f64,
}

impl Rule for Step {
    fn slots(&self) -> usize {
        1
    }

    fn initial(&self) -> f64 {
        self.initial
    }

    fn update<T: Real>(
        &self,
        parameters: &mut [T],
        gradient: impl Iterator<Item = T>,
        [sums, ..]: [&mut [T]; SLOTS],
    ) {
        let (lr, eps) = (T::from_f64(self.lr), T::from_f64(self.eps));
        let decay = T::from_f64(self.weight_decay);
        for ((p, g), s) in parameters.iter_mut().zip(gradient).zip(sums) {
            let g = decayed(g, decay, *p);
            *s += g * g;
            *p -= lr * g / (s.sqrt() + eps);
        }
    }
}
