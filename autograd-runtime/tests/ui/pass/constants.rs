//! Constants and statics, of the module and of the function.
#![deny(warnings)]

use autograd_runtime::prelude::*;
use std::f64::consts::PI;

const SCALE: f64 = 2.0;
static OFFSET: f64 = 3.0;
const TABLE: [f64; 2] = [5.0, 7.0];

struct Physics;

impl Physics {
    const GRAVITY: f64 = 10.0;
}

#[differentiable]
fn f(x: f64) -> f64 {
    const HALF: f64 = 0.5;
    static TWICE: f64 = 2.0;
    let k = 1;
    SCALE * x * x
        + OFFSET * x
        + TABLE[k] * x
        + Physics::GRAVITY * x
        + HALF * TWICE * x
        + std::f64::consts::E * 0.0
        + (PI - PI) * x
        + f64::EPSILON * 0.0
}

#[differentiable]
fn g<T: Real>(x: T) -> T {
    x * T::from_f64(SCALE) * T::ONE + T::ZERO
}

fn main() {
    // 4x + 3 + 7 + 10 + 1
    assert_eq!(f::grad(1.0), 25.0);
    assert_eq!(g::grad(1.0_f32), 2.0);
}
