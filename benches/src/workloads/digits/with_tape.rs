//! By the tensor tape of this package.

use super::{Problem, parts};
use crate::tensor_tape::{Matrix, Tape};
use crate::{Contender, Part};
use std::hint::black_box;
use std::rc::Rc;

/// The gradient with a tape that is filled anew each time.
pub struct WithTape {
    tape: Tape,
    x: Rc<Matrix>,
    classes: Rc<[usize]>,
    /// The weights and the bias of each layer.
    layers: [[Rc<Matrix>; 2]; 3],
    loss: f32,
    gradient: Option<[[Matrix; 2]; 3]>,
}

impl WithTape {
    /// The matrices of `problem`.
    pub fn new(problem: &Problem) -> Self {
        let shape = problem.shape;
        let matrix = |rows, cols, data: &[f32]| Rc::new(Matrix::new(rows, cols, data.to_vec()));
        Self {
            tape: Tape::default(),
            x: matrix(shape.batch, shape.widths[0], &problem.x),
            classes: problem.classes.clone().into(),
            layers: problem.layers.each_ref().map(|layer| {
                [matrix(layer.inputs, layer.outputs, &layer.w), matrix(1, layer.outputs, &layer.b)]
            }),
            loss: f32::NAN,
            gradient: None,
        }
    }
}

impl Contender for WithTape {
    fn name(&self) -> &'static str {
        "tape"
    }

    fn step(&mut self) {
        self.tape.clear();
        let tape = &self.tape;
        let (x, layers, classes) = black_box((&self.x, &self.layers, &self.classes));
        let x = tape.constant(Rc::clone(x));
        let layers = layers.each_ref().map(|layer| {
            let [w, b] = layer;
            [tape.leaf(Rc::clone(w)), tape.leaf(Rc::clone(b))]
        });
        let [[w1, b1], [w2, b2], [w3, b3]] = layers;
        let h1 = x.matmul(w1).add_row(b1).relu();
        let h2 = h1.matmul(w2).add_row(b2).relu();
        let loss = h2.matmul(w3).add_row(b3).cross_entropy(classes);
        let mut gradients = loss.backward();
        let gradient = layers
            .map(|layer| layer.map(|var| gradients.take(var).expect("the loss depends on it")));
        self.loss = loss.value().data[0];
        self.gradient = Some(gradient);
        black_box((&self.loss, &self.gradient));
    }

    fn result(&self) -> Vec<Part> {
        let gradient = self.gradient.as_ref().expect("a step was taken").each_ref();
        parts(self.loss, gradient.map(|[dw, db]| [&dw.data[..], &db.data]))
    }
}
