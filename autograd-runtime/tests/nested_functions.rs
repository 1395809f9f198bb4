//! Functions inside of differentiable functions: those that are given active values need no attribute of their own.
#![allow(clippy::pedantic, clippy::all, unused, reason = "what users may write, not what is best")]

mod support;

use autograd_runtime::prelude::*;
use support::differences::{check, check_forward};

#[differentiable]
fn of_neighbours(x: &[f64]) -> f64 {
    fn next(i: usize, n: usize) -> usize {
        (i + 1) % n
    }
    fn product(list: &[f64], i: usize, j: usize) -> f64 {
        list[i] * scaled(list[j])
    }
    fn scaled(a: f64) -> f64 {
        2.0 * a + a.sin()
    }
    (0..x.len()).map(|i| product(x, i, next(i, x.len()))).sum()
}

#[differentiable]
fn power(x: &[f64]) -> f64 {
    fn times(a: f64, n: u32) -> f64 {
        if n == 0 { 1.0 } else { a * times(a, n - 1) }
    }
    // Of what is constant, a function needs no derivative.
    fn table(n: usize) -> f64 {
        let text = n.to_string();
        text.len() as f64
    }
    let mut sum = 0.0;
    for (i, v) in x.iter().enumerate() {
        if *v > -10.0 {
            fn square<T: Real>(a: T) -> T {
                a * a
            }
            sum += square(*v) * table(i) + times(*v, 3);
        }
    }
    sum
}

#[derive(Clone, Debug, Differentiable)]
struct Scale {
    by: f64,
}

impl Scale {
    #[differentiable]
    fn apply(&self, x: f64) -> f64 {
        fn square(a: f64) -> f64 {
            a * a
        }
        square(self.by) * square(x)
    }
}

#[differentiable]
fn through_a_method(x: &[f64]) -> f64 {
    Scale { by: x[0] }.apply(x[1])
}

#[test]
fn gradients_and_tangents() {
    let at = [0.3, -0.8, 1.7, 0.6];
    check(of_neighbours, of_neighbours::value_and_grad, &at);
    check_forward(of_neighbours, of_neighbours::jvp, &at);
    check(power, power::value_and_grad, &at);
    check_forward(power, power::jvp, &at);
    check(through_a_method, through_a_method::value_and_grad, &at);
    check_forward(through_a_method, through_a_method::jvp, &at);
}
