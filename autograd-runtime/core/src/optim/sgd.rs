//! Stochastic gradient descent.

use super::state::{Rule, SLOTS, State, decayed};
use super::{at_least_zero, optimizer};
use crate::Real;

/// Stochastic gradient descent, with momentum, Nesterov's form of it, dampening and weight decay.
///
/// With gradient `g`, parameter `p` and velocity `b`, a step is
///
/// ```text
/// g ← g + weight_decay * p
/// b ← momentum * b + (1 - dampening) * g        (b ← g at the first step)
/// p ← p - lr * b                                (nesterov: p - lr * (g + momentum * b))
/// ```
///
/// ```
/// use autograd_runtime::optim::Sgd;
///
/// let mut optimizer = Sgd::new(0.5).momentum(0.5);
/// let mut x = 10.0_f64;
/// optimizer.step(&mut x, &2.0);
/// assert_eq!(x, 9.0);
/// optimizer.step(&mut x, &2.0); // the velocity is now 0.5 * 2 + 2
/// assert_eq!(x, 7.5);
/// ```
#[derive(Clone, Debug)]
pub struct Sgd {
    lr: f64,
    momentum: f64,
    dampening: f64,
    weight_decay: f64,
    nesterov: bool,
    state: State,
}

optimizer!(Sgd);

impl Sgd {
    /// Plain gradient descent: all options are zero.
    ///
    /// # Panics
    /// If `lr` is negative or NaN.
    #[track_caller]
    pub fn new(lr: f64) -> Self {
        Self {
            lr: at_least_zero("Sgd", "lr", lr),
            momentum: 0.0,
            dampening: 0.0,
            weight_decay: 0.0,
            nesterov: false,
            state: State::default(),
        }
    }

    /// How much of the velocity is kept at each step; 0 by default.
    ///
    /// # Panics
    /// If `momentum` is negative or NaN, or after the first step.
    #[must_use]
    #[track_caller]
    pub fn momentum(mut self, momentum: f64) -> Self {
        self.state.assert_unused("Sgd: momentum");
        self.momentum = at_least_zero("Sgd", "momentum", momentum);
        self
    }

    /// How much of the gradient is kept out of the velocity; 0 by default.
    #[must_use]
    pub fn dampening(mut self, dampening: f64) -> Self {
        self.dampening = dampening;
        self
    }

    /// The factor of the L2 penalty; 0 by default.
    ///
    /// # Panics
    /// If `weight_decay` is negative or NaN.
    #[must_use]
    #[track_caller]
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.weight_decay = at_least_zero("Sgd", "weight_decay", weight_decay);
        self
    }

    /// Whether to look ahead along the velocity. A step then panics unless there is momentum and no
    /// dampening.
    #[must_use]
    pub fn nesterov(mut self, nesterov: bool) -> Self {
        self.nesterov = nesterov;
        self
    }

    #[track_caller]
    fn rule(&self) -> Step {
        assert!(
            !self.nesterov || (self.momentum > 0.0 && self.dampening == 0.0),
            "Sgd: nesterov needs a momentum above 0 and a dampening of 0, got {} and {}",
            self.momentum,
            self.dampening
        );
        Step {
            lr: self.lr,
            momentum: self.momentum,
            weight_decay: self.weight_decay,
            nesterov: self.nesterov,
            // The first velocity is the gradient itself, undampened.
            dampening: if self.state.steps() == 0 { 0.0 } else { self.dampening },
        }
    }
}

struct Step {
    lr: f64,
    momentum: f64,
    dampening: f64,
    weight_decay: f64,
    nesterov: bool,
}

impl Rule for Step {
    fn slots(&self) -> usize {
        usize::from(self.momentum != 0.0)
    }

    fn update<T: Real>(
        &self,
        parameters: &mut [T],
        gradient: impl Iterator<Item = T>,
        [velocity, ..]: [&mut [T]; SLOTS],
    ) {
        let lr = T::from_f64(self.lr);
        let decay = T::from_f64(self.weight_decay);
        if self.slots() == 0 {
            for (p, g) in parameters.iter_mut().zip(gradient) {
                *p -= lr * decayed(g, decay, *p);
            }
            return;
        }
        let momentum = T::from_f64(self.momentum);
        let fresh = T::from_f64(1.0 - self.dampening);
        for ((p, g), b) in parameters.iter_mut().zip(gradient).zip(velocity) {
            let g = decayed(g, decay, *p);
            *b = momentum * *b + fresh * g;
            *p -= lr * if self.nesterov { g + momentum * *b } else { *b };
        }
    }
}
