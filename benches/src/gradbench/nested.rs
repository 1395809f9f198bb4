//! The modules that minimise by gradients what itself takes gradients.
//!
//! Their functions are named by two letters: how the outer minimisation differentiates, and how what is
//! minimised does. `r` is reverse mode, which is generated; `f` is forward mode, which is written by
//! hand here.

use super::call::{Call, Outcome};
use crate::programs::descent::argmin;
use crate::programs::particle::{gradient_forward, miss, miss_nested};
use crate::programs::saddle::{
    Point, Slope, highest, highest_derivative, highest_point, highest_point_by_hand,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Weight {
    w: f64,
}

/// A function of one number.
type Function = fn(f64) -> f64;

/// The charge that leads a particle to the origin.
pub(super) fn particle(call: &Call<'_>) -> Outcome {
    let Weight { w } = call.parse()?;
    let (value, slope): (Function, Function) = match call.function {
        "rr" => (miss_nested, miss_nested::grad),
        "rf" => (miss, miss::grad),
        "fr" => (miss_nested, |w| gradient_forward(w).1),
        "ff" => (miss, |w| gradient_forward(w).1),
        _ => return call.unknown(),
    };
    call.measure(|| argmin(|[w]| value(w), |[w]| [slope(w)], [w])[0])
}

#[derive(Deserialize)]
struct Start {
    start: Point,
}

/// What finds the highest point for another point, from a start.
type Climb = fn(Point, Point) -> Point;

/// A saddle point.
pub(super) fn saddle(call: &Call<'_>) -> Outcome {
    let Start { start } = call.parse()?;
    let (by, climb): (_, Climb) = match call.function {
        "rr" | "fr" => (Slope::Generated, highest_point),
        "rf" | "ff" => (Slope::ByHand, highest_point_by_hand),
        _ => return call.unknown(),
    };
    let reversed = call.function.starts_with('r');
    let slope = |p| {
        if reversed { highest::grad(p, start, by).0 } else { highest_derivative(p) }
    };
    call.measure(|| {
        let [p1, p2] = argmin(|p| highest(p, start, by), slope, start);
        let [q1, q2] = climb([p1, p2], start);
        [p1, p2, q1, q2]
    })
}
