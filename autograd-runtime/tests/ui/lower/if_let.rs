use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, limit: Option<f64>) -> f64 {
    let mut y = x * x;
    if let Some(limit) = limit {
        y = y.min(limit);
    }
    y
}

fn main() {}
