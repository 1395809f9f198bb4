//! What a rule for forward mode takes and returns is said at its path.

use autograd_runtime::prelude::*;

fn rule(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (x.sin(), move |dy| dy * x.cos())
}

#[differentiable(vjp = rule, jvp = tangent_of_another_type)]
fn a(x: f64) -> f64 {
    x.sin()
}

fn tangent_of_another_type(x: f64, dx: f64) -> (f64, f32) {
    (x.sin(), (dx * x.cos()) as f32)
}

#[differentiable(vjp = rule, jvp = tangent_alone)]
fn b(x: f64) -> f64 {
    x.sin()
}

fn tangent_alone(x: f64, dx: f64) -> f64 {
    dx * x.cos()
}

#[differentiable(vjp = rule, jvp = without_tangents)]
fn c(x: f64) -> f64 {
    x.sin()
}

fn without_tangents(x: f64) -> (f64, f64) {
    (x.sin(), x.cos())
}

fn rule_of_two(x: f64, y: f64) -> (f64, impl FnOnce(f64) -> (f64, f64)) {
    (x * y, move |dz| (dz * y, dz * x))
}

#[differentiable(vjp = rule_of_two, jvp = tangents_one_by_one)]
fn d(x: f64, y: f64) -> f64 {
    x * y
}

fn tangents_one_by_one(x: f64, y: f64, dx: f64, dy: f64) -> (f64, f64) {
    (x * y, dx * y + x * dy)
}

#[differentiable(vjp = rule, jvp = misspelled)]
fn e(x: f64) -> f64 {
    x.sin()
}

fn main() {}
