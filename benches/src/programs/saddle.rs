//! A saddle point by gradient descent: `GradBench`'s program `saddle`, by Pearlmutter and Siskind.
//!
//! `min_p max_q f(p, q)` for `f(p, q) = ‖p‖² - ‖q‖²` over the plane, whose saddle point is the origin. The
//! maximum over `q` is itself found by gradient descent, and the minimum over `p` by descent of what
//! that descent returns.
//!
//! In the original both descents differentiate automatically, one inside of the other: see
//! [`nested`](super::nested). Here there are the two ways to do without second derivatives:
//!
//! * [`highest()`] is differentiated through all of the steps of the inner descent, whose slope is a
//!   formula;
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

/// `max_q f(p, q)`, climbing from `start`.
///
/// The steps and what ends them are those of [`descent::argmin`], here as a function that is
/// differentiated with its loop.
#[differentiable]
pub fn highest(p: Point, start: Point) -> f64 {
    let mut q = start;
    let mut value = objective(p, q);
    let mut slope = climb(q);
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
            slope = climb(q);
            successes += 1;
        } else {
            rate /= 2.0;
            successes = 0;
        }
    }
    value
}

/// The gradient of the objective with respect to `q`, as a formula.
#[differentiable]
fn climb(q: Point) -> Point {
    [-2.0 * q[0], -2.0 * q[1]]
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

/// The saddle point, both descents from `start`: the inner one by the generated gradient, the outer one by
/// the generated partial gradient.
pub fn saddle_point(start: Point) -> (Point, Point) {
    let height = |p| objective(p, highest_point(p, start));
    let slope = |p| objective::grad(p, highest_point(p, start)).0;
    let p = descent::argmin(height, slope, start);
    (p, highest_point(p, start))
}

/// The saddle point, the outer descent by the generated gradient of the inner descent.
pub fn saddle_point_through_descent(start: Point) -> (Point, Point) {
    let slope = |p| highest::grad(p, start).0;
    let p = descent::argmin(|p| highest(p, start), slope, start);
    (p, highest_point(p, start))
}
