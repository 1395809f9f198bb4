//! Differentiable functions in a crate of edition 2021 that gives the runtime another name.
//!
//! `cargo run --manifest-path autograd-runtime/tests/renamed/Cargo.toml` checks the gradients.
#![deny(warnings, missing_docs, clippy::pedantic)]

use autograd::prelude::*;

/// A straight line.
#[derive(Differentiable, Clone, Debug)]
pub struct Line {
    /// How steep it is.
    pub slope: f64,
    /// Where it starts.
    pub offset: f64,
}

impl Line {
    /// The height of the line at `x`.
    #[differentiable]
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        self.slope * x + self.offset
    }

    /// The squared distance of the line from a point.
    #[differentiable]
    #[must_use]
    pub fn squared_error(&self, x: f64, #[no_grad] y: f64) -> f64 {
        let distance = self.at(x) - y;
        distance * distance
    }
}

/// `x²y + sin(y)`.
#[differentiable]
#[must_use]
pub fn scalars(x: f64, y: f64) -> f64 {
    x * x * y + y.sin()
}

/// The dot product of the first `n` elements.
#[differentiable]
#[must_use]
pub fn dot<T: Real>(a: &[T], b: &[T], n: usize) -> T {
    let mut sum = a[0] * b[0];
    for i in 1..n {
        sum += a[i] * b[i];
    }
    sum
}

/// The mean square of an affine layer.
#[differentiable]
#[must_use]
pub fn layer(#[no_grad] x: &Tensor<2>, w: &Tensor<2>, b: &Tensor<1>) -> f32 {
    let y = x.matmul(w) + b;
    y.square().mean()
}

/// A gradient that is cut in two ways.
#[differentiable]
#[must_use]
pub fn stopped(x: f64) -> f64 {
    let scale = no_grad! { x * 2.0 };
    scale * x + x.detach()
}

/// A function whose companion names the runtime by a path of its own.
#[differentiable(crate = autograd)]
#[must_use]
pub fn cube(x: f64) -> f64 {
    x * x * x
}

#[track_caller]
fn assert_close(left: f64, right: f64) {
    assert!((left - right).abs() < 1e-6, "{left} is not {right}");
}

fn main() {
    let (x, y) = (1.5_f64, 0.5_f64);
    let (gx, gy) = scalars::grad(x, y);
    assert_close(gx, 2.0 * x * y);
    assert_close(gy, x * x + y.cos());

    // f32 as well as f64, as the function is generic.
    assert_eq!(dot::grad(&[1.0_f32, 2.0], &[3.0, 4.0], 2), (vec![3.0, 4.0], vec![1.0, 2.0]));

    let line = Line { slope: 2.0, offset: 1.0 };
    let (gradient, gx) = line.squared_error_grad(3.0, 5.0);
    assert_close(gradient.slope, 2.0 * 2.0 * 3.0);
    assert_close(gradient.offset, 2.0 * 2.0);
    assert_close(gx, 2.0 * 2.0 * 2.0);

    // y = [1·1 + 2·3 + 1, 1·2 + 2·4 − 1] = [8, 9] and ∂mean(y²)/∂y = y.
    let data = Tensor::from([[1.0, 2.0]]);
    let weight = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    let bias = Tensor::from([1.0, -1.0]);
    let (value, (gw, gb)) = layer::value_and_grad(&data, &weight, &bias);
    assert_close(f64::from(value), f64::midpoint(64.0, 81.0));
    assert_eq!(gw, Tensor::from([[8.0, 9.0], [16.0, 18.0]]));
    assert_eq!(gb, Tensor::from([8.0, 9.0]));

    assert_close(stopped::grad(3.0), 6.0);
    assert_close(cube::grad(2.0), 12.0);

    let (value, pullback) = cube::vjp(2.0);
    assert_close(value, 8.0);
    assert_close(pullback(0.5), 6.0);
    println!("every gradient agrees");
}
