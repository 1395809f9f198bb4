//! `#[differentiable(anomaly)]`: a panic that names the line of the first cotangent that is NaN.

use autograd_runtime::nn::Linear;
use autograd_runtime::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The message of the panic in `f`.
fn message<T>(f: impl FnOnce() -> T) -> String {
    let panic = catch_unwind(AssertUnwindSafe(f)).err().expect("there is a NaN");
    panic.downcast_ref::<String>().expect("the message is formatted").clone()
}

#[track_caller]
fn assert_at(message: &str, what: &str, line: u32) {
    let place = format!("{}:{line}:", file!());
    assert!(message.contains(what) && message.contains(&place), "{message}, not {what} at {line}");
}

/// The derivative of a root at 0 is infinite, and 0 · ∞ is NaN.
#[differentiable(anomaly)]
fn scalars(x: f64, y: f64) -> f64 {
    let square = x * x;
    let root = square.sqrt();
    let product = root * y;
    product + y
}
const SCALARS: u32 = line!() - 4;

#[test]
fn first_line_of_scalars() {
    let message = message(|| scalars::grad(0.0, 0.0));
    assert_at(&message, "the cotangent of `square` is NaN", SCALARS);
    assert_eq!(scalars::grad(2.0, 3.0), (3.0, 3.0));
}

#[differentiable(anomaly)]
fn tensors(w: &Tensor<2>, #[no_grad] x: &Tensor<2>) -> f32 {
    let h = x.matmul(w);
    let ratio = &h / h.abs();
    ratio.sum()
}

#[test]
fn first_line_of_tensors() {
    let (w, x) = (Tensor::ones([2, 3]), Tensor::ones([4, 2]));
    assert!(tensors::grad(&w, &x).abs().max() < 1e-6);
    let message = message(|| tensors::grad(&Tensor::zeros([2, 3]), &x));
    assert_at(&message, "the cotangent", line!() - 9);
}

/// A callee that was not asked for is found by its caller, in what it gives back.
#[differentiable]
fn hidden(x: &[f64]) -> f64 {
    x[0].powf(0.5) * x[1]
}

#[differentiable(anomaly)]
fn calls(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for pair in x.chunks(2) {
        sum += hidden(pair);
    }
    sum
}

#[test]
fn calls_in_loops() {
    assert_eq!(calls::grad(&[4.0, 1.0]), [0.25, 2.0]);
    let message = message(|| calls::grad(&[4.0, 1.0, 0.0, 0.0]));
    assert_at(&message, "the cotangent of `x` is NaN", line!() - 9);
}

#[derive(Differentiable)]
struct Model {
    layer: Linear<f64>,
    scale: f64,
}

impl Model {
    #[differentiable(anomaly)]
    fn loss(&self, #[no_grad] x: &Tensor<2, f64>) -> f64 {
        let y = self.layer.forward(x) * self.scale;
        let zero = y.clone() - &y;
        (zero.powf(0.5) * y).sum()
    }
}

#[test]
fn models() {
    let model = Model { layer: Linear::new(3, 2, 1), scale: 0.0 };
    let message = message(|| model.loss_grad(&Tensor::ones([1, 3])));
    assert_at(&message, "the cotangent of `zero` is NaN", line!() - 8);
}

/// Without it, a NaN is passed on as any number.
#[cfg(not(feature = "anomaly"))]
#[test]
fn off() {
    assert!(hidden::grad(&[0.0, 0.0])[0].is_nan());
}
