//! Tangents that do not fit the parameters.

use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, v: &[f64], n: usize) -> f64 {
    x * v[n]
}

fn main() {
    f::jvp(1.0, &[2.0], 0, 1.0);
    f::jvp(1.0, &[2.0], 0, (1.0, [1.0]));
    f::jvp(1.0, &[2.0], 0);
}
