//! The gradient that the macro generates.

use autograd_runtime::prelude::*;

/// `sin(x y) exp(z / x) + ln(y + z²) / (1 + x²)`.
#[differentiable]
pub fn scalar3(x: f64, y: f64, z: f64) -> f64 {
    (x * y).sin() * (z / x).exp() + (y + z * z).ln() / (1.0 + x * x)
}

/// The generated gradient with an array for its tuple.
#[inline]
pub fn gradient([x, y, z]: [f64; 3]) -> (f64, [f64; 3]) {
    let (value, gradient) = scalar3::value_and_grad(x, y, z);
    (value, gradient.into())
}
