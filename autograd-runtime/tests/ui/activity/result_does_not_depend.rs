use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    let z = x * y;
    let _ = z;
    1.0
}

fn main() {}
