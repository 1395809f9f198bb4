//! Conversions whose result is not known to be a number with a derivative.

use autograd_runtime::prelude::*;

#[differentiable]
fn into(x: f32) -> f64 {
    let y: f64 = x.into();
    y * y
}

#[differentiable]
fn from_f64<T: Real>(x: f64, y: T) -> T {
    T::from_f64(x) * y
}

fn main() {}
