//! The least squares of a polynomial: `GradBench`'s program `llsq`, after Bradley Bell's `llsq_obj` in
//! `cmpad`.
//!
//! A polynomial of coefficients `x` is fitted to the sign function at `n` points between -1 and 1:
//!
//! `y(x) = ½ Σᵢ (sign tᵢ - Σⱼ xⱼ tᵢʲ)²` with `tᵢ = -1 + 2 i / (n - 1)`.
//!
//! With the residuals `rᵢ` in the parentheses, the gradient is `∂y / ∂xⱼ = -Σᵢ rᵢ tᵢʲ`.

use crate::data::Stream;
use autograd_runtime::prelude::*;

/// Half of the sum of the squared residuals of the polynomial `x` at `n` points.
#[differentiable]
pub fn objective(x: &[f64], n: usize) -> f64 {
    let mut sum = 0.0;
    for i in 0..n {
        let t = point(i, n);
        let target = sign(t);
        let mut residual = target;
        let mut power = 1.0;
        for x in x {
            residual -= x * power;
            power *= t;
        }
        sum += residual * residual;
    }
    sum / 2.0
}

/// The same by Horner's rule: half of the multiplications, in a loop that carries an active value.
#[differentiable]
pub fn objective_by_horner(x: &[f64], n: usize) -> f64 {
    (0..n)
        .map(|i| {
            let t = point(i, n);
            let residual = sign(t) - x.iter().rev().fold(0.0, |sum, x| sum * t + x);
            residual * residual / 2.0
        })
        .sum()
}

/// The point `i` of `n` that are spread evenly from -1 to 1.
fn point(i: usize, n: usize) -> f64 {
    -1.0 + 2.0 * i as f64 / (n - 1) as f64
}

/// -1, 0 or 1: [`f64::signum`] has no 0.
fn sign(t: f64) -> f64 {
    f64::from(i8::from(t > 0.0) - i8::from(t < 0.0))
}

/// The objective; the gradient replaces what is in `gradient`.
///
/// The powers of the points are kept for no longer than it takes to use them twice, in registers:
/// eight points at a time, first by Horner's rule for the residuals, then again for the gradient.
///
/// # Panics
/// If `gradient` is not as long as `x`.
pub fn gradient_by_hand(x: &[f64], n: usize, gradient: &mut [f64]) -> f64 {
    assert_eq!(x.len(), gradient.len(), "least squares: length of the gradient");
    gradient.fill(0.0);
    let mut sum = 0.0;
    for start in (0..n).step_by(LANES) {
        // The lanes after the last point have a residual of 0.
        let counted = |lane: usize, number: f64| if start + lane < n { number } else { 0.0 };
        let t: [f64; LANES] = std::array::from_fn(|lane| point(start + lane, n));
        let mut fitted = [0.0; LANES];
        for x in x.iter().rev() {
            for lane in 0..LANES {
                fitted[lane] = fitted[lane] * t[lane] + x;
            }
        }
        // The residual times the power that is due.
        let mut term: [f64; LANES] =
            std::array::from_fn(|lane| counted(lane, sign(t[lane]) - fitted[lane]));
        sum += term.iter().map(|residual| residual * residual).sum::<f64>();
        for g in &mut *gradient {
            *g -= term.iter().sum::<f64>();
            for lane in 0..LANES {
                term[lane] *= t[lane];
            }
        }
    }
    sum / 2.0
}

/// So many points are computed together that their multiplications need not wait for each other.
const LANES: usize = 8;

/// `m` coefficients between 0 and 1.
pub fn input(m: usize) -> Vec<f64> {
    Stream::new(34).evenly(m, 0.0, 1.0)
}
