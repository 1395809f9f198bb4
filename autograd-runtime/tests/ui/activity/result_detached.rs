use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let y = x.detach() * 2.0;
    y * y
}

#[differentiable]
fn g(x: f64) -> f64 {
    no_grad! { x * x }
}

#[differentiable]
fn h(x: f64) -> f64 {
    let mut s = x;
    s = 2.0;
    s * s
}

#[differentiable]
fn k(x: f64) -> f64 {
    x.floor()
}

fn main() {}
