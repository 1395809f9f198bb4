use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let g = |y: f64| x * y;
    g(x)
}

fn main() {}
