use autograd_runtime::prelude::*;

#[differentiable(reverse, mode = "forward", wrt(x))]
fn f(x: f64) -> f64 {
    x * x
}

#[differentiable(asociated)]
fn g(x: f64) -> f64 {
    x * x
}

fn main() {}
