//! By the crate `reverse`: a scalar tape, so every multiplication is a node. Computed in f64, which
//! makes it the most exact of the versions.

use super::{LEARNING_RATE, Problem};
use crate::workloads::scalars::{leaves, product, relu};
use crate::{Contender, Part};
use reverse::{Gradient, Tape};
use std::hint::black_box;
use std::rc::Rc;

/// The step with a tape that keeps its memory.
pub struct WithReverse {
    problem: Rc<Problem>,
    tape: Tape,
    x: Vec<f64>,
    w1: Vec<f32>,
    w2: Vec<f32>,
    loss: f64,
    gradient: [Vec<f64>; 2],
}

impl WithReverse {
    /// The scalars of `problem`.
    pub fn new(problem: &Rc<Problem>) -> Self {
        Self {
            tape: Tape::new(),
            x: problem.x.iter().map(|&x| f64::from(x)).collect(),
            w1: problem.w1.clone(),
            w2: problem.w2.clone(),
            loss: f64::NAN,
            gradient: [Vec::new(), Vec::new()],
            problem: Rc::clone(problem),
        }
    }

    fn loss_and_gradient(&self) -> (f64, [Vec<f64>; 2]) {
        let (x, y) = black_box((&self.x, &self.problem.y));
        let shape = self.problem.shape;
        let w1 = leaves(&self.tape, &self.w1);
        let w2 = leaves(&self.tape, &self.w2);
        let hidden = relu(&self.tape, &product(x, &w1, shape.hidden, None));
        let predicted = product(&hidden, &w2, shape.outputs, None);
        let residuals = predicted.iter().zip(y).map(|(&predicted, &y)| predicted - f64::from(y));
        let loss = residuals.map(|r| r * r).reduce(|sum, square| sum + square);
        let loss = loss.expect("at least one prediction");
        let adjoints = loss.grad();
        (loss.val(), [adjoints.wrt(&w1), adjoints.wrt(&w2)])
    }
}

impl Contender for WithReverse {
    fn name(&self) -> &'static str {
        "reverse"
    }

    fn reset(&mut self) {
        self.w1.copy_from_slice(&self.problem.w1);
        self.w2.copy_from_slice(&self.problem.w2);
    }

    fn step(&mut self) {
        self.tape.clear();
        (self.loss, self.gradient) = self.loss_and_gradient();
        for (w, gradient) in [&mut self.w1, &mut self.w2].into_iter().zip(&self.gradient) {
            for (w, &g) in w.iter_mut().zip(gradient) {
                *w -= LEARNING_RATE * g as f32;
            }
        }
        black_box((&self.loss, &self.gradient, &self.w1, &self.w2));
    }

    fn result(&self) -> Vec<Part> {
        let gradient = [&self.gradient[0][..], &self.gradient[1]];
        self.problem.parts(self.loss, gradient, [&self.w1, &self.w2])
    }
}
