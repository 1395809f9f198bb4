use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let mut y = x;
    #[no_grad]
    {
        y *= 2.0;
    }
    #[no_grad]
    if y > 0.0 {
        y *= 3.0;
    }
    x * y
}

fn main() {}
