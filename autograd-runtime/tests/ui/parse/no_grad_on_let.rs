use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    #[no_grad]
    let y = x * x;
    x * y
}

fn main() {}
