use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    let mut a = x;
    a.clone_from(&y);
    a * x
}

fn main() {}
