use autograd_runtime::prelude::*;

#[differentiable]
#[no_grad]
fn f(x: f64) -> f64 {
    x * x
}

fn main() {}
