use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let y = std::convert::identity(x);
    y * f64::midpoint(x, y)
}

fn main() {}
