//! The workloads with `#[differentiable]`. `INTO` accumulates into one gradient that is zeroed each
//! time, instead of making a new one.

use crate::peer::Program;
use crate::problem;
use autograd_runtime::optim::Adam;
use autograd_runtime::prelude::*;
use benches::Part;
use std::hint::black_box;

/// A tensor of `data`.
fn tensor<const R: usize>(shape: [usize; R], data: &[f32]) -> Tensor<R> {
    Tensor::from_vec(shape, data.to_vec()).expect("the dimensions of the problem")
}

#[derive(Clone, Differentiable)]
struct Weights {
    w1: Tensor<2>,
    w2: Tensor<2>,
}

#[differentiable]
fn two_layer(weights: &Weights, #[no_grad] x: &Tensor<2>, #[no_grad] y: &Tensor<2>) -> f32 {
    let h = x.matmul(&weights.w1).relu();
    let r = h.matmul(&weights.w2) - y;
    r.square().sum()
}

pub struct TwoLayer<const INTO: bool> {
    x: Tensor<2>,
    y: Tensor<2>,
    weights: Weights,
    gradient: WeightsGrad,
    /// Or plain gradient descent.
    adam: Option<Adam>,
}

impl<const INTO: bool> TwoLayer<INTO> {
    pub fn new(problem: &problem::TwoLayer, adam: bool) -> Self {
        use problem::TwoLayer as P;
        let weights = Weights {
            w1: tensor([P::D_IN, P::H], &problem.w1),
            w2: tensor([P::H, P::D_OUT], &problem.w2),
        };
        Self {
            x: tensor([P::N, P::D_IN], &problem.x),
            y: tensor([P::N, P::D_OUT], &problem.y),
            gradient: weights.zero_tangent(),
            weights,
            adam: adam.then(|| Adam::new(P::ADAM_RATE)),
        }
    }
}

impl<const INTO: bool> Program for TwoLayer<INTO> {
    fn step(&mut self) -> f64 {
        let (x, y) = black_box((&self.x, &self.y));
        let loss;
        if INTO {
            self.gradient.zero();
            loss = two_layer::value_and_grad_into(&self.weights, x, y, &mut self.gradient);
        } else {
            (loss, self.gradient) = two_layer::value_and_grad(&self.weights, x, y);
        }
        if let Some(adam) = &mut self.adam {
            adam.step(&mut self.weights, &self.gradient);
        } else {
            let rate = problem::TwoLayer::SGD_RATE as f32;
            self.weights.w1.sub_scaled(rate, &self.gradient.w1);
            self.weights.w2.sub_scaled(rate, &self.gradient.w2);
        }
        loss.into()
    }

    fn gradient(&self) -> Vec<Part> {
        let gradient = two_layer::grad(&self.weights, &self.x, &self.y);
        vec![Part::tensor("w1", gradient.w1.as_slice()), Part::tensor("w2", gradient.w2.as_slice())]
    }
}

#[derive(Clone, Differentiable)]
struct Layers {
    w1: Tensor<2>,
    b1: Tensor<1>,
    w2: Tensor<2>,
    b2: Tensor<1>,
    w3: Tensor<2>,
    b3: Tensor<1>,
}

#[differentiable]
fn mlp(layers: &Layers, #[no_grad] x: &Tensor<2>, classes: &[usize]) -> f32 {
    let h1 = (x.matmul(&layers.w1) + &layers.b1).relu();
    let h2 = (h1.matmul(&layers.w2) + &layers.b2).relu();
    let logits = h2.matmul(&layers.w3) + &layers.b3;
    loss::cross_entropy(&logits, classes, loss::Reduction::Mean)
}

pub struct Mlp<const INTO: bool> {
    x: Tensor<2>,
    classes: Vec<usize>,
    layers: Layers,
    gradient: LayersGrad,
    adam: Adam,
}

