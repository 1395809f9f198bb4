//! The layers: gradients against central differences in `f64`, and training that lowers a loss.

mod support;

use autograd_runtime::nn::{
    Dropout, Embedding, Gelu, LayerNorm, Linear, Relu, Sigmoid, Silu, Softplus, Tanh,
};
use autograd_runtime::optim::{Adagrad, Adam, AdamW, Optimizer, RmsProp, Sgd};
use autograd_runtime::prelude::*;
use support::{check, signed, weights};

type T2 = Tensor<2, f64>;

/// The gradients of a layer with respect to its parameters and to its input.
macro_rules! layers {
    ($($name:ident: $layer:ty = $new:expr, [$($shape:expr),+];)*) => {$(
        #[test]
        fn $name() {
            #[differentiable]
            fn f(layer: &$layer, x: &T2) -> f64 {
                let y = layer.forward(x);
                (&y * weights(y.shape())).sum()
            }
            let layer = $new;
            $(
                let x = signed($shape, 5);
                let (value, (gl, gx)) = f::value_and_grad(&layer, &x);
                assert_eq!(value, f(&layer, &x));
                check(|layer| f(layer, &x), &layer, &gl);
                check(|x| f(&layer, x), &x, &gx);
            )+
        }
    )*};
}

fn norm(features: usize) -> LayerNorm<f64> {
    let (weight, bias) = (signed([features], 7), signed([features], 8));
    LayerNorm { weight, bias, ..LayerNorm::new(features) }
}

layers! {
    linear: Linear<f64> = Linear::new(3, 2, 1), [[4, 3], [1, 3], [0, 3]];
    linear_of_size_one: Linear<f64> = Linear::new(1, 1, 1), [[4, 1], [1, 1], [0, 1]];
    layer_norm: LayerNorm<f64> = norm(3), [[4, 3], [1, 3], [0, 3]];
    two: (Linear<f64>, Tanh) = (Linear::new(3, 2, 1), Tanh), [[4, 3], [1, 3], [0, 3]];
    three: (Linear<f64>, Gelu, Linear<f64>) = (Linear::new(3, 5, 1), Gelu, Linear::new(5, 2, 2)), [[4, 3]];
    four: (Linear<f64>, LayerNorm<f64>, Silu, Linear<f64>) =
        (Linear::new(3, 5, 1), norm(5), Silu, Linear::new(5, 2, 2)), [[4, 3]];
    nested: ((Linear<f64>, Softplus), (Linear<f64>, Sigmoid)) =
        ((Linear::new(3, 5, 1), Softplus), (Linear::new(5, 2, 2), Sigmoid)), [[4, 3], [1, 3]];
    eight: (Linear<f64>, Tanh, Linear<f64>, Gelu, LayerNorm<f64>, Linear<f64>, Silu, Linear<f64>) = (
        Linear::new(3, 4, 1), Tanh, Linear::new(4, 4, 2), Gelu, norm(4), Linear::new(4, 3, 3), Silu, Linear::new(3, 2, 4)
    ), [[4, 3]];
}

/// Activations have no parameters: only the input has a gradient.
macro_rules! activations {
    ($($name:ident $layer:ident;)*) => {$(
        #[test]
        fn $name() {
            #[differentiable]
            fn f(#[no_grad] layer: &$layer, x: &T2) -> f64 {
                let y = layer.forward(x);
                (&y * weights(y.shape())).sum()
            }
            for shape in [[2, 3], [1, 1], [0, 3]] {
                let x = signed(shape, 1);
                let (value, gradient) = f::value_and_grad(&$layer, &x);
                assert_eq!(value, f(&$layer, &x));
                assert_eq!(gradient.shape(), shape);
                check(|x| f(&$layer, x), &x, &gradient);
            }
        }
    )*};
}

activations! {
    relu Relu;
    tanh Tanh;
    sigmoid Sigmoid;
    gelu Gelu;
    silu Silu;
    softplus Softplus;
}

