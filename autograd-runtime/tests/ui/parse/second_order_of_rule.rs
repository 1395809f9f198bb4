//! What is differentiated again is the rule, which has to be generic for that.

use autograd_runtime::prelude::*;

#[differentiable(order = 2, vjp = cube_rule)]
fn cube(x: f64) -> f64 {
    x * x * x
}

fn cube_rule(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (cube(x), move |dy| 3.0 * x * x * dy)
}

fn main() {}
