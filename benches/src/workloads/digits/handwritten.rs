//! By hand: every buffer is allocated once, and each pass over one does all that can be done there.

use super::{Layer, Problem, parts};
use crate::gemm::{View, gemm};
use crate::{Contender, Part};
use std::hint::black_box;
use std::rc::Rc;

/// What belongs to one layer.
struct Buffers {
    /// `x w + b`, rectified but for the last layer.
    y: Vec<f32>,
    /// The cotangent of `x w + b`.
    dy: Vec<f32>,
    dw: Vec<f32>,
    db: Vec<f32>,
}

/// The hand-written gradient.
pub struct Handwritten {
    problem: Rc<Problem>,
    buffers: [Buffers; 3],
    loss: f32,
}

impl Handwritten {
    /// All buffers for `problem`.
    pub fn new(problem: &Rc<Problem>) -> Self {
        let batch = problem.shape.batch;
        let buffers = problem.layers.each_ref().map(|layer| Buffers {
            y: vec![0.0; batch * layer.outputs],
            dy: vec![0.0; batch * layer.outputs],
            dw: vec![0.0; layer.w.len()],
            db: vec![0.0; layer.outputs],
        });
        Self { problem: Rc::clone(problem), buffers, loss: f32::NAN }
    }
}

/// `y = x w + b`: the product adds to rows that hold the bias already.
fn forward(layer: &Layer, x: View<'_>, y: &mut [f32]) {
    for row in y.chunks_exact_mut(layer.outputs) {
        row.copy_from_slice(&layer.b);
    }
    gemm(1.0, x, View::new(&layer.w, layer.inputs, layer.outputs), 1.0, y);
}

/// The gradients of a layer's parameters.
fn parameters(x: View<'_>, dy: &[f32], batch: usize, dw: &mut [f32], db: &mut [f32]) {
    let outputs = db.len();
    gemm(1.0, x.t(), View::new(dy, batch, outputs), 0.0, dw);
    db.fill(0.0);
    for row in dy.chunks_exact(outputs) {
        db.iter_mut().zip(row).for_each(|(db, dy)| *db += dy);
    }
}

/// The cotangent `dx` of a layer's input, which was rectified to `x`.
fn input(layer: &Layer, dy: &[f32], x: &[f32], dx: &mut [f32]) {
    let batch = dy.len() / layer.outputs;
    let w = View::new(&layer.w, layer.inputs, layer.outputs);
    gemm(1.0, View::new(dy, batch, layer.outputs), w.t(), 0.0, dx);
    for (dx, &x) in dx.iter_mut().zip(x) {
        *dx = if x > 0.0 { *dx } else { 0.0 };
    }
}

/// The mean cross-entropy, with the cotangent of the logits in `dy`.
fn cross_entropy(logits: &[f32], classes: &[usize], dy: &mut [f32]) -> f32 {
    let width = logits.len() / classes.len();
    let scale = 1.0 / classes.len() as f32;
    let mut total = 0.0;
    let rows = logits.chunks_exact(width).zip(dy.chunks_exact_mut(width));
    for ((logits, dy), &class) in rows.zip(classes) {
        let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut sum = 0.0;
        for (dy, logit) in dy.iter_mut().zip(logits) {
            *dy = (logit - max).exp();
            sum += *dy;
        }
        let factor = scale / sum;
        for dy in dy.iter_mut() {
            *dy *= factor;
        }
        dy[class] -= scale;
        total += sum.ln() - (logits[class] - max);
    }
    total * scale
}

impl Contender for Handwritten {
    fn name(&self) -> &'static str {
        "hand-written"
    }

    fn step(&mut self) {
        let Problem { shape, x, classes, layers } = black_box(&*self.problem);
        let batch = shape.batch;
        let [one, two, three] = &mut self.buffers;
        let [l1, l2, l3] = layers;
        let x = View::new(x, batch, l1.inputs);

        forward(l1, x, &mut one.y);
        for h in &mut one.y {
            *h = h.max(0.0);
        }
        let h1 = View::new(&one.y, batch, l2.inputs);
        forward(l2, h1, &mut two.y);
        for h in &mut two.y {
            *h = h.max(0.0);
        }
        let h2 = View::new(&two.y, batch, l3.inputs);
        forward(l3, h2, &mut three.y);
        self.loss = cross_entropy(&three.y, classes, &mut three.dy);

        parameters(h2, &three.dy, batch, &mut three.dw, &mut three.db);
        input(l3, &three.dy, &two.y, &mut two.dy);
        parameters(h1, &two.dy, batch, &mut two.dw, &mut two.db);
        input(l2, &two.dy, &one.y, &mut one.dy);
        parameters(x, &one.dy, batch, &mut one.dw, &mut one.db);
        black_box((&self.loss, &self.buffers));
    }

    fn result(&self) -> Vec<Part> {
        parts(self.loss, self.buffers.each_ref().map(|buffers| [&buffers.dw[..], &buffers.db]))
    }
}
