use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, scale: Option<f64>) -> f64 {
    let Some(scale) = scale else {
        return x;
    };
    x * scale
}

fn main() {}
