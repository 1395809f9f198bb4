use autograd_runtime::prelude::*;

#[differentiable]
fn f(mut x: [f64; 2], y: &[f64]) -> f64 {
    x[0] = 1.0;
    y[0] = x[1];
    x[0] * y[0]
}

fn main() {}
