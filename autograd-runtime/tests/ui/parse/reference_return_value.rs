use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &[f64]) -> &f64 {
    &x[0]
}

#[differentiable]
fn g(x: &[f64]) -> (f64, &[f64]) {
    (x[0], &x[1..])
}

fn main() {}
