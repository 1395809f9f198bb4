use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    x.gamma() * x
}

fn main() {}
