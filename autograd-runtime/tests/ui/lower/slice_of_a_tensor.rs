//! The elements of an active tensor as a slice.

use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &Tensor<1>) -> f32 {
    x.as_slice().iter().sum()
}

fn main() {}
