//! By the crate `reverse`: a scalar tape, so every multiplication is a node. Computed in f64, which
//! makes it the most exact of the versions.

use super::{Problem, parts};
use crate::workloads::scalars::{leaves, product, relu};
use crate::{Contender, Part};
use reverse::{Gradient, Tape, Var};
use std::hint::black_box;
use std::rc::Rc;

/// The gradient with a tape that keeps its memory.
pub struct WithReverse {
    problem: Rc<Problem>,
    tape: Tape,
    x: Vec<f64>,
    loss: f64,
    gradient: [[Vec<f64>; 2]; 3],
}

impl WithReverse {
    /// The scalars of `problem`.
    pub fn new(problem: &Rc<Problem>) -> Self {
        Self {
            tape: Tape::new(),
            x: problem.x.iter().map(|&x| f64::from(x)).collect(),
            loss: f64::NAN,
            gradient: Default::default(),
            problem: Rc::clone(problem),
        }
    }
}

/// The mean cross-entropy. The largest logit is subtracted as a number: it cancels.
fn cross_entropy<'t>(logits: &[Var<'t>], classes: &[usize]) -> Var<'t> {
    let width = logits.len() / classes.len();
    let losses = logits.chunks_exact(width).zip(classes).map(|(row, &class)| {
        let max = row.iter().map(Var::val).fold(f64::NEG_INFINITY, f64::max);
        let exps = row.iter().map(|&logit| (logit - max).exp());
        let sum = exps.reduce(|sum, exp| sum + exp).expect("at least one class");
        sum.ln() - (row[class] - max)
    });
    let total = losses.reduce(|sum, loss| sum + loss).expect("at least one example");
    total * (1.0 / classes.len() as f64)
}

impl Contender for WithReverse {
    fn name(&self) -> &'static str {
        "reverse"
    }

    fn step(&mut self) {
        self.tape.clear();
        let tape = &self.tape;
        let (x, problem) = black_box((&self.x, &self.problem));
        let layers = problem.layers.each_ref();
        let layers = layers.map(|layer| [leaves(tape, &layer.w), leaves(tape, &layer.b)]);
        let [[w1, b1], [w2, b2], [w3, b3]] = &layers;
        let h1 = relu(tape, &product(x, w1, b1.len(), Some(b1)));
        let h2 = relu(tape, &product(&h1, w2, b2.len(), Some(b2)));
        let loss = cross_entropy(&product(&h2, w3, b3.len(), Some(b3)), &problem.classes);
        let adjoints = loss.grad();
        self.loss = loss.val();
        self.gradient = layers.each_ref().map(|[w, b]| [adjoints.wrt(w), adjoints.wrt(b)]);
        black_box((&self.loss, &self.gradient));
    }

    fn result(&self) -> Vec<Part> {
        parts(self.loss, self.gradient.each_ref().map(|[dw, db]| [&dw[..], db]))
    }
}
