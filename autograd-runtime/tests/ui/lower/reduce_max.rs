use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &[f64]) -> f64 {
    let m = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let k = x.iter().cloned().reduce(f64::max).unwrap();
    m * k
}

fn main() {}
