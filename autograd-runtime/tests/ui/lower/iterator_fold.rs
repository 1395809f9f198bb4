use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &[f64]) -> f64 {
    let s = x.iter().fold(0.0, |s, x| s + x * x);
    s
}

fn main() {}