impl<const INTO: bool> Mlp<INTO> {
    pub fn new(problem: &problem::Mlp) -> Self {
        use problem::Mlp as P;
        let [n0, n1, n2, n3] = P::WIDTHS;
        let layers = Layers {
            w1: tensor([n0, n1], &problem.w[0]),
            b1: tensor([n1], &problem.b[0]),
            w2: tensor([n1, n2], &problem.w[1]),
            b2: tensor([n2], &problem.b[1]),
            w3: tensor([n2, n3], &problem.w[2]),
            b3: tensor([n3], &problem.b[2]),
        };
        Self {
            x: tensor([P::BATCH, n0], &problem.x),
            classes: problem.classes.clone(),
            gradient: layers.zero_tangent(),
            layers,
            adam: Adam::new(P::RATE),
        }
    }
}

impl<const INTO: bool> Program for Mlp<INTO> {
    fn step(&mut self) -> f64 {
        let (x, classes) = black_box((&self.x, &self.classes));
        let loss;
        if INTO {
            self.gradient.zero();
            loss = mlp::value_and_grad_into(&self.layers, x, classes, &mut self.gradient);
        } else {
            (loss, self.gradient) = mlp::value_and_grad(&self.layers, x, classes);
        }
        self.adam.step(&mut self.layers, &self.gradient);
        loss.into()
    }

    fn gradient(&self) -> Vec<Part> {
        let g = mlp::grad(&self.layers, &self.x, &self.classes);
        vec![
            Part::tensor("w1", g.w1.as_slice()),
            Part::tensor("b1", g.b1.as_slice()),
            Part::tensor("w2", g.w2.as_slice()),
            Part::tensor("b2", g.b2.as_slice()),
            Part::tensor("w3", g.w3.as_slice()),
            Part::tensor("b3", g.b3.as_slice()),
        ]
    }
}

#[differentiable]
fn chain(#[no_grad] x: &Tensor<2>, w: &Tensor<1>, b: &Tensor<1>) -> f32 {
    ((x * w + b).tanh() * x.sigmoid()).sum()
}

pub struct Chain<const INTO: bool> {
    x: Tensor<2>,
    w: Tensor<1>,
    b: Tensor<1>,
    gradient: (Tensor<1>, Tensor<1>),
}

impl<const INTO: bool> Chain<INTO> {
    pub fn new(problem: &problem::Chain) -> Self {
        use problem::Chain as P;
        let (w, b) = (tensor([P::COLUMNS], &problem.w), tensor([P::COLUMNS], &problem.b));
        Self {
            x: tensor([P::ROWS, P::COLUMNS], &problem.x),
            gradient: (w.zero_tangent(), b.zero_tangent()),
            w,
            b,
        }
    }
}

impl<const INTO: bool> Program for Chain<INTO> {
    fn step(&mut self) -> f64 {
        let (x, w, b) = black_box((&self.x, &self.w, &self.b));
        let value;
        if INTO {
            self.gradient.zero();
            value = chain::value_and_grad_into(x, w, b, &mut self.gradient);
        } else {
            (value, self.gradient) = chain::value_and_grad(x, w, b);
        }
        black_box(&self.gradient);
        value.into()
    }

    fn gradient(&self) -> Vec<Part> {
        let (w, b) = chain::grad(&self.x, &self.w, &self.b);
        vec![Part::tensor("w", w.as_slice()), Part::tensor("b", b.as_slice())]
    }
}

#[differentiable]
fn scalar3(x: f64, y: f64, z: f64) -> f64 {
    (x * y).sin() * (z / x).exp() + (y + z * z).ln() / (1.0 + x * x)
}

pub struct Scalar3;

impl Program for Scalar3 {
    fn step(&mut self) -> f64 {
        let [x, y, z] = problem::SCALARS.map(black_box);
        let (value, (dx, dy, dz)) = scalar3::value_and_grad(x, y, z);
        black_box(dx);
        black_box(dy);
        black_box(dz);
        value
    }

    fn gradient(&self) -> Vec<Part> {
        let [x, y, z] = problem::SCALARS;
        let (x, y, z) = scalar3::grad(x, y, z);
        vec![Part::scalar("x", x), Part::scalar("y", y), Part::scalar("z", z)]
    }
}