#[differentiable]
fn embedded(table: &Embedding<f64>, indices: &[usize]) -> f64 {
    let y = table.forward(indices).square();
    (&y * weights(y.shape())).sum()
}

#[test]
fn embedding() {
    let table = Embedding::new(5, 3, 1);
    for indices in [&[1, 4, 1, 0][..], &[2], &[]] {
        let gradient = embedded::grad(&table, indices);
        check(|table| embedded(table, indices), &table, &gradient);
    }
}

#[differentiable]
fn dropped(#[no_grad] dropout: &Dropout, x: &T2, #[no_grad] seed: Option<u64>) -> f64 {
    let y = dropout.forward(x, seed).square();
    (&y * weights(y.shape())).sum()
}

#[test]
fn dropout() {
    let dropout = Dropout::new(0.4);
    for (shape, seed) in [([4, 5], Some(1)), ([4, 5], None), ([1, 1], Some(2)), ([0, 3], Some(3))] {
        let x = signed(shape, 1);
        let gradient = dropped::grad(&dropout, &x, seed);
        check(|x| dropped(&dropout, x, seed), &x, &gradient);
    }
}

#[derive(Differentiable, Clone, Debug)]
struct Block {
    inner: (Linear<f64>, Gelu, Linear<f64>),
    norm: LayerNorm<f64>,
}

#[derive(Differentiable, Clone, Debug)]
struct Model {
    table: Embedding<f64>,
    blocks: Vec<Block>,
    output: Linear<f64>,
    #[no_grad]
    dropout: Dropout,
}

impl Block {
    fn new(width: usize, seed: u64) -> Self {
        let inner =
            (Linear::new(width, 2 * width, seed), Gelu, Linear::new(2 * width, width, seed + 1));
        Self { inner, norm: norm(width) }
    }

    #[differentiable]
    fn forward(&self, x: &T2) -> T2 {
        self.inner.forward(&self.norm.forward(x)) + x
    }
}

impl Model {
    fn new() -> Self {
        Self {
            table: Embedding::new(6, 4, 1),
            blocks: vec![Block::new(4, 10), Block::new(4, 20)],
            output: Linear::new(4, 3, 2),
            dropout: Dropout::new(0.1),
        }
    }

    #[differentiable]
    fn loss(&self, tokens: &[usize], targets: &[usize], #[no_grad] seed: Option<u64>) -> f64 {
        let mut h = self.table.forward(tokens);
        for block in &self.blocks {
            h = block.forward(&h);
        }
        let logits = self.output.forward(&self.dropout.forward(&h, seed));
        loss::cross_entropy(&logits, targets, loss::Reduction::Mean)
    }
}

const TOKENS: [usize; 6] = [0, 1, 2, 3, 4, 5];
const TARGETS: [usize; 6] = [2, 0, 1, 1, 0, 2];

#[test]
fn nested_structs() {
    let model = Model::new();
    for seed in [None, Some(3)] {
        let (value, gradient) = model.loss_value_and_grad(&TOKENS, &TARGETS, seed);
        assert_eq!(value, model.loss(&TOKENS, &TARGETS, seed));
        check(|model: &Model| model.loss(&TOKENS, &TARGETS, seed), &model, &gradient);
    }
}

/// Trains for a while, and expects a tenth of the loss.
fn trains(mut optimizer: impl Optimizer) {
    let mut model = Model::new();
    let before = model.loss(&TOKENS, &TARGETS, None);
    for _ in 0..60 {
        let gradient = model.loss_grad(&TOKENS, &TARGETS, None);
        optimizer.step(&mut model, &gradient);
    }
    let after = model.loss(&TOKENS, &TARGETS, None);
    assert!(after < 0.1 * before, "{before} to {after}");
}

#[test]
fn every_optimizer_trains() {
    trains(Sgd::new(0.3));
    trains(Sgd::new(0.05).momentum(0.9).nesterov(true).weight_decay(1e-4));
    trains(RmsProp::new(0.01));
    trains(Adam::new(0.02));
    trains(AdamW::new(0.02).weight_decay(0.01));
    trains(Adagrad::new(0.1));
}
