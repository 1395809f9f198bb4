use autograd_runtime::prelude::*;

#[differentiable]
fn cursor(x: &[f64], n: usize) -> f64 {
    let mut rest = &x[1..];
    let mut sum = 0.0;
    for _ in 0..n {
        sum += rest[0];
        rest = &rest[1..];
    }
    sum
}

#[differentiable]
fn whole(x: &[f64]) -> f64 {
    let mut rest = x;
    let mut sum = 0.0;
    while !rest.is_empty() {
        sum += rest[0];
        rest = &rest[1..];
    }
    sum
}

#[differentiable]
fn of_a_constant(x: &[f64], #[no_grad] y: &[f64]) -> f64 {
    let mut rest = &y[1..];
    let mut sum = 0.0;
    for x in x {
        sum += x * rest[0];
        rest = &rest[1..];
    }
    sum
}

fn main() {}
