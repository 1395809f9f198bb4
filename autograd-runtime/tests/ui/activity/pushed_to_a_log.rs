use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, #[no_grad] log: &mut Vec<f64>) -> f64 {
    log.push(x * x);
    x * x
}

fn main() {}
