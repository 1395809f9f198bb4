use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &Vec<f64>) -> f64 {
    let y = x.first().copied().unwrap_or(0.0);
    y * x[0]
}

fn main() {}
