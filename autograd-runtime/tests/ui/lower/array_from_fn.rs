use autograd_runtime::prelude::*;
use std::array::from_fn;

const N: usize = 3;

struct Body {
    place: [f64; 3],
}

#[differentiable]
fn first(a: &[f64; 3]) -> f64 {
    a[0]
}

#[differentiable]
fn of_unknown_length(x: f64) -> f64 {
    let a = from_fn(|i| x * i as f64);
    first(&a)
}

#[differentiable]
fn of_pairs(x: f64) -> f64 {
    let a: [(f64, f64); N] = from_fn(|i| (x, i as f64));
    a[0].0
}

#[differentiable]
fn of_a_field(x: f64, #[no_grad] body: &Body) -> f64 {
    body.place.map(|v| v * x)[0]
}

fn main() {}
