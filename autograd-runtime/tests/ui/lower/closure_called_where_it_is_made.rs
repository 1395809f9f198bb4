use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    (|y: f64| y * y)(x)
}

fn main() {}
