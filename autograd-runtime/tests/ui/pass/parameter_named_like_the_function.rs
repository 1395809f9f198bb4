//! A parameter with the name of its function.
use autograd_runtime::prelude::*;

#[differentiable]
fn scale(scale: f64) -> f64 {
    scale * scale
}

fn main() {
    assert_eq!(scale::grad(3.0), 6.0);
}
