//! The workloads with `candle`.

use crate::peer::Program;
use crate::problem;
use benches::Part;
use candle_core::backprop::GradStore;
use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, SGD};
use std::hint::black_box;

fn constant(shape: &[usize], data: &[f32]) -> Tensor {
    Tensor::from_slice(data, shape, &Device::Cpu).expect("the dimensions of the problem")
}

fn variable(shape: &[usize], data: &[f32]) -> Var {
    Var::from_tensor(&constant(shape, data)).expect("a tensor of its own")
}

/// Adam: candle has `AdamW`, which is Adam if nothing decays.
fn adam(variables: &[&Var], lr: f64) -> AdamW {
    let parameters = ParamsAdamW { lr, weight_decay: 0.0, ..ParamsAdamW::default() };
    AdamW::from_slice(variables, parameters).expect("variables of the CPU")
}

fn scalar(tensor: &Tensor) -> Result<f64> {
    tensor.to_dtype(DType::F64)?.to_scalar()
}

fn part(name: &'static str, variable: &Var, gradients: &GradStore) -> Part {
    let gradient = gradients.get(variable).expect("the loss depends on it");
    let gradient = gradient.flatten_all().and_then(|flat| flat.to_dtype(DType::F64));
    let numbers: Vec<f64> = gradient.and_then(|flat| flat.to_vec1()).expect("a tensor of the CPU");
    Part::tensor(name, &numbers)
}

enum Descent {
    Sgd(SGD),
    Adam(AdamW),
}

impl Descent {
    fn step(&mut self, gradients: &GradStore) -> Result<()> {
        match self {
            Self::Sgd(sgd) => sgd.step(gradients),
            Self::Adam(adam) => adam.step(gradients),
        }
    }
}

pub struct TwoLayer {
    x: Tensor,
    y: Tensor,
    w1: Var,
    w2: Var,
    descent: Descent,
}

impl TwoLayer {
    pub fn new(problem: &problem::TwoLayer, with_adam: bool) -> Self {
        use problem::TwoLayer as P;
        let w1 = variable(&[P::D_IN, P::H], &problem.w1);
        let w2 = variable(&[P::H, P::D_OUT], &problem.w2);
        let descent = if with_adam {
            Descent::Adam(adam(&[&w1, &w2], P::ADAM_RATE))
        } else {
            Descent::Sgd(SGD::from_slice(&[&w1, &w2], P::SGD_RATE).expect("variables of the CPU"))
        };
        Self {
            x: constant(&[P::N, P::D_IN], &problem.x),
            y: constant(&[P::N, P::D_OUT], &problem.y),
            w1,
            w2,
            descent,
        }
    }

    fn loss(&self) -> Result<Tensor> {
        let (x, y) = black_box((&self.x, &self.y));
        let h = x.matmul(&self.w1)?.relu()?;
        let r = h.matmul(&self.w2)?.sub(y)?;
        r.sqr()?.sum_all()
    }

    fn try_step(&mut self) -> Result<f64> {
        let loss = self.loss()?;
        let gradients = loss.backward()?;
        self.descent.step(&gradients)?;
        scalar(&loss)
    }
}

impl Program for TwoLayer {
    fn step(&mut self) -> f64 {
        self.try_step().expect("candle takes a step")
    }

    fn gradient(&self) -> Vec<Part> {
        let gradients =
            self.loss().and_then(|loss| loss.backward()).expect("candle differentiates");
        vec![part("w1", &self.w1, &gradients), part("w2", &self.w2, &gradients)]
    }
}

pub struct Mlp {
    x: Tensor,
    classes: Tensor,
    w: [Var; 3],
    b: [Var; 3],
    adam: AdamW,
}

impl Mlp {
    pub fn new(problem: &problem::Mlp) -> Self {
        use problem::Mlp as P;
        let w = [0, 1, 2].map(|i| variable(&[P::WIDTHS[i], P::WIDTHS[i + 1]], &problem.w[i]));
        let b = [0, 1, 2].map(|i| variable(&[P::WIDTHS[i + 1]], &problem.b[i]));
        let classes: Vec<u32> = problem.classes.iter().map(|&class| class as u32).collect();
        let variables: Vec<&Var> = w.iter().chain(&b).collect();
        Self {
            x: constant(&[P::BATCH, P::WIDTHS[0]], &problem.x),
            classes: Tensor::from_slice(&classes, classes.len(), &Device::Cpu).expect("a vector"),
            adam: adam(&variables, P::RATE),
            w,
            b,
        }
    }

