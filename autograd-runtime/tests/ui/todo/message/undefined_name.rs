use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let y = x * z;
    y + missing(x)
}

fn main() {}
