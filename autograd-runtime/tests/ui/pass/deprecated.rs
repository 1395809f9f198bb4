//! A deprecated function: its companion must not warn where it is made.
#![deny(warnings)]

use autograd_runtime::prelude::*;

#[deprecated(note = "take `f`")]
#[differentiable]
fn old(x: f64) -> f64 {
    x * x
}

#[differentiable]
#[deprecated(note = "take `f`")]
fn older(x: f64) -> f64 {
    x * x
}

#[allow(deprecated)]
fn main() {
    assert_eq!(old(1.0) + older(1.0), 2.0);
}
