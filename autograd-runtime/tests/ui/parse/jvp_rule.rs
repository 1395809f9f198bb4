//! A rule for forward mode is a function of its own, and stands beside one for reverse mode.

use autograd_runtime::prelude::*;

fn rule(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (x.sin(), move |dy| dy * x.cos())
}

fn tangent_rule(x: f64, dx: f64) -> (f64, f64) {
    (x.sin(), dx * x.cos())
}

#[differentiable(jvp = tangent_rule)]
fn alone(x: f64) -> f64 {
    x.sin()
}

#[differentiable(vjp = rule, jvp = 3.0)]
fn a_number(x: f64) -> f64 {
    x.sin()
}

#[differentiable(vjp = rule, jvp)]
fn nothing(x: f64) -> f64 {
    x.sin()
}

fn main() {}
