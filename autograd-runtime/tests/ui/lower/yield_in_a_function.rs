use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let y = x * x;
    yield y;
    y
}

fn main() {}
