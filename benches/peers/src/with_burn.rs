//! The workloads with `burn`, on a device: its backend `flex`, or the older `ndarray`.

use crate::peer::Program;
use crate::problem;
use benches::Part;
use burn::module::{Module, Param};
use burn::nn::loss::{CrossEntropyLoss, CrossEntropyLossConfig};
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::{DType, Device, Gradients, Int, Tensor, TensorData};
use std::hint::black_box;

fn tensor<const D: usize>(shape: [usize; D], data: &[f32], device: &Device) -> Tensor<D> {
    Tensor::from_data(TensorData::new(data.to_vec(), shape), device)
}

fn parameter<const D: usize>(shape: [usize; D], data: &[f32], device: &Device) -> Param<Tensor<D>> {
    Param::from_tensor(tensor(shape, data, device))
}

fn part<const D: usize>(name: &'static str, variable: &Tensor<D>, gradients: &Gradients) -> Part {
    let gradient = variable.grad(gradients).expect("the loss depends on it");
    let numbers = gradient.into_data_as::<f64>().try_to_vec::<f64>().expect("converted to f64");
    Part::tensor(name, &numbers)
}

fn adam() -> ModuleOptimizer {
    AdamConfig::new().with_epsilon(1e-8).init()
}

#[derive(Module, Debug)]
struct Weights {
    w1: Param<Tensor<2>>,
    w2: Param<Tensor<2>>,
}

impl Weights {
    fn loss(&self, x: &Tensor<2>, y: &Tensor<2>) -> Tensor<1> {
        let h = relu(x.clone().matmul(self.w1.val()));
        let r = h.matmul(self.w2.val()) - y.clone();
        r.square().sum()
    }
}

pub struct TwoLayer {
    x: Tensor<2>,
    y: Tensor<2>,
    /// Taken by the optimizer and given back.
    weights: Option<Weights>,
    optimizer: ModuleOptimizer,
    rate: f64,
}

impl TwoLayer {
    pub fn new(problem: &problem::TwoLayer, with_adam: bool, device: &Device) -> Self {
        use problem::TwoLayer as P;
        Self {
            x: tensor([P::N, P::D_IN], &problem.x, device),
            y: tensor([P::N, P::D_OUT], &problem.y, device),
            weights: Some(Weights {
                w1: parameter([P::D_IN, P::H], &problem.w1, device),
                w2: parameter([P::H, P::D_OUT], &problem.w2, device),
            }),
            optimizer: if with_adam { adam() } else { SgdConfig::new().init() },
            rate: if with_adam { P::ADAM_RATE } else { P::SGD_RATE },
        }
    }
}

impl Program for TwoLayer {
    fn step(&mut self) -> f64 {
        let weights = self.weights.take().expect("given back by the last step");
        let loss = weights.loss(black_box(&self.x), black_box(&self.y));
        let gradients = GradientsParams::from_grads(loss.backward(), &weights);
        self.weights = Some(self.optimizer.step(self.rate, weights, gradients));
        loss.into_scalar()
    }

    fn gradient(&self) -> Vec<Part> {
        let weights = self.weights.as_ref().expect("given back by the last step");
        let gradients = weights.loss(&self.x, &self.y).backward();
        vec![part("w1", &weights.w1.val(), &gradients), part("w2", &weights.w2.val(), &gradients)]
    }
}

#[derive(Module, Debug)]
struct Layers {
    w: [Param<Tensor<2>>; 3],
    b: [Param<Tensor<1>>; 3],
}

impl Layers {
    fn loss(&self, x: &Tensor<2>, classes: &Tensor<1, Int>, cross: &CrossEntropyLoss) -> Tensor<1> {
        let layer =
            |i: usize, h: Tensor<2>| h.matmul(self.w[i].val()) + self.b[i].val().unsqueeze();
        let h = relu(layer(0, x.clone()));
        let h = relu(layer(1, h));
        cross.forward(layer(2, h), classes.clone())
    }
}

pub struct Mlp {
    x: Tensor<2>,
    classes: Tensor<1, Int>,
    cross: CrossEntropyLoss,
    /// Taken by the optimizer and given back.
    layers: Option<Layers>,
    optimizer: ModuleOptimizer,
}

