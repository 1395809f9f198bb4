//! The gradient that the macro generates.

use super::{LEARNING_RATE, Problem};
use crate::{Contender, Part};
use autograd_runtime::prelude::*;
use std::hint::black_box;
use std::rc::Rc;

/// The loss of the network on `x: [batch, inputs]` and `y: [batch, outputs]`.
#[differentiable]
pub fn two_layer(
    #[no_grad] x: &Tensor<2>,
    w1: &Tensor<2>,
    w2: &Tensor<2>,
    #[no_grad] y: &Tensor<2>,
) -> f32 {
    let h = x.matmul(w1).relu();
    let r = h.matmul(w2) - y;
    r.square().sum()
}

/// The step with the generated gradient: made anew each time, or (`INTO`) accumulated into one that
/// was zeroed.
pub struct Generated<const INTO: bool> {
    problem: Rc<Problem>,
    x: Tensor<2>,
    y: Tensor<2>,
    w1: Tensor<2>,
    w2: Tensor<2>,
    loss: f32,
    gradient: (Tensor<2>, Tensor<2>),
}

impl<const INTO: bool> Generated<INTO> {
    /// The tensors of `problem`.
    ///
    /// # Panics
    /// If the data of `problem` do not fit its dimensions.
    pub fn new(problem: &Rc<Problem>) -> Self {
        let shape = problem.shape;
        let tensor = |rows, cols, data: &[f32]| {
            Tensor::from_vec([rows, cols], data.to_vec()).expect("the dimensions of the problem")
        };
        let w1 = tensor(shape.inputs, shape.hidden, &problem.w1);
        let w2 = tensor(shape.hidden, shape.outputs, &problem.w2);
        Self {
            x: tensor(shape.batch, shape.inputs, &problem.x),
            y: tensor(shape.batch, shape.outputs, &problem.y),
            loss: f32::NAN,
            gradient: (w1.zero_tangent(), w2.zero_tangent()),
            w1,
            w2,
            problem: Rc::clone(problem),
        }
    }
}

impl<const INTO: bool> Contender for Generated<INTO> {
    fn name(&self) -> &'static str {
        if INTO { "generated, _into" } else { "generated" }
    }

    fn reset(&mut self) {
        self.w1.as_mut_slice().copy_from_slice(&self.problem.w1);
        self.w2.as_mut_slice().copy_from_slice(&self.problem.w2);
    }

    fn step(&mut self) {
        let (x, y) = black_box((&self.x, &self.y));
        if INTO {
            self.gradient.zero();
            let gradient = &mut self.gradient;
            self.loss = two_layer::value_and_grad_into(x, &self.w1, &self.w2, y, gradient);
        } else {
            (self.loss, self.gradient) = two_layer::value_and_grad(x, &self.w1, &self.w2, y);
        }
        self.w1.sub_scaled(LEARNING_RATE, &self.gradient.0);
        self.w2.sub_scaled(LEARNING_RATE, &self.gradient.1);
        black_box((&self.loss, &self.gradient, &self.w1, &self.w2));
    }

    fn result(&self) -> Vec<Part> {
        let gradient = [self.gradient.0.as_slice(), self.gradient.1.as_slice()];
        self.problem.parts(self.loss, gradient, [self.w1.as_slice(), self.w2.as_slice()])
    }
}
