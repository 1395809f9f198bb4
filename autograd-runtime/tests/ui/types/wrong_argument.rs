use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, v: &[f64]) -> f64 {
    x * v[0]
}

fn main() {
    let _ = f::value_and_grad(1_i32, &[1.0]);
    let _ = f::value_and_grad(1.0);
    let _ = f::value_and_grad(1.0, &[1.0], 2);
    let (_, back) = f::vjp(1.0, &[1.0]);
    let _ = back("one");
}
