//! A hook takes a reference to the cotangent.

use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    inspect_grad!(x * x, |g: f64| println!("{g}"))
}

#[differentiable]
fn g(x: f64) -> f64 {
    inspect_grad!(x * x, 3.0)
}

fn main() {}
