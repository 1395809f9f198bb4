use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let y = (#[no_grad] x) * x;
    sum(#[no_grad] y, x)
}

#[differentiable]
fn sum(x: f64, y: f64) -> f64 {
    x + y
}

fn main() {}
