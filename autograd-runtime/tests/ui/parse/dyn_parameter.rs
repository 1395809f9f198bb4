use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &dyn std::any::Any, y: f64) -> f64 {
    let _ = x;
    y * y
}

#[differentiable]
fn g(x: Box<dyn Fn(f64) -> f64>, y: f64) -> f64 {
    y * x(1.0)
}

fn main() {}
