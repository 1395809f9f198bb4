//! A hook runs in the reverse pass: it looks at the cotangent of a value, and mentions what is still
//! the same then.

use autograd_runtime::prelude::*;

#[differentiable]
fn of_a_reference(x: &Tensor<1>) -> f32 {
    inspect_grad!(x, |g| println!("{g}")).sum()
}

#[differentiable]
fn of_a_borrow(x: f64) -> f64 {
    let pair = [x, x];
    let y = inspect_grad!(&pair, |g| println!("{g:?}"));
    y[0] * y[1]
}

#[differentiable]
fn a_variable(x: f64) -> f64 {
    let mut state = x;
    state *= x;
    inspect_grad!(state * x, |g| println!("{state}: {g}"))
}

#[differentiable]
fn an_element(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for element in x {
        sum += inspect_grad!(element * element, |g| println!("{element}: {g}"));
    }
    sum
}

#[differentiable]
fn an_assignment(x: f64) -> f64 {
    let mut seen = 0.0;
    let y = inspect_grad!(x * x, |g| seen += g);
    y + 0.0 * seen
}

#[differentiable]
fn without_a_hook(x: f64) -> f64 {
    inspect_grad!(x * x)
}

fn main() {}