    fn loss(&self) -> Result<Tensor> {
        let mut h = black_box(&self.x).clone();
        for i in 0..2 {
            h = h.matmul(&self.w[i])?.broadcast_add(&self.b[i])?.relu()?;
        }
        let logits = h.matmul(&self.w[2])?.broadcast_add(&self.b[2])?;
        candle_nn::loss::cross_entropy(&logits, &self.classes)
    }

    fn try_step(&mut self) -> Result<f64> {
        let loss = self.loss()?;
        let gradients = loss.backward()?;
        self.adam.step(&gradients)?;
        scalar(&loss)
    }
}

impl Program for Mlp {
    fn step(&mut self) -> f64 {
        self.try_step().expect("candle takes a step")
    }

    fn gradient(&self) -> Vec<Part> {
        let gradients =
            self.loss().and_then(|loss| loss.backward()).expect("candle differentiates");
        let layer = |i: usize, names: [&'static str; 2]| {
            [part(names[0], &self.w[i], &gradients), part(names[1], &self.b[i], &gradients)]
        };
        [["w1", "b1"], ["w2", "b2"], ["w3", "b3"]]
            .into_iter()
            .enumerate()
            .flat_map(|(i, names)| layer(i, names))
            .collect()
    }
}

pub struct Chain {
    x: Tensor,
    w: Var,
    b: Var,
}

impl Chain {
    pub fn new(problem: &problem::Chain) -> Self {
        use problem::Chain as P;
        Self {
            x: constant(&[P::ROWS, P::COLUMNS], &problem.x),
            w: variable(&[P::COLUMNS], &problem.w),
            b: variable(&[P::COLUMNS], &problem.b),
        }
    }

    fn value_and_gradients(&self) -> Result<(f64, GradStore)> {
        let x = black_box(&self.x);
        let chain = x.broadcast_mul(&self.w)?.broadcast_add(&self.b)?.tanh()?;
        let value = chain.mul(&candle_nn::ops::sigmoid(x)?)?.sum_all()?;
        Ok((scalar(&value)?, value.backward()?))
    }
}

impl Program for Chain {
    fn step(&mut self) -> f64 {
        let (value, gradients) = self.value_and_gradients().expect("candle differentiates");
        black_box(gradients);
        value
    }

    fn gradient(&self) -> Vec<Part> {
        let (_, gradients) = self.value_and_gradients().expect("candle differentiates");
        vec![part("w", &self.w, &gradients), part("b", &self.b, &gradients)]
    }
}

pub struct Scalar3 {
    variables: [Var; 3],
}

impl Scalar3 {
    pub fn new() -> Self {
        let variable = |number: f64| Var::new(number, &Device::Cpu).expect("a scalar");
        Self { variables: problem::SCALARS.map(variable) }
    }

    fn value_and_gradients(&self) -> Result<(f64, GradStore)> {
        let [x, y, z] = black_box(&self.variables).each_ref().map(Var::as_tensor);
        let product = ((x * y)?.sin()? * (z / x)?.exp()?)?;
        let quotient = ((y + (z * z)?)?.log()? / ((x * x)? + 1.0)?)?;
        let value = (product + quotient)?;
        Ok((scalar(&value)?, value.backward()?))
    }
}

impl Program for Scalar3 {
    fn step(&mut self) -> f64 {
        let (value, gradients) = self.value_and_gradients().expect("candle differentiates");
        black_box(gradients);
        value
    }

    fn gradient(&self) -> Vec<Part> {
        let (_, gradients) = self.value_and_gradients().expect("candle differentiates");
        let [x, y, z] = &self.variables;
        vec![part("x", x, &gradients), part("y", y, &gradients), part("z", z, &gradients)]
    }
}
