//! The gradient that the macro generates.

use super::{Layer, Problem, parts};
use crate::{Contender, Part};
use autograd_runtime::loss::{Reduction, cross_entropy};
use autograd_runtime::prelude::*;
use std::hint::black_box;
use std::rc::Rc;

/// The parameters of the network.
#[derive(Clone, Debug, Differentiable)]
pub struct Mlp {
    /// The weights of the first layer.
    pub w1: Tensor<2>,
    /// The bias of the first layer.
    pub b1: Tensor<1>,
    /// The weights of the second layer.
    pub w2: Tensor<2>,
    /// The bias of the second layer.
    pub b2: Tensor<1>,
    /// The weights of the third layer.
    pub w3: Tensor<2>,
    /// The bias of the third layer.
    pub b3: Tensor<1>,
}

/// The mean cross-entropy of the network on the examples `x`, of the given classes.
#[differentiable]
pub fn digits(model: &Mlp, #[no_grad] x: &Tensor<2>, classes: &[usize]) -> f32 {
    let h1 = (x.matmul(&model.w1) + &model.b1).relu();
    let h2 = (h1.matmul(&model.w2) + &model.b2).relu();
    let logits = h2.matmul(&model.w3) + &model.b3;
    cross_entropy(&logits, classes, Reduction::Mean)
}

/// The generated gradient: made anew each time, or (`INTO`) accumulated into one that was zeroed.
pub struct Generated<const INTO: bool> {
    problem: Rc<Problem>,
    x: Tensor<2>,
    model: Mlp,
    loss: f32,
    gradient: MlpGrad,
}

impl<const INTO: bool> Generated<INTO> {
    /// The tensors of `problem`.
    pub fn new(problem: &Rc<Problem>) -> Self {
        let [l1, l2, l3] = &problem.layers;
        let w = |layer: &Layer| tensor([layer.inputs, layer.outputs], &layer.w);
        let b = |layer: &Layer| tensor([layer.outputs], &layer.b);
        let model = Mlp { w1: w(l1), b1: b(l1), w2: w(l2), b2: b(l2), w3: w(l3), b3: b(l3) };
        Self {
            x: tensor([problem.shape.batch, problem.shape.widths[0]], &problem.x),
            loss: f32::NAN,
            gradient: model.zero_tangent(),
            model,
            problem: Rc::clone(problem),
        }
    }
}

fn tensor<const R: usize>(shape: [usize; R], data: &[f32]) -> Tensor<R> {
    Tensor::from_vec(shape, data.to_vec()).expect("the dimensions of the problem")
}

impl<const INTO: bool> Contender for Generated<INTO> {
    fn name(&self) -> &'static str {
        if INTO { "generated, _into" } else { "generated" }
    }

    fn step(&mut self) {
        let (model, x, classes) = black_box((&self.model, &self.x, &self.problem.classes));
        if INTO {
            self.gradient.zero();
            self.loss = digits::value_and_grad_into(model, x, classes, &mut self.gradient);
        } else {
            (self.loss, self.gradient) = digits::value_and_grad(model, x, classes);
        }
        black_box((&self.loss, &self.gradient));
    }

    fn result(&self) -> Vec<Part> {
        let g = &self.gradient;
        let layers = [
            [g.w1.as_slice(), g.b1.as_slice()],
            [g.w2.as_slice(), g.b2.as_slice()],
            [g.w3.as_slice(), g.b3.as_slice()],
        ];
        parts(self.loss, layers)
    }
}
