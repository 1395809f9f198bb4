use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, g: fn(f64) -> f64) -> f64 {
    g(x) * x
}

#[differentiable]
fn h<F: Fn(f64) -> f64>(x: f64, #[no_grad] g: F) -> f64 {
    g(x) * x
}

fn main() {}
