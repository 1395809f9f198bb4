//! By hand: every buffer is allocated once, and each pass over one does all that can be done there.

use super::{LEARNING_RATE, Problem, Shape, descend};
use crate::gemm::{View, gemm};
use crate::{Contender, Part};
use std::hint::black_box;
use std::rc::Rc;

/// The hand-written step. `FUSED` lets the matrix products that make the gradient subtract it from
/// the weights as they go, so that the gradient itself never exists.
pub struct Handwritten<const FUSED: bool> {
    problem: Rc<Problem>,
    w1: Vec<f32>,
    w2: Vec<f32>,
    /// `relu(x w1)`.
    hidden: Vec<f32>,
    /// `relu(x w1) w2 - y`: half of the prediction's cotangent.
    residual: Vec<f32>,
    /// The cotangent of `x w1`.
    d_hidden: Vec<f32>,
    dw1: Vec<f32>,
    dw2: Vec<f32>,
    loss: f32,
}

impl<const FUSED: bool> Handwritten<FUSED> {
    /// All buffers for `problem`.
    pub fn new(problem: &Rc<Problem>) -> Self {
        let Shape { batch, hidden, outputs, .. } = problem.shape;
        let gradient = |w: &[f32]| vec![0.0; if FUSED { 0 } else { w.len() }];
        Self {
            w1: problem.w1.clone(),
            w2: problem.w2.clone(),
            hidden: vec![0.0; batch * hidden],
            residual: vec![0.0; batch * outputs],
            d_hidden: vec![0.0; batch * hidden],
            dw1: gradient(&problem.w1),
            dw2: gradient(&problem.w2),
            loss: f32::NAN,
            problem: Rc::clone(problem),
        }
    }

    /// The loss and the two cotangents that the weights' gradients are products with.
    fn propagate(&mut self, x: &[f32], y: &[f32]) {
        let Shape { batch, inputs, hidden, outputs } = self.problem.shape;
        let w2 = View::new(&self.w2, hidden, outputs);
        gemm(
            1.0,
            View::new(x, batch, inputs),
            View::new(&self.w1, inputs, hidden),
            0.0,
            &mut self.hidden,
        );
        for h in &mut self.hidden {
            *h = h.max(0.0);
        }
        self.residual.copy_from_slice(y);
        gemm(1.0, View::new(&self.hidden, batch, hidden), w2, -1.0, &mut self.residual);
        self.loss = self.residual.iter().map(|r| r * r).sum();
        // The factor 2 of the square's derivative rides along in the products.
        gemm(2.0, View::new(&self.residual, batch, outputs), w2.t(), 0.0, &mut self.d_hidden);
        for (d, &h) in self.d_hidden.iter_mut().zip(&self.hidden) {
            *d = if h > 0.0 { *d } else { 0.0 };
        }
    }

    fn update(&mut self, x: &[f32]) {
        let Shape { batch, inputs, hidden, outputs } = self.problem.shape;
        let x = View::new(x, batch, inputs).t();
        let h = View::new(&self.hidden, batch, hidden).t();
        let residual = View::new(&self.residual, batch, outputs);
        let d_hidden = View::new(&self.d_hidden, batch, hidden);
        if FUSED {
            gemm(-2.0 * LEARNING_RATE, h, residual, 1.0, &mut self.w2);
            gemm(-LEARNING_RATE, x, d_hidden, 1.0, &mut self.w1);
        } else {
            gemm(2.0, h, residual, 0.0, &mut self.dw2);
            gemm(1.0, x, d_hidden, 0.0, &mut self.dw1);
            descend(&mut self.w1, &self.dw1);
            descend(&mut self.w2, &self.dw2);
        }
    }
}

impl<const FUSED: bool> Contender for Handwritten<FUSED> {
    fn name(&self) -> &'static str {
        if FUSED { "hand-written, update in the GEMM" } else { "hand-written" }
    }

    fn reset(&mut self) {
        self.w1.copy_from_slice(&self.problem.w1);
        self.w2.copy_from_slice(&self.problem.w2);
    }

    fn step(&mut self) {
        let problem = Rc::clone(&self.problem);
        let (x, y) = black_box((&problem.x, &problem.y));
        self.propagate(x, y);
        self.update(x);
        black_box((&self.loss, &self.dw1, &self.dw2, &self.w1, &self.w2));
    }

    fn result(&self) -> Vec<Part> {
        let gradient = [&self.dw1[..], &self.dw2];
        let parts = self.problem.parts(self.loss, gradient, [&self.w1, &self.w2]);
        parts.into_iter().filter(|part| !part.numbers.is_empty()).collect()
    }
}
