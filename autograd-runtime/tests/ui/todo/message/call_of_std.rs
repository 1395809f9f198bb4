use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let y = std::convert::identity(x);
    y * x
}

fn main() {}
