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

/// The last component of [`solution()`].
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

/// What [`gradient_by_hand`] keeps, allocated once.
#[derive(Clone, Debug, Default)]
pub struct Buffers {
    /// The states before each step, and the last one, one after the other. Each begins with a
    /// component that is always 1, so that `yᵢ' = xᵢ yᵢ₋₁` holds for `i = 0`, too.
    states: Vec<f64>,
    /// What the second, third and fourth rates of a step are taken of, likewise.
    stages: Vec<[f64; 3]>,
    /// The adjoint of the state.
    adjoint: Vec<f64>,
}

/// The last component; its gradient replaces what is in `gradient`.
///
/// Only the states before each step are kept; the stages within a step are computed again. Each pass
/// over a step is one loop over the components, since a stage needs one component of the stage
/// before it.
///
/// # Panics
/// If there are no components, or `gradient` is not as long as `x`.
pub fn gradient_by_hand(
    x: &[f64],
    steps: usize,
    buffers: &mut Buffers,
    gradient: &mut [f64],
) -> f64 {
    let n = x.len();
    assert!(n > 0 && gradient.len() == n, "ode: length of the gradient");
    let h = END / steps as f64;
    let Buffers { states, stages, adjoint } = buffers;
    states.resize((n + 1) * (steps + 1), 0.0);
    states[..=n].fill(0.0);
    states[0] = 1.0;
    stages.resize(n + 1, [1.0; 3]);
    for step in 0..steps {
        let (before, after) = states[step * (n + 1)..].split_at_mut(n + 1);
        step_forward(x, h, before, &mut after[..=n]);
    }
    gradient.fill(0.0);
    adjoint.clear();
    adjoint.resize(n + 1, 0.0);
    adjoint[n] = 1.0;
    for before in states.chunks_exact(n + 1).rev().skip(1) {
        stages_forward(x, h, before, stages);
        step_backward(x, h, before, stages, adjoint, gradient);
    }
    states[states.len() - 1]
}

/// The state `after` a step.
fn step_forward(x: &[f64], h: f64, before: &[f64], after: &mut [f64]) {
    after[0] = 1.0;
    // The component before, of the state and of the stages.
    let [mut y1, mut y2, mut y3, mut y4] = [1.0; 4];
    for ((after, &y), x) in after[1..].iter_mut().zip(&before[1..]).zip(x) {
        let [k1, k2, k3, k4] = [x * y1, x * y2, x * y3, x * y4];
        *after = y + h / 6.0 * ((k1 + k4) + 2.0 * (k2 + k3));
        [y1, y2, y3, y4] = [y, y + h / 2.0 * k1, y + h / 2.0 * k2, y + h * k3];
    }
}

/// The stages of a step, again.
fn stages_forward(x: &[f64], h: f64, before: &[f64], stages: &mut [[f64; 3]]) {
    stages[0] = [1.0; 3];
    let [mut y1, mut y2, mut y3] = [1.0; 3];
    for ((stages, &y), x) in stages[1..].iter_mut().zip(&before[1..]).zip(x) {
        *stages = [y + h / 2.0 * (x * y1), y + h / 2.0 * (x * y2), y + h * (x * y3)];
        [y1, y2, y3] = [y, stages[0], stages[1]];
    }
}

/// Makes the adjoint of the state after a step that of the state before it.
fn step_backward(
    x: &[f64],
    h: f64,
    before: &[f64],
    stages: &[[f64; 3]],
    adjoint: &mut [f64],
    gradient: &mut [f64],
) {
    // The adjoints of the state and the stages, of the component after, as far as they come through
    // the rates.
    let [mut s1, mut s2, mut s3, mut s4] = [0.0; 4];
    let components = before.iter().zip(stages).zip(x).zip(&mut adjoint[1..]).zip(gradient);
    for ((((y1, [y2, y3, y4]), x), adjoint), gradient) in components.rev() {
        let share = h / 6.0 * *adjoint;
        let k1 = share + h / 2.0 * s2;
        let k2 = 2.0 * share + h / 2.0 * s3;
        let k3 = 2.0 * share + h * s4;
        let k4 = share;
        *adjoint += (s1 + s2) + (s3 + s4);
        *gradient += (k1 * y1 + k2 * y2) + (k3 * y3 + k4 * y4);
        [s1, s2, s3, s4] = [x * k1, x * k2, x * k3, x * k4];
    }
}

/// Numbers whose solution neither grows nor vanishes with their count: `xᵢ` is about `(i + 1) / 2`, so
/// that at [`END`] each component is about the one before it.
///
/// (With `GradBench`'s numbers, between 0 and 1, more than a hundred components underflow.) The method
/// carries a change through four components in a step: with fewer than `n / 4` steps the last
/// component is 0, as is its gradient.
pub fn input(n: usize) -> Vec<f64> {
    let numbers = Stream::new(35).evenly(n, 0.45, 0.55);
    numbers.iter().enumerate().map(|(i, number)| number * (i + 1) as f64).collect()
}
