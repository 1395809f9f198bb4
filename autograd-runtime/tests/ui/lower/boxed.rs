use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let y = Box::new(x * x);
    *y * x
}

fn main() {}
