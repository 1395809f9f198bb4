//! A crate that re-exports the runtime under a path of its own.
#![deny(warnings)]

mod facade {
    pub mod deep {
        pub use autograd_runtime as diff;
    }
}

use facade::deep::diff::prelude::*;

#[differentiable(crate = facade::deep::diff)]
fn f(x: f64, v: &[f64]) -> f64 {
    let s = no_grad! { x };
    s * x * v[0]
}

#[differentiable(crate = crate::facade::deep::diff)]
fn g(t: &Tensor<1>) -> f32 {
    (t * t).sum()
}

#[derive(Clone)]
struct Plain;

impl Plain {
    #[differentiable(associated, crate = facade::deep::diff)]
    fn h(x: f64) -> f64 {
        x * x
    }
}

fn main() {
    assert_eq!(f::grad(2.0, &[3.0]), (6.0, vec![4.0]));
    assert_eq!(g::grad(&Tensor::ones([2])).as_slice(), [2.0, 2.0]);
    assert_eq!(Plain::h_grad(2.0), 4.0);
    let _ = Plain.clone();
}
