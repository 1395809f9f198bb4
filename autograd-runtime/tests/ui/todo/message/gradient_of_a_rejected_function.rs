use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) {
    let _ = x;
}

#[differentiable]
fn g(x: &mut f64) -> f64 {
    *x * *x
}

fn main() {
    let _ = f::grad(1.0);
    let _ = f::vjp(1.0);
    let _ = g::value_and_grad(1.0);
    let _ = gradcheck(1.0);
}

fn gradcheck(x: f64) -> f64 {
    g::grad(x)
}
