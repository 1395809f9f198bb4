use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, n: usize) -> f64 {
    let y = x * n;
    y + x
}

#[differentiable]
fn g(x: f64) -> f64 {
    let y: f32 = x;
    y
}

#[differentiable]
fn h(x: f64) -> f32 {
    x * x
}

fn main() {}
