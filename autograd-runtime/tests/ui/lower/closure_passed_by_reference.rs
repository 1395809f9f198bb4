//! A closure of an active value, by reference to a function whose body is not seen.

use autograd_runtime::prelude::*;

fn apply(f: &dyn Fn(f64) -> f64, x: f64) -> f64 {
    f(x)
}

#[differentiable]
fn hidden(x: f64) -> f64 {
    let scaled = |a: f64| a * x;
    apply(&scaled, 2.0)
}

fn main() {}
