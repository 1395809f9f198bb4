use autograd_runtime::prelude::*;

#[differentiable]
fn h(x: &[f64]) -> Vec<&f64> {
    vec![&x[0]]
}

fn main() {}
