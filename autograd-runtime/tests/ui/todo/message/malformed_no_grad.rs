use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, flag: bool) -> f64 {
    let a = set_grad_enabled!(flag { x });
    let b = set_grad_enabled!(flag, x);
    let c = no_grad!();
    a * x
}

fn main() {}
