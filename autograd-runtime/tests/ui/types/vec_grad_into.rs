use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> Vec<f64> {
    vec![x, x * x]
}

fn main() {
    let mut g = 0.0;
    f::value_and_grad_into(1.0, &mut g);
    let _ = f::grad(1.0);
}
