use autograd_runtime::prelude::*;

// The cotangent of what is not selected is zero, and zero times the infinite derivative is NaN.

#[differentiable]
fn by_min(x: f64) -> f64 {
    (1.0 / x).min(1.0)
}

#[differentiable]
fn by_clamp(x: f64) -> f64 {
    (1.0 / x).clamp(-1.0, 1.0)
}

#[differentiable]
fn by_condition(x: f64) -> f64 {
    let inverse = 1.0 / x;
    let mut y = 1.0;
    if inverse < 1.0 {
        y = inverse;
    }
    y
}

#[differentiable]
fn root_by_max(x: f64) -> f64 {
    x.sqrt().max(1.0)
}

fn main() {
    assert_eq!(by_min::value_and_grad(0.0), (1.0, 0.0));
    assert_eq!(by_clamp::value_and_grad(0.0), (1.0, 0.0));
    assert_eq!(by_condition::value_and_grad(0.0), (1.0, 0.0));
    assert_eq!(root_by_max::value_and_grad(0.0), (1.0, 0.0));
}
