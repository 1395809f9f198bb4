//! Learning-rate schedules.

use super::at_least_zero;
use std::f64::consts::PI;

/// The learning rate as a function of the step number, which counts from 0.
///
/// A schedule is a plain value: it holds no optimizer and remembers nothing, so training resumes at
/// any step. Its numbers are those of `PyTorch`'s scheduler of the same name after that many
/// `scheduler.step()`.
///
/// ```
/// use autograd_runtime::optim::{ExponentialLr, Schedule, Sgd};
///
/// let schedule = ExponentialLr::new(0.1, 0.5);
/// let (mut x, mut optimizer) = (1.0_f64, Sgd::new(0.1));
/// for step in 0..3 {
///     optimizer.set_lr(schedule.lr(step));
///     optimizer.step(&mut x, &1.0);
/// }
/// assert!((x - (1.0 - 0.1 - 0.05 - 0.025)).abs() < 1e-15);
/// ```
pub trait Schedule {
    /// The learning rate for step number `step`.
    fn lr(&self, step: usize) -> f64;

    /// This schedule for the first `steps` steps, then `next`, which counts from 0 again.
    ///
    /// ```
    /// use autograd_runtime::optim::{CosineAnnealingLr, LinearLr, Schedule};
    ///
    /// let schedule = LinearLr::warmup(0.1, 10).then(10, CosineAnnealingLr::new(0.1, 90));
    /// assert_eq!(schedule.lr(5), 0.05);
    /// assert_eq!(schedule.lr(10), 0.1);
    /// assert!(schedule.lr(100) < 1e-12);
    /// ```
    fn then<S: Schedule>(self, steps: usize, next: S) -> SequentialLr<Self, S>
    where
        Self: Sized,
    {
        SequentialLr { first: self, steps, next }
    }
}

/// The same learning rate at every step.
///
/// ```
/// use autograd_runtime::optim::{ConstantLr, Schedule};
///
/// assert_eq!(ConstantLr::new(0.1).lr(1000), 0.1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConstantLr {
    lr: f64,
}

impl ConstantLr {
    /// `lr` for ever.
    ///
    /// # Panics
    /// If `lr` is negative or NaN.
    #[track_caller]
    pub fn new(lr: f64) -> Self {
        Self { lr: at_least_zero("ConstantLr", "lr", lr) }
    }
}

impl Schedule for ConstantLr {
    fn lr(&self, _: usize) -> f64 {
        self.lr
    }
}

/// `lr * gamma^(step / step_size)`, rounded down: a drop every `step_size` steps.
///
/// ```
/// use autograd_runtime::optim::{Schedule, StepLr};
///
/// let schedule = StepLr::new(0.5, 30, 0.5);
/// assert_eq!([schedule.lr(29), schedule.lr(30), schedule.lr(60)], [0.5, 0.25, 0.125]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepLr {
    lr: f64,
    step_size: usize,
    gamma: f64,
}

impl StepLr {
    /// Starts at `lr` and multiplies by `gamma` every `step_size` steps.
    ///
    /// # Panics
    /// If `lr` or `gamma` is negative or NaN, or if `step_size` is 0.
    #[track_caller]
    pub fn new(lr: f64, step_size: usize, gamma: f64) -> Self {
        assert!(step_size > 0, "StepLr: step_size must be at least 1, got 0");
        let gamma = at_least_zero("StepLr", "gamma", gamma);
        Self { lr: at_least_zero("StepLr", "lr", lr), step_size, gamma }
    }
}

impl Schedule for StepLr {
    fn lr(&self, step: usize) -> f64 {
        self.lr * self.gamma.powf((step / self.step_size) as f64)
    }
}

/// `lr * gamma^step`.
///
/// ```
/// use autograd_runtime::optim::{ExponentialLr, Schedule};
///
/// assert_eq!(ExponentialLr::new(1.0, 0.5).lr(3), 0.125);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExponentialLr {
    lr: f64,
    gamma: f64,
}

impl ExponentialLr {
    /// Starts at `lr` and multiplies by `gamma` at every step.
    ///
    /// # Panics
    /// If `lr` or `gamma` is negative or NaN.
    #[track_caller]
    pub fn new(lr: f64, gamma: f64) -> Self {
        let gamma = at_least_zero("ExponentialLr", "gamma", gamma);
        Self { lr: at_least_zero("ExponentialLr", "lr", lr), gamma }
    }
}

