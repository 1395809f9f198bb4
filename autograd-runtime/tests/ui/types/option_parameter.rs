use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: Option<f64>, y: f64) -> f64 {
    let _ = x;
    y * y
}

fn main() {}
