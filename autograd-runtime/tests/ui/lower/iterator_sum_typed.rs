use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &[f64]) -> f64 {
    let s = x.iter().sum::<f64>();
    s * s
}

fn main() {}
