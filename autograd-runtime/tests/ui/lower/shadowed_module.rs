//! A function with the name of a module that its body means.

use autograd_runtime::prelude::*;

#[differentiable]
fn loss(prediction: &Tensor<2>, #[no_grad] truth: &Tensor<2>) -> f32 {
    loss::mse_loss(prediction, truth, Reduction::Mean)
}

fn main() {}
