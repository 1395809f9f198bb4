use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, s: String) -> f64 {
    let t = s.detach();
    x * t.len() as f64
}

fn main() {}
