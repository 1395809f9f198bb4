use autograd_runtime::prelude::*;

fn twice(g: impl Fn(f64) -> f64) -> f64 {
    g(g(1.0))
}

#[differentiable]
fn f(x: f64) -> f64 {
    let y = twice(|y| x * y);
    y * x
}

fn main() {}
