use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &mut [f64]) -> f64 {
    x[0] *= 2.0;
    x[0]
}

#[differentiable]
fn g(x: &mut f64) -> f64 {
    *x * *x
}

fn main() {}
