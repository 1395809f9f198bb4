//! A rule is a function of its own, and the body of the function is not looked into.

use autograd_runtime::prelude::*;

#[differentiable(vjp = 3.0)]
fn a_number(x: f64) -> f64 {
    x.sin()
}

#[differentiable(vjp = |x| (x, |dy| dy))]
fn a_closure(x: f64) -> f64 {
    x.sin()
}

#[differentiable(vjp)]
fn nothing(x: f64) -> f64 {
    x.sin()
}

fn rule(state: &mut [f64], x: f64) -> (f64, impl FnOnce(f64) -> (Vec<f64>, f64) + use<>) {
    state[0] = x;
    (x, |dy| (vec![dy], dy))
}

#[differentiable(vjp = rule)]
fn changes(state: &mut [f64], x: f64) -> f64 {
    state[0] = x;
    x
}

fn main() {}
