use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: Vec<f64>) -> f64 {
    let y = x;
    y[0] * x[0]
}

fn main() {}
