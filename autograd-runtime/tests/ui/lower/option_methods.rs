//! Methods of `Option` and of lists that are not known, and elements that are not taken apart where they are made.

use autograd_runtime::prelude::*;

#[differentiable]
fn replaced(x: f64) -> f64 {
    let mut last = Some(x);
    let before = last.replace(2.0 * x);
    before.unwrap_or(0.0)
}

#[differentiable]
fn first_written(x: f64) -> f64 {
    let mut list = vec![x, x * x];
    if let Some(first) = list.first_mut() {
        *first *= 2.0;
    }
    list[0]
}

#[differentiable]
fn element_as_a_value(list: &[f64]) -> f64 {
    let first = list.first();
    *first.unwrap()
}

fn main() {}
