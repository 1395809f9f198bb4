//! A reference taken apart by the pattern of a parameter.
use autograd_runtime::prelude::*;

#[differentiable]
fn scaled(x: f64, &scale: &f64) -> f64 {
    x * scale
}

fn main() {
    assert_eq!(scaled::grad(2.0, &5.0), (5.0, 2.0));
}
