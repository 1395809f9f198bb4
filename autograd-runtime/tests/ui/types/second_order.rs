//! A second derivative that was not asked for.

use autograd_runtime::prelude::*;

#[differentiable]
fn not_asked_for(x: f64) -> f64 {
    x * x
}

fn main() {
    not_asked_for::hvp(1.0, 1.0);
}
