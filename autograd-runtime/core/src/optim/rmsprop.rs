//! `RMSprop`.

use super::state::{Rule, SLOTS, State, decayed, lerp};
use super::{at_least_zero, optimizer};
use crate::Real;

/// `RMSprop`: the gradient over a running root mean square of itself.
///
/// With gradient `g`, parameter `p`, running averages `v` and `a`, and velocity `b`, a step is
///
/// ```text
/// g ← g + weight_decay * p
/// v ← alpha * v + (1 - alpha) * g²
/// a ← alpha * a + (1 - alpha) * g               (centered; otherwise a = 0)
/// b ← momentum * b + g / (sqrt(v - a²) + eps)
/// p ← p - lr * b
/// ```
///
/// ```
/// use autograd_runtime::optim::RmsProp;
///
/// let mut optimizer = RmsProp::new(0.5).alpha(0.75).eps(0.0);
/// let mut x = 10.0_f64;
/// optimizer.step(&mut x, &4.0); // v = 0.25 * 16
/// assert_eq!(x, 10.0 - 0.5 * 4.0 / 2.0);
/// ```
#[derive(Clone, Debug)]
pub struct RmsProp {
    lr: f64,
    alpha: f64,
    eps: f64,
    weight_decay: f64,
    momentum: f64,
    centered: bool,
    state: State,
}

optimizer!(RmsProp);

impl RmsProp {
    /// `alpha` 0.99, `eps` 1e-8, no weight decay, no momentum, not centered.
    ///
    /// # Panics
    /// If `lr` is negative or NaN.
    #[track_caller]
    pub fn new(lr: f64) -> Self {
        Self {
            lr: at_least_zero("RmsProp", "lr", lr),
            alpha: 0.99,
            eps: 1e-8,
            weight_decay: 0.0,
            momentum: 0.0,
            centered: false,
            state: State::default(),
        }
    }

    /// How much of the running averages is kept at each step; 0.99 by default.
    ///
    /// # Panics
    /// If `alpha` is negative or NaN.
    #[must_use]
    #[track_caller]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.alpha = at_least_zero("RmsProp", "alpha", alpha);
        self
    }

    /// What is added to the root mean square so that it is not zero; 1e-8 by default.
    ///
    /// # Panics
    /// If `eps` is negative or NaN.
    #[must_use]
    #[track_caller]
    pub fn eps(mut self, eps: f64) -> Self {
        self.eps = at_least_zero("RmsProp", "eps", eps);
        self
    }

    /// The factor of the L2 penalty; 0 by default.
    ///
    /// # Panics
    /// If `weight_decay` is negative or NaN.
    #[must_use]
    #[track_caller]
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.weight_decay = at_least_zero("RmsProp", "weight_decay", weight_decay);
        self
    }

    /// How much of the velocity is kept at each step; 0 by default.
    ///
    /// # Panics
    /// If `momentum` is negative or NaN, or after the first step.
    #[must_use]
    #[track_caller]
    pub fn momentum(mut self, momentum: f64) -> Self {
        self.state.assert_unused("RmsProp: momentum");
        self.momentum = at_least_zero("RmsProp", "momentum", momentum);
        self
    }

    /// Whether to divide by the standard deviation of the gradient instead of its root mean square.
    ///
    /// # Panics
    /// After the first step.
    #[must_use]
    #[track_caller]
    pub fn centered(mut self, centered: bool) -> Self {
        self.state.assert_unused("RmsProp: centered");
        self.centered = centered;
        self
    }

    fn rule(&self) -> Step {
        Step {
            lr: self.lr,
            alpha: self.alpha,
            eps: self.eps,
            weight_decay: self.weight_decay,
            momentum: self.momentum,
            centered: self.centered,
        }
    }
}

struct Step {
    lr: f64,
    alpha: f64,
    eps: f64,
    weight_decay: f64,
    momentum: f64,
    centered: bool,
}

impl Rule for Step {
    fn slots(&self) -> usize {
        1 + usize::from(self.centered) + usize::from(self.momentum > 0.0)
    }

    fn update<T: Real>(
        &self,
        parameters: &mut [T],
        gradient: impl Iterator<Item = T>,
        [squares, a, b]: [&mut [T]; SLOTS],
    ) {
        let (means, velocity) = if self.centered { (a, b) } else { (b, a) };
        let lr = T::from_f64(self.lr);
        let (kept, fresh) = (T::from_f64(self.alpha), T::from_f64(1.0 - self.alpha));
        let (decay, eps) = (T::from_f64(self.weight_decay), T::from_f64(self.eps));
        let momentum = T::from_f64(self.momentum);
        let mut means = means.iter_mut();
        let mut velocity = velocity.iter_mut();
        for ((p, g), v) in parameters.iter_mut().zip(gradient).zip(squares) {
            let g = decayed(g, decay, *p);
            *v = kept * *v + fresh * g * g;
            let variance = means.next().map_or(*v, |a| {
                *a = lerp(*a, g, fresh);
                *v - *a * *a
            });
            let scale = variance.sqrt() + eps;
            *p -= match velocity.next() {
                Some(b) => {
                    *b = momentum * *b + g / scale;
                    lr * *b
                }
                None => lr * g / scale,
            };
        }
    }
}
