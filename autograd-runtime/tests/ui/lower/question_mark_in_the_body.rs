use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, s: Option<f64>) -> Option<f64> {
    let y = x * s?;
    Some(y * y)
}

fn main() {}
