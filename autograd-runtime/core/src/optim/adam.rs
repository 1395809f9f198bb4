//! Adam and `AdamW`.

use super::state::{Rule, SLOTS, State, decayed, lerp};
use super::{at_least_zero, below_one, optimizer};
use crate::Real;

/// Adam and `AdamW` have the same options and differ in what weight decay acts on.
macro_rules! adam {
    ($(#[$doc:meta])* $name:ident, decoupled: $decoupled:literal, weight_decay: $decay:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            lr: f64,
            beta1: f64,
            beta2: f64,
            eps: f64,
            weight_decay: f64,
            amsgrad: bool,
            state: State,
        }

        optimizer!($name);

        impl $name {
            #[doc = concat!("Betas 0.9 and 0.999, `eps` 1e-8, weight decay ", $decay, ", no `AMSGrad`.")]
            ///
            /// # Panics
            /// If `lr` is negative or NaN.
            #[track_caller]
            pub fn new(lr: f64) -> Self {
                Self {
                    lr: at_least_zero(stringify!($name), "lr", lr),
                    beta1: 0.9,
                    beta2: 0.999,
                    eps: 1e-8,
                    weight_decay: $decay,
                    amsgrad: false,
                    state: State::default(),
                }
            }

            /// How much of the running averages of the gradient and of its square is kept at each
            /// step; 0.9 and 0.999 by default.
            ///
            /// # Panics
            /// If one of them is not in `[0, 1)`.
            #[must_use]
            #[track_caller]
            pub fn betas(mut self, beta1: f64, beta2: f64) -> Self {
                self.beta1 = below_one(stringify!($name), "beta1", beta1);
                self.beta2 = below_one(stringify!($name), "beta2", beta2);
                self
            }

            /// What is added to the root mean square so that it is not zero; 1e-8 by default.
            ///
            /// # Panics
            /// If `eps` is negative or NaN.
            #[must_use]
            #[track_caller]
            pub fn eps(mut self, eps: f64) -> Self {
                self.eps = at_least_zero(stringify!($name), "eps", eps);
                self
            }

            #[doc = concat!("The factor of weight decay; ", $decay, " by default.")]
            ///
            /// # Panics
            /// If `weight_decay` is negative or NaN.
            #[must_use]
            #[track_caller]
            pub fn weight_decay(mut self, weight_decay: f64) -> Self {
                self.weight_decay = at_least_zero(stringify!($name), "weight_decay", weight_decay);
                self
            }

            /// Whether to divide by the largest running average of squares so far (`AMSGrad`).
            ///
            /// # Panics
            /// After the first step.
            #[must_use]
            #[track_caller]
            pub fn amsgrad(mut self, amsgrad: bool) -> Self {
                self.state.assert_unused(concat!(stringify!($name), ": amsgrad"));
                self.amsgrad = amsgrad;
                self
            }

            fn rule(&self) -> Step {
                let t = (self.state.steps() + 1) as f64;
                Step {
                    beta1: self.beta1,
                    beta2: self.beta2,
                    eps: self.eps,
                    penalty: if $decoupled { 0.0 } else { self.weight_decay },
                    shrink: if $decoupled { 1.0 - self.lr * self.weight_decay } else { 1.0 },
                    amsgrad: self.amsgrad,
                    length: self.lr / (1.0 - self.beta1.powf(t)),
                    correction: (1.0 - self.beta2.powf(t)).sqrt(),
                }
            }
        }
    };
}

adam!(
    /// Adam: running averages of the gradient and of its square, corrected for their start at zero.
    ///
    /// With gradient `g`, parameter `p` and running averages `m` and `v`, the step number `t`
    /// (from 1) is
    ///
    /// ```text
    /// g ← g + weight_decay * p
    /// m ← beta1 * m + (1 - beta1) * g
    /// v ← beta2 * v + (1 - beta2) * g²
    /// p ← p - lr * m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps)
    /// ```
    ///
    /// and with `AMSGrad` the largest `v` so far stands in the place of `v` in the last line.
    ///
    /// ```
    /// use autograd_runtime::optim::Adam;
    ///
    /// let mut optimizer = Adam::new(0.5).betas(0.5, 0.5).eps(0.0);
    /// let mut x = 10.0_f64;
    /// optimizer.step(&mut x, &3.0); // the first step is `lr` long
    /// assert!((x - 9.5).abs() < 1e-15);
    /// ```
    Adam, decoupled: false, weight_decay: 0.0
);

adam!(
    /// Adam with weight decay that acts on the parameter itself, not on the gradient.
    ///
    /// A step is that of [`Adam`] without the first line, after `p ← p * (1 - lr * weight_decay)`.
    ///
    /// ```
    /// use autograd_runtime::optim::AdamW;
    ///
    /// let mut optimizer = AdamW::new(0.5).weight_decay(0.2);
    /// let mut x = 10.0_f64;
    /// optimizer.step(&mut x, &0.0); // without a gradient only the decay acts
    /// assert_eq!(x, 10.0 * (1.0 - 0.5 * 0.2));
    /// ```
    AdamW, decoupled: true, weight_decay: 0.01
);

struct Step {
    beta1: f64,
    beta2: f64,
    eps: f64,
    /// Weight decay on the gradient.
    penalty: f64,
    /// Weight decay on the parameter, as a factor.
    shrink: f64,
    amsgrad: bool,
    /// The learning rate with the bias correction of the running average of gradients.
    length: f64,
    /// The root of the bias correction of the running average of squares.
    correction: f64,
}

impl Rule for Step {
    fn slots(&self) -> usize {
        2 + usize::from(self.amsgrad)
    }

    fn update<T: Real>(
        &self,
        parameters: &mut [T],
        gradient: impl Iterator<Item = T>,
        [means, squares, largest]: [&mut [T]; SLOTS],
    ) {
        let factors = Factors::<T>::of(self);
        let walk = parameters.iter_mut().zip(gradient).zip(means).zip(squares);
        if self.amsgrad {
            for ((((p, g), m), v), max) in walk.zip(largest) {
                factors.average(p, g, m, v);
                // Not `max`, which would drop a NaN.
                *max = if *v > *max || v.is_nan() { *v } else { *max };
                factors.descend(p, *m, *max);
            }
        } else {
            for (((p, g), m), v) in walk {
                factors.average(p, g, m, v);
                factors.descend(p, *m, *v);
            }
        }
    }
}

/// A [`Step`] in the precision of one buffer.
struct Factors<T> {
    fresh1: T,
    kept2: T,
    fresh2: T,
    eps: T,
    penalty: T,
    shrink: T,
    length: T,
    correction: T,
}

impl<T: Real> Factors<T> {
    fn of(step: &Step) -> Self {
        Self {
            fresh1: T::from_f64(1.0 - step.beta1),
            kept2: T::from_f64(step.beta2),
            fresh2: T::from_f64(1.0 - step.beta2),
            eps: T::from_f64(step.eps),
            penalty: T::from_f64(step.penalty),
            shrink: T::from_f64(step.shrink),
            length: T::from_f64(step.length),
            correction: T::from_f64(step.correction),
        }
    }

    #[inline(always)]
    fn average(&self, p: &mut T, g: T, m: &mut T, v: &mut T) {
        *p *= self.shrink;
        let g = decayed(g, self.penalty, *p);
        *m = lerp(*m, g, self.fresh1);
        *v = self.kept2 * *v + self.fresh2 * g * g;
    }

    #[inline(always)]
    fn descend(&self, p: &mut T, m: T, v: T) {
        *p -= self.length * m / (v.sqrt() / self.correction + self.eps);
    }
}
