use autograd_runtime::prelude::*;

#[differentiable]
pub extern "C" fn f(x: f64) -> f64 {
    x * x
}

fn main() {}