impl Schedule for ExponentialLr {
    fn lr(&self, step: usize) -> f64 {
        self.lr * self.gamma.powf(step as f64)
    }
}

/// Half a cosine wave from `lr` down to `eta_min` in `t_max` steps, and up again after that.
///
/// ```text
/// eta_min + (lr - eta_min) * (1 + cos(π * step / t_max)) / 2
/// ```
///
/// ```
/// use autograd_runtime::optim::{CosineAnnealingLr, Schedule};
///
/// let schedule = CosineAnnealingLr::new(1.0, 10).eta_min(0.5);
/// assert_eq!([schedule.lr(0), schedule.lr(5), schedule.lr(10)], [1.0, 0.75, 0.5]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CosineAnnealingLr {
    lr: f64,
    t_max: usize,
    eta_min: f64,
}

impl CosineAnnealingLr {
    /// From `lr` to 0 in `t_max` steps.
    ///
    /// # Panics
    /// If `lr` is negative or NaN, or if `t_max` is 0.
    #[track_caller]
    pub fn new(lr: f64, t_max: usize) -> Self {
        assert!(t_max > 0, "CosineAnnealingLr: t_max must be at least 1, got 0");
        Self { lr: at_least_zero("CosineAnnealingLr", "lr", lr), t_max, eta_min: 0.0 }
    }

    /// The lowest learning rate; 0 by default.
    ///
    /// # Panics
    /// If `eta_min` is negative or NaN.
    #[must_use]
    #[track_caller]
    pub fn eta_min(mut self, eta_min: f64) -> Self {
        self.eta_min = at_least_zero("CosineAnnealingLr", "eta_min", eta_min);
        self
    }
}

impl Schedule for CosineAnnealingLr {
    fn lr(&self, step: usize) -> f64 {
        cosine(self.lr, self.eta_min, step as f64 / self.t_max as f64)
    }
}

/// A straight line from `start_factor * lr` to `end_factor * lr`, and constant after that: warm-up.
///
/// ```
/// use autograd_runtime::optim::{LinearLr, Schedule};
///
/// let schedule = LinearLr::new(1.0, 0.5, 1.0, 4);
/// assert_eq!([schedule.lr(0), schedule.lr(2), schedule.lr(9)], [0.5, 0.75, 1.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearLr {
    lr: f64,
    start_factor: f64,
    end_factor: f64,
    total_steps: usize,
}

impl LinearLr {
    /// From `start_factor * lr` to `end_factor * lr` in `total_steps` steps.
    ///
    /// # Panics
    /// If `lr` or a factor is negative or NaN.
    #[track_caller]
    pub fn new(lr: f64, start_factor: f64, end_factor: f64, total_steps: usize) -> Self {
        Self {
            lr: at_least_zero("LinearLr", "lr", lr),
            start_factor: at_least_zero("LinearLr", "start_factor", start_factor),
            end_factor: at_least_zero("LinearLr", "end_factor", end_factor),
            total_steps,
        }
    }

    /// From 0 to `lr` in `total_steps` steps.
    ///
    /// # Panics
    /// If `lr` is negative or NaN.
    #[track_caller]
    pub fn warmup(lr: f64, total_steps: usize) -> Self {
        Self::new(lr, 0.0, 1.0, total_steps)
    }
}

impl Schedule for LinearLr {
    fn lr(&self, step: usize) -> f64 {
        if step >= self.total_steps {
            return self.lr * self.end_factor;
        }
        self.lr * linear(self.start_factor, self.end_factor, step as f64 / self.total_steps as f64)
    }
}

/// One cycle: up from `max_lr / div_factor` to `max_lr`, then down to far below the start.
///
/// It has `total_steps` steps and stays at its last rate after them. It cycles the learning rate
/// alone, as `PyTorch` does with `cycle_momentum=False`.
///
/// ```
/// use autograd_runtime::optim::{OneCycleLr, Schedule};
///
/// let schedule = OneCycleLr::new(1.0, 100);
/// for (step, lr) in [(0, 1.0 / 25.0), (29, 1.0), (99, 1.0 / 25.0 / 1e4)] {
///     assert!((schedule.lr(step) - lr).abs() < 1e-15);
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneCycleLr {
    max_lr: f64,
    total_steps: usize,
    pct_start: f64,
    div_factor: f64,
    final_div_factor: f64,
    linear: bool,
    three_phase: bool,
}

