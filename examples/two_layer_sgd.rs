//! A two-layer network fitted to random numbers by gradient descent, the update written out.
//!
//! This is PyTorch's classic first program. There, the update stands in `with torch.no_grad():`, so
//! that it is not recorded, and the gradients are zeroed after it. Here nothing is recorded outside
//! a `#[differentiable]` function and a gradient is an ordinary value, so that both fall away.
//!
//! ```text
//! cargo run --release --example two_layer_sgd
//! ```

use autograd_runtime::nn::Linear;
use autograd_runtime::prelude::*;
use clap::Parser;

/// Batch size, input dimension, hidden dimension, output dimension.
const N: usize = 64;
const D_IN: usize = 1000;
const H: usize = 100;
const D_OUT: usize = 10;

/// Fits a two-layer network to random numbers by gradient descent.
#[derive(Parser)]
struct Arguments {
    /// Run for a fifth of the rounds.
    #[arg(long)]
    short: bool,
    /// Start from standard normal weights, with the learning rate that they bear, 1e-6.
    #[arg(long)]
    standard_normal: bool,
}

#[derive(Differentiable)]
struct Model {
    w1: Tensor<2>,
    w2: Tensor<2>,
}

impl Model {
    /// The sum of squared errors.
    #[differentiable]
    fn loss(&self, #[no_grad] x: &Tensor<2>, #[no_grad] y: &Tensor<2>) -> f32 {
        let h = x.matmul(&self.w1).relu();
        let y_pred = h.matmul(&self.w2);
        (y_pred - y).square().sum()
    }
}

fn main() {
    let arguments = Arguments::parse();
    let x = Tensor::randn([N, D_IN], 0);
    let y = Tensor::randn([N, D_OUT], 1);

    // With standard normal weights the first loss is about 3e7, and larger steps than 1e-6 diverge.
    let (mut model, lr) = if arguments.standard_normal {
        (Model { w1: Tensor::randn([D_IN, H], 2), w2: Tensor::randn([H, D_OUT], 3) }, 1e-6)
    } else {
        let (w1, w2) = (Linear::new(D_IN, H, 2).weight, Linear::new(H, D_OUT, 3).weight);
        (Model { w1, w2 }, 1e-4)
    };

    let rounds = if arguments.short { 100 } else { 500 };
    let first = model.loss(&x, &y);
    for round in 0..rounds {
        let (loss, g) = model.loss_value_and_grad(&x, &y);
        if round % 100 == 99 {
            println!("{round} {loss}");
        }
        model.w1.sub_scaled(lr, &g.w1);
        model.w2.sub_scaled(lr, &g.w2);
    }

    let last = model.loss(&x, &y);
    println!("from {first} to {last}");
    assert!(last < first, "the loss has not fallen");
}
