use autograd_runtime::prelude::*;

use std::cell::Cell;
#[differentiable]
fn f(x: f64, #[no_grad] c: &Cell<f64>) -> f64 {
    c.set(x * x);
    c.get() + x
}
fn main() {
    assert_eq!(f::grad(2.0, &Cell::new(0.0)), 5.0);
}
