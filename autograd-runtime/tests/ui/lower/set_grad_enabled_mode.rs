use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, n: usize) -> f64 {
    let a = set_grad_enabled!(n, { x });
    let b = set_grad_enabled!("yes", { x });
    a * b * x
}

fn main() {}
