//! The modules that minimise by derivatives what itself takes derivatives.
//!
//! Their functions are named by two letters: how the outer minimisation differentiates, and how what is
//! minimised does, `r` in reverse mode and `f` in forward mode.

use super::call::{Call, Outcome};
use crate::programs::descent::argmin;
use crate::programs::nested::{
    Mode, highest, highest_derivative, highest_point, miss, miss_derivative,
};
use crate::programs::saddle::Point;
use serde::Deserialize;

#[derive(Deserialize)]
struct Weight {
    w: f64,
}

/// The charge that leads a particle to the origin.
pub(super) fn particle(call: &Call<'_>) -> Outcome {
    let Weight { w } = call.parse()?;
    let Some([outer, inner]) = modes(call.function) else { return call.unknown() };
    let slope = |[w]: [f64; 1]| [miss_derivative(w, outer, inner)];
    call.measure(|| argmin(|[w]| miss(w, inner), slope, [w])[0])
}

#[derive(Deserialize)]
struct Start {
    start: Point,
}

/// A saddle point.
pub(super) fn saddle(call: &Call<'_>) -> Outcome {
    let Start { start } = call.parse()?;
    let Some([outer, inner]) = modes(call.function) else { return call.unknown() };
    let slope = |p| highest_derivative(p, start, outer, inner);
    call.measure(|| {
        let p = argmin(|p| highest(p, start, inner), slope, start);
        let q = highest_point(p, start, inner);
        [p[0], p[1], q[0], q[1]]
    })
}

/// The modes of the outer and the inner derivative.
fn modes(function: &str) -> Option<[Mode; 2]> {
    Some(match function {
        "rr" => [Mode::Reverse, Mode::Reverse],
        "rf" => [Mode::Reverse, Mode::Forward],
        "fr" => [Mode::Forward, Mode::Reverse],
        "ff" => [Mode::Forward, Mode::Forward],
        _ => return None,
    })
}