impl Mlp {
    pub fn new(problem: &problem::Mlp, device: &Device) -> Self {
        use problem::Mlp as P;
        let classes: Vec<i32> = problem.classes.iter().map(|&class| class as i32).collect();
        let shape = |i: usize| [P::WIDTHS[i], P::WIDTHS[i + 1]];
        Self {
            x: tensor([P::BATCH, P::WIDTHS[0]], &problem.x, device),
            classes: Tensor::from_data(TensorData::new(classes, [P::BATCH]), device),
            cross: CrossEntropyLossConfig::new().init(device),
            layers: Some(Layers {
                w: [0, 1, 2].map(|i| parameter(shape(i), &problem.w[i], device)),
                b: [0, 1, 2].map(|i| parameter([P::WIDTHS[i + 1]], &problem.b[i], device)),
            }),
            optimizer: adam(),
        }
    }
}

impl Program for Mlp {
    fn step(&mut self) -> f64 {
        let layers = self.layers.take().expect("given back by the last step");
        let loss = layers.loss(black_box(&self.x), black_box(&self.classes), &self.cross);
        let gradients = GradientsParams::from_grads(loss.backward(), &layers);
        self.layers = Some(self.optimizer.step(problem::Mlp::RATE, layers, gradients));
        loss.into_scalar()
    }

    fn gradient(&self) -> Vec<Part> {
        let layers = self.layers.as_ref().expect("given back by the last step");
        let gradients = layers.loss(&self.x, &self.classes, &self.cross).backward();
        let layer = |i: usize, names: [&'static str; 2]| {
            [
                part(names[0], &layers.w[i].val(), &gradients),
                part(names[1], &layers.b[i].val(), &gradients),
            ]
        };
        [["w1", "b1"], ["w2", "b2"], ["w3", "b3"]]
            .into_iter()
            .enumerate()
            .flat_map(|(i, names)| layer(i, names))
            .collect()
    }
}

pub struct Chain {
    x: Tensor<2>,
    w: Tensor<1>,
    b: Tensor<1>,
}

impl Chain {
    pub fn new(problem: &problem::Chain, device: &Device) -> Self {
        use problem::Chain as P;
        Self {
            x: tensor([P::ROWS, P::COLUMNS], &problem.x, device),
            w: tensor([P::COLUMNS], &problem.w, device).require_grad(),
            b: tensor([P::COLUMNS], &problem.b, device).require_grad(),
        }
    }

    fn value(&self) -> Tensor<1> {
        let x = black_box(&self.x);
        let chain = x.clone() * self.w.clone().unsqueeze() + self.b.clone().unsqueeze();
        (chain.tanh() * sigmoid(x.clone())).sum()
    }
}

impl Program for Chain {
    fn step(&mut self) -> f64 {
        let value = self.value();
        black_box(value.backward());
        value.into_scalar()
    }

    fn gradient(&self) -> Vec<Part> {
        let gradients = self.value().backward();
        vec![part("w", &self.w, &gradients), part("b", &self.b, &gradients)]
    }
}

/// Scalars are tensors of one element.
pub struct Scalar3 {
    variables: [Tensor<1>; 3],
}

impl Scalar3 {
    pub fn new(device: &Device) -> Self {
        let variable = |number: f64| {
            let data = TensorData::new(vec![number], [1]);
            Tensor::from_data(data, (device, DType::F64)).require_grad()
        };
        Self { variables: problem::SCALARS.map(variable) }
    }

    fn value(&self) -> Tensor<1> {
        let [x, y, z] = black_box(&self.variables).clone();
        let product = (x.clone() * y.clone()).sin() * (z.clone() / x.clone()).exp();
        let quotient = (y + z.clone() * z).log() / (x.clone() * x + 1.0);
        product + quotient
    }
}

impl Program for Scalar3 {
    fn step(&mut self) -> f64 {
        let value = self.value();
        black_box(value.backward());
        value.into_scalar()
    }

    fn gradient(&self) -> Vec<Part> {
        let gradients = self.value().backward();
        let [x, y, z] = &self.variables;
        vec![part("x", x, &gradients), part("y", y, &gradients), part("z", z, &gradients)]
    }
}
