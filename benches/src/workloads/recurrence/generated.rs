//! The gradient that the macro generates.

use autograd_runtime::prelude::*;

/// `n` steps of `s ← sin(a s + b)` from `start`.
#[differentiable]
pub fn recurrence(a: f64, b: f64, #[no_grad] start: f64, n: usize) -> f64 {
    let mut s = start;
    for _ in 0..n {
        s = (a * s + b).sin();
    }
    s
}

/// The generated gradient with an array for its tuple.
#[inline]
pub fn gradient([a, b]: [f64; 2]) -> (f64, [f64; 2]) {
    let (value, gradient) = recurrence::value_and_grad(a, b, super::START, super::STEPS);
    (value, gradient.into())
}
