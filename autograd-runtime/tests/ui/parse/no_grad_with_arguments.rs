use autograd_runtime::prelude::*;

#[differentiable]
fn f(#[no_grad(true)] x: f64, y: f64) -> f64 {
    x * y
}

#[differentiable]
fn g(#[no_grad = "x"] x: f64, y: f64) -> f64 {
    x * y
}

fn main() {}
