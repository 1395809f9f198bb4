use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &[f64]) -> usize {
    x.len()
}

fn main() {}
