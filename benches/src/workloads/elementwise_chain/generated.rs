//! The gradient that the macro generates.

use super::{Problem, parts};
use crate::{Contender, Part};
use autograd_runtime::prelude::*;
use std::hint::black_box;
use std::rc::Rc;

/// The chain and its sum.
#[differentiable]
pub fn chain(#[no_grad] x: &Tensor<2>, w: &Tensor<1>, b: &Tensor<1>) -> f32 {
    ((x * w + b).tanh() * x.sigmoid()).sum()
}

/// The generated gradient: made anew each time, or (`INTO`) accumulated into one that was zeroed.
pub struct Generated<const INTO: bool> {
    x: Tensor<2>,
    w: Tensor<1>,
    b: Tensor<1>,
    value: f32,
    gradient: (Tensor<1>, Tensor<1>),
}

impl<const INTO: bool> Generated<INTO> {
    /// The tensors of `problem`.
    ///
    /// # Panics
    /// If the data of `problem` do not fit its dimensions.
    pub fn new(problem: &Rc<Problem>) -> Self {
        let shape = problem.shape;
        let row = |data: &[f32]| {
            Tensor::from_vec([shape.columns], data.to_vec()).expect("a row of the problem")
        };
        let x = Tensor::from_vec([shape.rows, shape.columns], problem.x.clone());
        let (w, b) = (row(&problem.w), row(&problem.b));
        Self {
            x: x.expect("the dimensions of the problem"),
            value: f32::NAN,
            gradient: (w.zero_tangent(), b.zero_tangent()),
            w,
            b,
        }
    }
}

impl<const INTO: bool> Contender for Generated<INTO> {
    fn name(&self) -> &'static str {
        if INTO { "generated, _into" } else { "generated" }
    }

    fn step(&mut self) {
        let (x, w, b) = black_box((&self.x, &self.w, &self.b));
        if INTO {
            self.gradient.zero();
            self.value = chain::value_and_grad_into(x, w, b, &mut self.gradient);
        } else {
            (self.value, self.gradient) = chain::value_and_grad(x, w, b);
        }
        black_box((&self.value, &self.gradient));
    }

    fn result(&self) -> Vec<Part> {
        parts(self.value, self.gradient.0.as_slice(), self.gradient.1.as_slice())
    }
}
