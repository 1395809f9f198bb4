use autograd_runtime::prelude::*;

#[no_grad]
#[differentiable]
fn f(x: f64) -> f64 {
    x * x
}

fn main() {}
