use autograd_runtime::prelude::*;

#[differentiable(crate)]
fn g(x: f64) -> f64 {
    x * x
}

#[differentiable(crate = )]
fn h(x: f64) -> f64 {
    x * x
}

fn main() {}
