use autograd_runtime::prelude::*;

#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn f(x: f64) -> f64 {
    square(x, x)
}

#[differentiable]
fn g(x: f64) -> f64 {
    square(&[x])
}

fn main() {}
