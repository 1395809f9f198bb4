use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let y = Some(x * x);
    y.unwrap() * x
}

fn main() {}
