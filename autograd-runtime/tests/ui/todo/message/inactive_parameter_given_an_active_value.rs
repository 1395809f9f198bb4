use autograd_runtime::prelude::*;

#[differentiable]
fn scale(x: f64, #[no_grad] s: f64) -> f64 {
    x * s
}

#[differentiable]
fn f(x: f64) -> f64 {
    scale(2.0, x)
}

fn main() {
    let _: f64 = f::grad(1.0);
}
