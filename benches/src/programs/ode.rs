//! A system of ordinary differential equations, solved by the classical Runge-Kutta method:
//! `GradBench`'s program `ode`, after Bradley Bell's `an_ode` in `cmpad`.
//!
//! `y₀' = x₀` and `yᵢ' = xᵢ yᵢ₋₁`, with `y(0) = 0`, from 0 to [`END`] in equal steps. The exact solution is
//! `yᵢ(t) = x₀ ⋯ xᵢ tⁱ⁺¹ / (i + 1)!`, and the method is exact for polynomials of degree 4: for `i < 4`.
//! The gradient is that of the last component.
//!
//! All is linear in `y`, so the adjoint `λ` of the system is one, too: `λᵢ' = -xᵢ₊₁ λᵢ₊₁`.

use crate::data::Stream;
use autograd_runtime::prelude::*;

/// The time at which the solution is wanted.
pub const END: f64 = 2.0;

/// The last component of [`solution`].
///
/// # Panics
/// If there are no components.
#[differentiable]
pub fn last_component(x: &[f64], steps: usize) -> f64 {
    let y = solution(x, steps);
    y[y.len() - 1]
}

/// The solution at [`END`].
#[differentiable]
pub fn solution(x: &[f64], steps: usize) -> Vec<f64> {
    let h = END / steps as f64;
    let mut y = vec![0.0; x.len()];
    for _ in 0..steps {
        let k1 = rate(x, &y);
        let k2 = rate(x, &moved(&y, h / 2.0, &k1));
        let k3 = rate(x, &moved(&y, h / 2.0, &k2));
        let k4 = rate(x, &moved(&y, h, &k3));
        for i in 0..y.len() {
            y[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
        }
    }
    y
}

/// `y'`.
#[differentiable]
fn rate(x: &[f64], y: &[f64]) -> Vec<f64> {
    let mut rate = vec![x[0]];
    for i in 1..x.len() {
        rate.push(x[i] * y[i - 1]);
    }
    rate
}

/// `y + h k`.
#[differentiable]
fn moved(y: &[f64], #[no_grad] h: f64, k: &[f64]) -> Vec<f64> {
    y.iter().zip(k).map(|(y, k)| y + h * k).collect()
}

/// `n` numbers between 0 and 1, as `GradBench` has.
pub fn input(n: usize) -> Vec<f64> {
    Stream::new(35).evenly(n, 0.0, 1.0)
}
