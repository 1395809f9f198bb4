use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &[f64], a: f64) -> f64 {
    let r = 0.0..a;
    if r.contains(&1.0) { x[0] } else { x[0] * a }
}

fn main() {}
