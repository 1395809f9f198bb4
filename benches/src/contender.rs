//! One version of a workload, ready to be checked and timed.

use std::hint::black_box;

/// A named group of numbers of a result, compared on one scale: a scalar, or one tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What the numbers are, the same in all versions of a workload.
    pub name: &'static str,
    /// The numbers, row-major.
    pub numbers: Vec<f64>,
}

impl Part {
    /// A part that is one number.
    pub fn scalar(name: &'static str, number: impl Into<f64>) -> Self {
        Self { name, numbers: vec![number.into()] }
    }

    /// A part that is a tensor.
    pub fn tensor<T: Copy + Into<f64>>(name: &'static str, numbers: &[T]) -> Self {
        Self { name, numbers: numbers.iter().map(|&number| number.into()).collect() }
    }

    /// A part that is the change from `before` to `after`.
    pub fn change<T: Copy + Into<f64>>(name: &'static str, before: &[f32], after: &[T]) -> Self {
        let change = |(&before, &after): (&f32, &T)| after.into() - f64::from(before);
        Self { name, numbers: before.iter().zip(after).map(change).collect() }
    }
}

/// One version of a workload with its inputs and the buffers that it reuses between steps.
pub trait Contender {
    /// The version, such as `hand-written`.
    fn name(&self) -> &'static str;

    /// Goes back to the initial inputs. Not timed.
    fn reset(&mut self) {}

    /// Computes the value and the gradient once (and updates the parameters, if the workload is a
    /// training step). Inputs come out of a [`black_box`], and results go into one.
    fn step(&mut self);

    /// What the last step computed.
    fn result(&self) -> Vec<Part>;

    /// Takes `steps` steps.
    ///
    /// This default is compiled once for each version, so that a step is never a virtual call.
    fn batch(&mut self, steps: u64) {
        for _ in 0..steps {
            self.step();
        }
    }
}

/// A gradient of a scalar function of `N` scalars, as a closure.
pub struct ScalarGradient<F, const N: usize> {
    name: &'static str,
    inputs: [(&'static str, f64); N],
    gradient: F,
    value: f64,
    adjoints: [f64; N],
}

impl<F: FnMut([f64; N]) -> (f64, [f64; N]), const N: usize> ScalarGradient<F, N> {
    /// The version `name`, at the named `inputs`.
    pub fn new(name: &'static str, inputs: [(&'static str, f64); N], gradient: F) -> Self {
        Self { name, inputs, gradient, value: f64::NAN, adjoints: [f64::NAN; N] }
    }
}

impl<F: FnMut([f64; N]) -> (f64, [f64; N]), const N: usize> Contender for ScalarGradient<F, N> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn step(&mut self) {
        // One number at a time: an array through memory would stall on its way back to registers,
        // for longer than a small gradient takes.
        let inputs = self.inputs.map(|(_, input)| black_box(input));
        let (value, adjoints) = (self.gradient)(inputs);
        self.value = black_box(value);
        self.adjoints = adjoints.map(black_box);
    }

    fn result(&self) -> Vec<Part> {
        let adjoints = self.inputs.iter().zip(self.adjoints);
        let adjoints = adjoints.map(|(&(name, _), adjoint)| Part::scalar(name, adjoint));
        std::iter::once(Part::scalar("value", self.value)).chain(adjoints).collect()
    }
}
