use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> Vec<f64> {
    vec![x, x * x]
}

fn main() {
    let _ = f::value_and_grad(1.0);
}
