use autograd_runtime::prelude::*;

#[differentiable(,)]
fn f(x: f64) -> f64 {
    x * x
}

#[differentiable("x")]
fn g(x: f64) -> f64 {
    x * x
}

fn main() {}
