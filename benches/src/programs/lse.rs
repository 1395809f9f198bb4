//! The log-sum-exp of a vector, a smooth maximum: `GradBench`'s program `lse`.
//!
//! `lse(x) = ln Σᵢ exp(xᵢ)`, which overflows for large `x` as it stands. It is computed as
//! `a + ln Σᵢ exp(xᵢ - a)` with `a = max x`: no exponent is above 0, and one is 0.
//!
//! The gradient is the softmax, `exp(xᵢ - lse(x))`.

use crate::data::Stream;
use autograd_runtime::prelude::*;

/// `ln Σᵢ exp(xᵢ)`, the maximum taken out. Of an empty vector it is the logarithm of 0.
#[differentiable]
pub fn log_sum_exp(x: &[f64]) -> f64 {
    let max = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = x.iter().map(|x| (x - max).exp()).sum();
    max + sum.ln()
}

/// The same value with the maximum as a constant for the gradient: since the value does not depend
/// on what is taken out, neither does the gradient.
#[differentiable]
pub fn log_sum_exp_detached(x: &[f64]) -> f64 {
    let max = no_grad! { x.iter().copied().fold(f64::NEG_INFINITY, f64::max) };
    let sum: f64 = x.iter().map(|x| (x - max).exp()).sum();
    max + sum.ln()
}

/// The value; the gradient replaces what is in `gradient`.
///
/// The exponentials are kept where the gradient will be, so that there is one for each element.
///
/// # Panics
/// If `gradient` is not as long as `x`.
pub fn gradient_by_hand(x: &[f64], gradient: &mut [f64]) -> f64 {
    assert_eq!(x.len(), gradient.len(), "log-sum-exp: length of the gradient");
    let max = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for (g, x) in gradient.iter_mut().zip(x) {
        *g = (x - max).exp();
        sum += *g;
    }
    let scale = 1.0 / sum;
    for g in gradient {
        *g *= scale;
    }
    max + sum.ln()
}

/// `n` numbers between -1 and 1.
pub fn input(n: usize) -> Vec<f64> {
    Stream::new(31).evenly(n, -1.0, 1.0)
}
