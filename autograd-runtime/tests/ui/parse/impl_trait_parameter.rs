use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: impl Real, y: f64) -> f64 {
    x.to_f64() * y
}

fn main() {}
