//! Other derivatives than gradients, inside of a differentiable function.

use autograd_runtime::prelude::*;

#[differentiable(order = 2)]
fn energy(x: f64) -> f64 {
    x * x * x
}

#[differentiable]
fn through_a_pullback(x: f64) -> f64 {
    energy::vjp(x).1(1.0)
}

#[differentiable]
fn stiffness(x: f64) -> f64 {
    energy::hvp(x, 1.0) * x
}

fn main() {}
