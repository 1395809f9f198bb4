//! Minimisations by derivatives of what itself takes derivatives, in forward or reverse mode on either
//! level: the four functions of `GradBench`'s programs [`particle`](super::particle) and
//! [`saddle`](super::saddle).
//!
//! An outer forward mode runs over dual numbers what takes a derivative inside. An outer reverse mode
//! needs the pullback of the inner derivative, which is a product with the Hessian.

use super::descent::{FIRST_RATE, PATIENCE, TOLERANCE, argmin};
use super::particle::STEP;
use super::saddle::Point;
use autograd_runtime::Dual;
use autograd_runtime::prelude::*;

/// How a derivative is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One direction after the other.
    Forward,
    /// All directions at once.
    Reverse,
}

/// The potential of two unit charges in a point.
#[differentiable(order = 2)]
pub fn potential<T: Real>(at: &[T; 2], charges: &[[T; 2]; 2]) -> T {
    let mut sum = T::ZERO;
    for charge in charges {
        let (x, y) = (at[0] - charge[0], at[1] - charge[1]);
        sum += T::ONE / (x * x + y * y).sqrt();
    }
    sum
}

/// The acceleration by two unit charges, the negative gradient of their [`potential()`].
pub fn acceleration_over<T: Real>(at: &[T; 2], charges: &[[T; 2]; 2], mode: Mode) -> [T; 2] {
    match mode {
        Mode::Reverse => potential::grad(at, charges).0.map(|slope| -slope),
        Mode::Forward => directions()
            .map(|direction| -potential::jvp(at, charges, (direction, [[T::ZERO; 2]; 2])).1),
    }
}

/// The unit vectors of the plane.
fn directions<T: Real>() -> [[T; 2]; 2] {
    [[T::ONE, T::ZERO], [T::ZERO, T::ONE]]
}

/// [`acceleration_over()`], to be differentiated in reverse mode.
#[differentiable(vjp = acceleration_rule)]
pub fn acceleration(at: &[f64; 2], charges: &[[f64; 2]; 2], #[no_grad] mode: Mode) -> [f64; 2] {
    acceleration_over(at, charges, mode)
}

type ByBoth = ([f64; 2], [[f64; 2]; 2]);

fn acceleration_rule(
    at: &[f64; 2],
    charges: &[[f64; 2]; 2],
    mode: Mode,
) -> ([f64; 2], impl FnOnce([f64; 2]) -> ByBoth + use<>) {
    let (at, charges) = (*at, *charges);
    let pullback = move |cotangent: [f64; 2]| {
        potential::hvp(&at, &charges, (cotangent.map(|c| -c), [[0.0; 2]; 2]))
    };
    (acceleration(&at, &charges, mode), pullback)
}

/// As [`miss`](super::particle::miss()), with a derivative inside.
#[differentiable]
pub fn miss(w: f64, #[no_grad] mode: Mode) -> f64 {
    let charges = [[10.0, 10.0 - w], [10.0, 0.0]];
    let mut position = [0.0, 8.0];
    let mut velocity = [0.75, 0.0];
    loop {
        let next = [position[0] + STEP * velocity[0], position[1] + STEP * velocity[1]];
        if next[1] <= 0.0 {
            break;
        }
        let force = acceleration(&position, &charges, mode);
        velocity = [velocity[0] + STEP * force[0], velocity[1] + STEP * force[1]];
        position = next;
    }
    let landing = position[0] - position[1] / velocity[1] * velocity[0];
    landing * landing
}

/// [`miss()`] over any scalar.
pub fn miss_over<T: Real>(w: T, mode: Mode) -> T {
    let number = T::from_f64;
    let (step, ten) = (number(STEP), number(10.0));
    let charges = [[ten, ten - w], [ten, T::ZERO]];
    let mut position = [T::ZERO, number(8.0)];
    let mut velocity = [number(0.75), T::ZERO];
    loop {
        let next = [position[0] + step * velocity[0], position[1] + step * velocity[1]];
        if next[1] <= T::ZERO {
            break;
        }
        let force = acceleration_over(&position, &charges, mode);
        velocity = [velocity[0] + step * force[0], velocity[1] + step * force[1]];
        position = next;
    }
    let landing = position[0] - position[1] / velocity[1] * velocity[0];
    landing * landing
}

