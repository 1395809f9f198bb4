use autograd_runtime::prelude::*;

#[differentiable(crate = "autograd_runtime")]
fn f(x: f64) -> f64 {
    x * x
}

fn main() {}
