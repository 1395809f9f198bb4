//! Other derivatives than gradients, inside of a differentiable function.

use autograd_runtime::prelude::*;

#[differentiable(order = 2)]
fn energy(x: f64) -> f64 {
    x * x * x
}

#[differentiable]
fn value_and_force(x: f64) -> f64 {
    let (value, force) = energy::value_and_grad(x);
    value * force
}

#[differentiable]
fn stiffness(x: f64) -> f64 {
    energy::hvp(x, 1.0) * x
}

fn main() {}