/// The derivative of [`miss()`], the outer and the inner one in the given modes.
pub fn miss_derivative(w: f64, outer: Mode, inner: Mode) -> f64 {
    match outer {
        Mode::Reverse => miss::grad(w, inner),
        Mode::Forward => miss_over(Dual::new(w, 1.0), inner).eps,
    }
}

/// `‖p‖² - ‖q‖²`
#[differentiable(order = 2)]
pub fn height<T: Real>(p: &[T; 2], q: &[T; 2]) -> T {
    (p[0] * p[0] + p[1] * p[1]) - (q[0] * q[0] + q[1] * q[1])
}

/// The gradient of the [`height()`] with respect to `q`.
pub fn slope_over<T: Real>(p: &[T; 2], q: &[T; 2], mode: Mode) -> [T; 2] {
    match mode {
        Mode::Reverse => height::grad(p, q).1,
        Mode::Forward => {
            directions().map(|direction| height::jvp(p, q, ([T::ZERO; 2], direction)).1)
        }
    }
}

/// [`slope_over()`], to be differentiated in reverse mode.
#[differentiable(vjp = slope_rule)]
pub fn slope(p: &Point, q: &Point, #[no_grad] mode: Mode) -> Point {
    slope_over(p, q, mode)
}

fn slope_rule(
    p: &Point,
    q: &Point,
    mode: Mode,
) -> (Point, impl FnOnce(Point) -> (Point, Point) + use<>) {
    let (p, q) = (*p, *q);
    (slope(&p, &q, mode), move |cotangent: Point| height::hvp(&p, &q, ([0.0; 2], cotangent)))
}

/// `max_q f(p, q)`, climbing from `start` with the steps of [`argmin`].
#[differentiable]
pub fn highest(p: Point, start: Point, #[no_grad] mode: Mode) -> f64 {
    let mut q = start;
    let mut value = height(&p, &q);
    let mut up = slope(&p, &q, mode);
    let mut rate = FIRST_RATE;
    let mut successes = 0;
    while length(up) > TOLERANCE {
        if successes == PATIENCE {
            rate *= 2.0;
            successes = 0;
            continue;
        }
        let step = [rate * up[0], rate * up[1]];
        if length(step) <= TOLERANCE {
            break;
        }
        let next = [q[0] + step[0], q[1] + step[1]];
        let reached = height(&p, &next);
        if reached > value {
            q = next;
            value = reached;
            up = slope(&p, &q, mode);
            successes += 1;
        } else {
            rate /= 2.0;
            successes = 0;
        }
    }
    value
}

#[differentiable]
fn length(vector: Point) -> f64 {
    (vector[0] * vector[0] + vector[1] * vector[1]).sqrt()
}

/// The `q` of `max_q f(p, q)`, climbing from `start`.
pub fn highest_point<T: Real>(p: [T; 2], start: [T; 2], mode: Mode) -> [T; 2] {
    let down = |q| slope_over(&p, &q, mode).map(|slope| -slope);
    argmin(|q| -height(&p, &q), down, start)
}

/// The derivatives of [`highest()`] by `p`, the outer and the inner ones in the given modes.
pub fn highest_derivative(p: Point, start: Point, outer: Mode, inner: Mode) -> Point {
    match outer {
        Mode::Reverse => highest::grad(p, start, inner).0,
        Mode::Forward => directions::<f64>().map(|direction| {
            let p = [0, 1].map(|i| Dual::new(p[i], direction[i]));
            let q = highest_point(p, start.map(Dual::constant), inner);
            height(&p, &q).eps
        }),
    }
}
