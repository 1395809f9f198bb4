use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &[f64]) -> f64 {
    let first = x.first();
    let total = x.concat();
    x[0] * total
}

fn main() {}
