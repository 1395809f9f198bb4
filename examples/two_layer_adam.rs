//! A two-layer network fitted to random numbers by an optimizer.
//!
//! PyTorch's classic program with `torch.optim`, where each round zeroes the gradients, runs
//! `loss.backward()` and steps. Here the gradient is the value of a call, and the optimizer is
//! handed the model and the gradient; there is nothing to zero.
//!
//! ```text
//! cargo run --release --example two_layer_adam
//! ```

use autograd_runtime::nn::{Linear, Relu};
use autograd_runtime::prelude::*;
use clap::Parser;
use examples::Arguments;

/// Batch size, input dimension, hidden dimension, output dimension.
const N: usize = 64;
const D_IN: usize = 1000;
const H: usize = 100;
const D_OUT: usize = 10;

/// `torch.nn.Sequential(Linear, ReLU, Linear)`.
#[derive(Differentiable)]
struct Model {
    layers: (Linear, Relu, Linear),
}

impl Model {
    /// `torch.nn.MSELoss(reduction='sum')` of what the layers make of `x`.
    #[differentiable]
    fn loss(&self, #[no_grad] x: &Tensor<2>, #[no_grad] y: &Tensor<2>) -> f32 {
        let y_pred = self.layers.forward(x);
        loss::mse_loss(&y_pred, y, loss::Reduction::Sum)
    }
}

fn main() {
    let rounds = if Arguments::parse().short { 100 } else { 500 };
    let x = Tensor::randn([N, D_IN], 0);
    let y = Tensor::randn([N, D_OUT], 1);
    let mut model = Model { layers: (Linear::new(D_IN, H, 2), Relu, Linear::new(H, D_OUT, 3)) };
    let mut optimizer = optim::Adam::new(1e-4);

    let first = model.loss(&x, &y);
    for round in 0..rounds {
        let (loss, gradient) = model.loss_value_and_grad(&x, &y);
        if round % 100 == 99 {
            println!("{round} {loss}");
        }
        optimizer.step(&mut model, &gradient);
    }

    let last = model.loss(&x, &y);
    println!("from {first} to {last}");
    assert!(last < first, "the loss has not fallen");
}