impl OneCycleLr {
    /// Rises for 30% of `total_steps` from `max_lr / 25`, and falls to that by `10⁴`, on cosines.
    ///
    /// # Panics
    /// If `max_lr` is negative or NaN, or if `total_steps` is 0.
    #[track_caller]
    pub fn new(max_lr: f64, total_steps: usize) -> Self {
        assert!(total_steps > 0, "OneCycleLr: total_steps must be at least 1, got 0");
        Self {
            max_lr: at_least_zero("OneCycleLr", "max_lr", max_lr),
            total_steps,
            pct_start: 0.3,
            div_factor: 25.0,
            final_div_factor: 1e4,
            linear: false,
            three_phase: false,
        }
    }

    /// The fraction of the steps in which the rate rises; 0.3 by default.
    ///
    /// # Panics
    /// If `pct_start` is not in `[0, 1]`.
    #[must_use]
    #[track_caller]
    pub fn pct_start(mut self, pct_start: f64) -> Self {
        assert!(
            (0.0..=1.0).contains(&pct_start),
            "OneCycleLr: pct_start must be at least 0 and at most 1, got {pct_start}"
        );
        self.pct_start = pct_start;
        self
    }

    /// The peak over the first rate; 25 by default.
    ///
    /// # Panics
    /// If `div_factor` is not above 0.
    #[must_use]
    #[track_caller]
    pub fn div_factor(mut self, div_factor: f64) -> Self {
        assert!(div_factor > 0.0, "OneCycleLr: div_factor must be above 0, got {div_factor}");
        self.div_factor = div_factor;
        self
    }

    /// The first rate over the last one; `10⁴` by default.
    ///
    /// # Panics
    /// If `final_div_factor` is not above 0.
    #[must_use]
    #[track_caller]
    pub fn final_div_factor(mut self, final_div_factor: f64) -> Self {
        assert!(
            final_div_factor > 0.0,
            "OneCycleLr: final_div_factor must be above 0, got {final_div_factor}"
        );
        self.final_div_factor = final_div_factor;
        self
    }

    /// Whether to go along straight lines instead of cosines.
    #[must_use]
    pub fn linear(mut self, linear: bool) -> Self {
        self.linear = linear;
        self
    }

    /// Whether to fall to the first rate as fast as it rose, and only then to the last one.
    #[must_use]
    pub fn three_phase(mut self, three_phase: bool) -> Self {
        self.three_phase = three_phase;
        self
    }

    /// The phases: the step at which each ends, and the rate that it ends at.
    fn phases(&self) -> [(f64, f64); 3] {
        let first = self.max_lr / self.div_factor;
        let steps = self.total_steps as f64;
        let peak = self.pct_start * steps - 1.0;
        let end = (steps - 1.0, first / self.final_div_factor);
        let down = if self.three_phase { (2.0 * self.pct_start * steps - 2.0, first) } else { end };
        [(peak, self.max_lr), down, end]
    }
}

impl Schedule for OneCycleLr {
    fn lr(&self, step: usize) -> f64 {
        let step = step.min(self.total_steps - 1) as f64;
        let (mut start, mut from) = (0.0, self.max_lr / self.div_factor);
        for (end, to) in self.phases() {
            if step <= end {
                // A phase of no length is at its end.
                let part = if end > start { (step - start) / (end - start) } else { 1.0 };
                return if self.linear { linear(from, to, part) } else { cosine(from, to, part) };
            }
            (start, from) = (end, to);
        }
        from
    }
}

/// One schedule after another; made by [`Schedule::then`].
///
/// ```
/// use autograd_runtime::optim::{ConstantLr, Schedule};
///
/// let schedule = ConstantLr::new(0.1).then(5, ConstantLr::new(0.2));
/// assert_eq!([schedule.lr(4), schedule.lr(5)], [0.1, 0.2]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SequentialLr<A, B> {
    first: A,
    steps: usize,
    next: B,
}

impl<A: Schedule, B: Schedule> Schedule for SequentialLr<A, B> {
    fn lr(&self, step: usize) -> f64 {
        match step.checked_sub(self.steps) {
            None => self.first.lr(step),
            Some(step) => self.next.lr(step),
        }
    }
}

fn linear(from: f64, to: f64, part: f64) -> f64 {
    from + (to - from) * part
}

fn cosine(from: f64, to: f64, part: f64) -> f64 {
    to + (from - to) / 2.0 * (1.0 + (PI * part).cos())
}
