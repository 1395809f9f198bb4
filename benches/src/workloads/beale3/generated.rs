//! The gradient that the macro generates.

use autograd_runtime::prelude::*;

/// Beale's function of each pair of variables.
#[differentiable]
#[inline]
pub fn beale3(x: f64, y: f64, z: f64) -> f64 {
    beale(x, y) + beale(y, z) + beale(z, x)
}

/// Beale's test function for minimisers.
#[differentiable]
#[inline]
pub fn beale(x: f64, y: f64) -> f64 {
    let a = 1.5 - x + x * y;
    let b = 2.25 - x + x * y * y;
    let c = 2.625 - x + x * y * y * y;
    a * a + b * b + c * c
}

/// The generated gradient with an array for its tuple.
#[inline]
pub fn gradient([x, y, z]: [f64; 3]) -> (f64, [f64; 3]) {
    let (value, gradient) = beale3::value_and_grad(x, y, z);
    (value, gradient.into())
}
