//! What an optimizer remembers about each parameter, and the walk that updates a model with it.

use crate::Real;
use crate::differentiable::{Differentiable, ParameterVisitor};
use crate::kernel::for_each_part;
use std::any::Any;
use std::fmt;

/// The most values that are remembered for a parameter.
pub(super) const SLOTS: usize = 3;
/// The fewest parameters that are worth another thread: some ten microseconds.
const WORTH: usize = 1 << 16;
/// How many of them a thread takes at a time.
const PART: usize = 1 << 13;

/// How an optimizer updates one buffer. Built anew for each step, with that step's factors.
pub(super) trait Rule: Sync {
    /// How many values are remembered for each parameter, not more than [`SLOTS`].
    fn slots(&self) -> usize;

    /// What the remembered values are before the first step.
    fn initial(&self) -> f64 {
        0.0
    }

    /// Updates some parameters, each on its own. The first `slots()` lists of `state` are as long, the
    /// others are empty.
    fn update<T: Real>(
        &self,
        parameters: &mut [T],
        gradient: impl Iterator<Item = T>,
        state: [&mut [T]; SLOTS],
    );
}

/// The values that an optimizer remembers, in the precision of the parameter that they belong to.
///
/// All of a model's buffers share one allocation for each precision, in the order of the walk: a
/// `Vec<f64>` is walked element by element, and must not cost an allocation for each.
#[derive(Clone, Default)]
pub(super) struct State {
    single: Vec<f32>,
    double: Vec<f64>,
    /// The number of parameters, known after the first step.
    parameters: usize,
    steps: u64,
}

impl State {
    /// How many steps were taken.
    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    /// Panics if a step was taken: `option` decides what is remembered, so it is set before.
    #[track_caller]
    pub(super) fn assert_unused(&self, option: &str) {
        assert!(self.steps == 0, "{option} must be set before the first step");
    }

    /// One step: updates all parameters of `model`.
    #[track_caller]
    pub(super) fn step<M: Differentiable + ?Sized>(
        &mut self,
        rule: &impl Rule,
        model: &mut M,
        gradient: &M::Tangent,
    ) {
        let known = (self.steps > 0).then_some(self.parameters);
        let mut walk =
            Walk { rule, state: self, known, single: 0, double: 0, parameters: 0, fault: None };
        model.visit_parameters(gradient, &mut walk);
        let (parameters, fault) = (walk.parameters, walk.fault);
        if let Some((parameters, gradient)) = fault {
            panic!("step: a buffer of {parameters} parameters has a gradient of {gradient}");
        }
        if let Some(known) = known {
            assert!(
                known == parameters,
                "step: the model has {parameters} parameters, at the first step it had {known}"
            );
        }
        self.parameters = parameters;
        self.steps += 1;
    }

    fn values<T: Real>(&mut self) -> &mut Vec<T> {
        let Self { single, double, .. } = self;
        let single: &mut dyn Any = single;
        match single.downcast_mut() {
            Some(values) => values,
            None => (double as &mut dyn Any).downcast_mut().expect("a Real is f32 or f64"),
        }
    }
}

/// Prints no values: a model has millions.
impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("steps", &self.steps)
            .field("parameters", &self.parameters)
            .finish_non_exhaustive()
    }
}

struct Walk<'a, R> {
    rule: &'a R,
    state: &'a mut State,
    /// The number of parameters, from the second step on.
    known: Option<usize>,
    single: usize,
    double: usize,
    parameters: usize,
    /// The lengths of a buffer and its gradient that do not fit. Reported after the walk, where the
    /// caller's line is known.
    fault: Option<(usize, usize)>,
}

impl<R: Rule> ParameterVisitor for Walk<'_, R> {
    fn visit<T: Real>(&mut self, parameters: &mut [T], gradient: &[T]) {
        let n = parameters.len();
        self.parameters += n;
        if !gradient.is_empty() && gradient.len() != n {
            self.fault.get_or_insert((n, gradient.len()));
        }
        if self.fault.is_some() || self.known.is_some_and(|known| self.parameters > known) {
            return;
        }
        let cursor =
            if size_of::<T>() == size_of::<f32>() { &mut self.single } else { &mut self.double };
        let start = *cursor;
        *cursor += n * self.rule.slots();
        let end = *cursor;
        let values = self.state.values::<T>();
        if values.len() < end {
            values.resize(end, T::from_f64(self.rule.initial()));
        }
        let [a, b, c] = runs(&mut values[start..end], n);
        let (rule, chunk) = (self.rule, if n < WORTH { n } else { PART });
        for_each_part([parameters, a, b, c], chunk, |range, [parameters, a, b, c]| {
            let state = [a, b, c];
            if gradient.is_empty() {
                rule.update(parameters, std::iter::repeat_n(T::ZERO, range.len()), state);
            } else {
                rule.update(parameters, gradient[range].iter().copied(), state);
            }
        });
    }
}

/// Runs of `n` values, as many as there are; the others are empty.
fn runs<T>(mut values: &mut [T], n: usize) -> [&mut [T]; SLOTS] {
    std::array::from_fn(|_| {
        let rest = std::mem::take(&mut values);
        let (run, rest) = rest.split_at_mut(n.min(rest.len()));
        values = rest;
        run
    })
}

/// `g + decay * p`: the gradient of an L2 penalty added to a gradient.
#[inline(always)]
pub(super) fn decayed<T: Real>(gradient: T, decay: T, parameter: T) -> T {
    // Not unconditionally: `0 * inf` would be a NaN.
    if decay == T::ZERO { gradient } else { gradient + decay * parameter }
}

/// `a + weight * (b - a)`, from the nearer end, as `PyTorch`'s `lerp` rounds it.
#[inline(always)]
pub(super) fn lerp<T: Real>(a: T, b: T, weight: T) -> T {
    if weight < T::from_f64(0.5) { a + weight * (b - a) } else { b - (b - a) * (T::ONE - weight) }
}

#[cfg(test)]
mod tests {
    use super::{PART, WORTH};
    use crate::Tensor;
    use crate::kernel::with_threads;
    use crate::optim::{Adagrad, Adam, Optimizer, RmsProp, Sgd};

    /// The parameters after some steps, the last of them without a gradient.
    fn after_steps(mut optimizer: impl Optimizer, len: usize) -> Tensor<1, f64> {
        let mut x = Tensor::from_fn([len], |[i]| (i as f64).sin());
        for step in 0..3 {
            let gradient = Tensor::from_fn([len], |[i]| ((i + step) as f64).cos());
            optimizer.step(&mut x, &gradient);
        }
        optimizer.step(&mut x, &Tensor::from_vec([0], Vec::new()).unwrap());
        x
    }

    #[test]
    fn the_number_of_threads_changes_no_bit() {
        fn check<O: Optimizer>(optimizer: fn() -> O) {
            for len in [WORTH - 1, WORTH, WORTH + PART + 3] {
                let expected = with_threads(1, || after_steps(optimizer(), len));
                for threads in [2, 3, 7] {
                    let x = with_threads(threads, || after_steps(optimizer(), len));
                    assert!(x == expected, "{threads} threads, {len}");
                }
            }
        }
        check(|| Adam::new(0.1).weight_decay(0.1));
        check(|| Adam::new(0.1).amsgrad(true));
        check(|| Adagrad::new(0.1));
        check(|| RmsProp::new(0.1).momentum(0.5));
        check(|| RmsProp::new(0.1).momentum(0.5).centered(true));
        check(|| Sgd::new(0.1));
        check(|| Sgd::new(0.1).momentum(0.5));
    }
}
