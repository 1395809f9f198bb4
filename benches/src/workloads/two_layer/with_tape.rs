//! By the tensor tape of this package.

use super::{Problem, descend};
use crate::tensor_tape::{Matrix, Tape};
use crate::{Contender, Part};
use std::hint::black_box;
use std::rc::Rc;

/// The step with a tape that is filled anew each time.
pub struct WithTape {
    problem: Rc<Problem>,
    tape: Tape,
    x: Rc<Matrix>,
    y: Rc<Matrix>,
    w1: Rc<Matrix>,
    w2: Rc<Matrix>,
    loss: f32,
    gradient: Option<[Matrix; 2]>,
}

impl WithTape {
    /// The matrices of `problem`.
    pub fn new(problem: &Rc<Problem>) -> Self {
        let shape = problem.shape;
        let matrix = |rows, cols, data: &[f32]| Rc::new(Matrix::new(rows, cols, data.to_vec()));
        Self {
            tape: Tape::default(),
            x: matrix(shape.batch, shape.inputs, &problem.x),
            y: matrix(shape.batch, shape.outputs, &problem.y),
            w1: matrix(shape.inputs, shape.hidden, &problem.w1),
            w2: matrix(shape.hidden, shape.outputs, &problem.w2),
            loss: f32::NAN,
            gradient: None,
            problem: Rc::clone(problem),
        }
    }

    fn loss_and_gradient(&self) -> (f32, [Matrix; 2]) {
        let (x, y) = black_box((&self.x, &self.y));
        let x = self.tape.constant(Rc::clone(x));
        let y = self.tape.constant(Rc::clone(y));
        let w1 = self.tape.leaf(Rc::clone(&self.w1));
        let w2 = self.tape.leaf(Rc::clone(&self.w2));
        let residual = x.matmul(w1).relu().matmul(w2) - y;
        let loss = residual.square().sum();
        let mut gradients = loss.backward();
        let gradient = [w1, w2].map(|w| gradients.take(w).expect("the loss depends on it"));
        (loss.value().data[0], gradient)
    }
}

/// The data of a matrix that nobody else holds.
fn data(matrix: &mut Rc<Matrix>) -> &mut Vec<f32> {
    &mut Rc::get_mut(matrix).expect("the tape was cleared").data
}

impl Contender for WithTape {
    fn name(&self) -> &'static str {
        "tape"
    }

    fn reset(&mut self) {
        data(&mut self.w1).copy_from_slice(&self.problem.w1);
        data(&mut self.w2).copy_from_slice(&self.problem.w2);
    }

    fn step(&mut self) {
        let (loss, gradient) = self.loss_and_gradient();
        self.tape.clear();
        descend(data(&mut self.w1), &gradient[0].data);
        descend(data(&mut self.w2), &gradient[1].data);
        self.loss = loss;
        self.gradient = Some(gradient);
        black_box((&self.loss, &self.gradient, &self.w1, &self.w2));
    }

    fn result(&self) -> Vec<Part> {
        let [dw1, dw2] = self.gradient.as_ref().expect("a step was taken");
        let gradient = [&dw1.data[..], &dw2.data];
        self.problem.parts(self.loss, gradient, [&self.w1.data, &self.w2.data])
    }
}
