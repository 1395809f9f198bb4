//! The gradient that the macro generates.

use autograd_runtime::prelude::*;

/// `(x y + z) (x - y z) / (1 + x² + y² z²)`.
#[differentiable]
pub fn rational3(x: f64, y: f64, z: f64) -> f64 {
    let yz = y * z;
    (x * y + z) * (x - yz) / (1.0 + x * x + yz * yz)
}

/// The generated gradient with an array for its tuple.
#[inline]
pub fn gradient([x, y, z]: [f64; 3]) -> (f64, [f64; 3]) {
    let (value, gradient) = rational3::value_and_grad(x, y, z);
    (value, gradient.into())
}
