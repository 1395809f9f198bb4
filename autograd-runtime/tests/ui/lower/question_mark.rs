use autograd_runtime::prelude::*;

fn positive(x: f64) -> Option<f64> {
    (x > 0.0).then_some(x)
}

#[differentiable]
fn f(x: f64) -> f64 {
    let y = x * x;
    let g = || Some(positive(y)? * 2.0);
    x * g().unwrap_or(0.0)
}

fn main() {}
