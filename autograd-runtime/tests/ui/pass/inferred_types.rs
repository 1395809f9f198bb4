//! Literals and lists whose type only the context decides.
#![deny(warnings)]

use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f32, w: &[f32]) -> f32 {
    let mut acc = 0.0;
    let mut list = vec![0.0; 2];
    let mut array = [0.0; 2];
    for i in 0..w.len() {
        acc += w[i] * x;
        list[i] = acc;
        array[i] = list[i] * 2.0;
    }
    list[0] + array[1] + acc.max(0.0).powi(2)
}

#[differentiable]
fn g(x: f64) -> f64 {
    let half = 1.0 / 2.0;
    let k = 3;
    let y = if x > 0.0 { 0.0 } else { x };
    half * x * f64::from(k) + y
}

fn main() {
    // a = w₀x, b = a + w₁x: a + 2b + b² at x = 1, w = (1, 2): a = 1, b = 3.
    let (gx, gw) = f::grad(1.0, &[1.0, 2.0]);
    assert_eq!((gx, gw), (1.0 + 6.0 + 18.0, vec![1.0 + 2.0 + 6.0, 2.0 + 6.0]));
    assert_eq!(g::grad(1.0), 1.5);
}
