//! The gradient of a function without `order = 2`, inside of a differentiable function.

use autograd_runtime::prelude::*;

#[differentiable]
fn energy(x: f64) -> f64 {
    x * x * x
}

#[differentiable]
fn force_squared(x: f64) -> f64 {
    let force = energy::grad(x);
    force * force
}

// Of what is no longer active it is accepted.
#[differentiable]
fn with_a_constant_force(x: f64) -> f64 {
    energy::grad(x.detach()) * x
}

fn main() {}
