//! What a rule takes and returns is said at its path.

use autograd_runtime::prelude::*;

#[differentiable(vjp = gradient_of_another_type)]
fn a(x: f64, y: f64) -> f64 {
    x * y
}

fn gradient_of_another_type(x: f64, y: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (x * y, move |dy| dy * y)
}

#[differentiable(vjp = cotangent_of_another_type)]
fn b(x: f64) -> f64 {
    x.sin()
}

fn cotangent_of_another_type(x: f64) -> (f64, impl FnOnce(f32) -> f64) {
    (x.sin(), move |dy| f64::from(dy) * x.cos())
}

#[differentiable(vjp = value_of_another_type)]
fn c(x: f64) -> f64 {
    x.sin()
}

fn value_of_another_type(x: f64) -> (f32, impl FnOnce(f64) -> f64) {
    (x.sin() as f32, move |dy| dy * x.cos())
}

#[differentiable(vjp = derivative_alone)]
fn d(x: f64) -> f64 {
    x.sin()
}

fn derivative_alone(x: f64) -> f64 {
    x.cos()
}

#[differentiable(vjp = other_arguments)]
fn e(x: f64, n: usize) -> f64 {
    x.powi(n as i32)
}

fn other_arguments(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (x, |dy| dy)
}

#[differentiable(vjp = misspelled)]
fn f(x: f64) -> f64 {
    x.sin()
}

#[differentiable(vjp = keeps_a_borrow)]
fn g(x: &[f64]) -> f64 {
    x[0] * x[1]
}

fn keeps_a_borrow(x: &[f64]) -> (f64, impl FnOnce(f64) -> Vec<f64>) {
    (x[0] * x[1], move |dy| vec![dy * x[1], dy * x[0]])
}

fn main() {}
