//! A saddle point by gradient descent: `GradBench`'s program `saddle`, by Pearlmutter and Siskind.
//!
//! `min_p max_q f(p, q)` for `f(p, q) = ‖p‖² - ‖q‖²` over the plane, whose saddle point is the origin. The
//! maximum over `q` is itself found by gradient descent, and the minimum over `p` by descent of what
//! that descent returns.
//!
//! In the original both descents differentiate automatically, one inside of the other. Here:
//!
//! * [`highest()`] is differentiated through all of the steps of the inner descent, whose [`Slope`] is a
//!   formula, or generated;
//! * [`saddle_point`] needs no derivative of the inner descent: at a maximum, moving `q` changes nothing
//!   to first order, so the gradient of `max_q f(p, q)` is the partial one of `f` at that `q` (Danskin's
//!   theorem).

use super::descent::{self, FIRST_RATE, PATIENCE, TOLERANCE};
use autograd_runtime::prelude::*;

/// A point of the plane.
pub type Point = [f64; 2];

/// The point that `GradBench` starts from.
pub const INPUT: Point = [1.0, 1.0];

/// `‖p‖² - ‖q‖²`
#[differentiable]
pub fn objective(p: Point, q: Point) -> f64 {
    let [p1, p2] = p;
    let [q1, q2] = q;
    (p1 * p1 + p2 * p2) - (q1 * q1 + q2 * q2)
}

/// The [`objective()`] and its gradients with respect to both points.
pub fn gradient_by_hand([p1, p2]: Point, [q1, q2]: Point) -> (f64, (Point, Point)) {
    let value = (p1 * p1 + p2 * p2) - (q1 * q1 + q2 * q2);
    (value, ([2.0 * p1, 2.0 * p2], [-2.0 * q1, -2.0 * q2]))
}

/// Where the slope of the inner descent comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slope {
    /// A formula.
    ByHand,
    /// The generated gradient, a differentiation inside of what is differentiated.
    Generated,
}

/// `max_q f(p, q)`, climbing from `start`.
///
/// The steps and what ends them are those of [`descent::argmin`], here as a function that is
/// differentiated with its loop.
#[differentiable]
pub fn highest(p: Point, start: Point, #[no_grad] by: Slope) -> f64 {
    let mut q = start;
    let mut value = objective(p, q);
    let mut slope = climb(p, q, by);
    let mut rate = FIRST_RATE;
    let mut successes = 0;
    while length(slope) > TOLERANCE {
        if successes == PATIENCE {
            rate *= 2.0;
            successes = 0;
            continue;
        }
        let step = [rate * slope[0], rate * slope[1]];
        if length(step) <= TOLERANCE {
            break;
        }
        let next = [q[0] + step[0], q[1] + step[1]];
        let reached = objective(p, next);
        if reached > value {
            q = next;
            value = reached;
            slope = climb(p, q, by);
            successes += 1;
        } else {
            rate /= 2.0;
            successes = 0;
        }
    }
    value
}

/// The gradient of the objective with respect to `q`.
#[differentiable]
fn climb(p: Point, q: Point, #[no_grad] by: Slope) -> Point {
    if by == Slope::Generated { generated_slope(p, q) } else { slope_by_hand(q) }
}

#[differentiable]
fn slope_by_hand(q: Point) -> Point {
    [-2.0 * q[0], -2.0 * q[1]]
}

/// Its own derivative is that of the formula.
#[differentiable(vjp = generated_slope_rule)]
fn generated_slope(p: Point, q: Point) -> Point {
    objective::grad(p, q).1
}

fn generated_slope_rule(p: Point, q: Point) -> (Point, impl FnOnce(Point) -> (Point, Point)) {
    let pullback = move |cotangent| ([0.0; 2], slope_by_hand::vjp(q).1(cotangent));
    (generated_slope(p, q), pullback)
}

#[differentiable]
fn length(vector: Point) -> f64 {
    (vector[0] * vector[0] + vector[1] * vector[1]).sqrt()
}

/// The `q` of `max_q f(p, q)`, climbing from `start` by the generated gradient.
pub fn highest_point(p: Point, start: Point) -> Point {
    let depth = |q| -objective(p, q);
    let slope = |q| objective::grad(p, q).1.map(|slope| -slope);
    descent::argmin(depth, slope, start)
}

/// The same, climbing by the formula.
pub fn highest_point_by_hand(p: Point, start: Point) -> Point {
    let slope = |q| slope_by_hand(q).map(|slope| -slope);
    descent::argmin(|q| -objective(p, q), slope, start)
}

/// The derivatives of [`highest()`] by `p`, in forward mode by hand: none of the steps depends on `p`, so
/// that the tangent of `q` is 0 throughout, and what remains is that of `‖p‖²`.
pub fn highest_derivative([p1, p2]: Point) -> Point {
    [2.0 * p1, 2.0 * p2]
}

/// The saddle point, both descents from `start`: the inner one by the generated gradient, the outer one by
/// the generated partial gradient.
pub fn saddle_point(start: Point) -> (Point, Point) {
    let height = |p| objective(p, highest_point(p, start));
    let slope = |p| objective::grad(p, highest_point(p, start)).0;
    let p = descent::argmin(height, slope, start);
    (p, highest_point(p, start))
}

/// The saddle point, the outer descent by the generated gradient of the inner descent.
pub fn saddle_point_through_descent(start: Point, by: Slope) -> (Point, Point) {
    let slope = |p| highest::grad(p, start, by).0;
    let p = descent::argmin(|p| highest(p, start, by), slope, start);
    (p, highest_point(p, start))
}
