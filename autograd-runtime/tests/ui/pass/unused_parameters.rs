//! Parameters that the value does not depend on have a gradient of zero.
#![deny(warnings)]

use autograd_runtime::prelude::*;

#[differentiable]
fn f(_a: f64, b: f64, _v: &[f64], _n: usize, #[no_grad] _c: f64) -> f64 {
    b * b
}

#[differentiable]
fn g(x: f64, _t: &Tensor<2>) -> f64 {
    x * x
}

#[derive(Differentiable, Clone, Debug, PartialEq)]
struct Model {
    a: f64,
    b: Vec<f64>,
}

impl Model {
    #[differentiable]
    fn h(&self, x: f64) -> f64 {
        x * self.a
    }

    #[differentiable]
    fn k(&self, x: f64) -> f64 {
        x * x
    }
}

fn main() {
    assert_eq!(f::grad(1.0, 2.0, &[1.0], 3, 4.0), (0.0, 4.0, vec![0.0]));
    assert_eq!(g::grad(3.0, &Tensor::ones([1, 1])).0, 6.0);
    let m = Model { a: 2.0, b: vec![1.0] };
    assert_eq!(m.h_grad(3.0).0.a, 3.0);
    assert_eq!(m.k_grad(3.0), (ModelGrad { a: 0.0, b: vec![0.0] }, 6.0));
}
