use autograd_runtime::prelude::*;

#[differentiable]
fn f(#[no_grad] x: f64, #[no_grad] y: &[f64]) -> f64 {
    x * y[0]
}

fn main() {}
