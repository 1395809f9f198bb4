//! A training step of `PyTorch`'s classic two-layer network: `loss = Σ (relu(x w1) w2 - y)²`, its
//! gradient for `w1` and `w2`, and `w -= lr * dw`.

pub mod generated;
pub mod handwritten;
pub mod with_reverse;
pub mod with_tape;

use super::Workload;
use crate::data::Stream;
use crate::{Contender, Part};
use std::rc::Rc;

/// The dimensions of the network.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// The number of examples.
    pub batch: usize,
    /// The width of an example.
    pub inputs: usize,
    /// The width of the hidden layer.
    pub hidden: usize,
    /// The width of a prediction.
    pub outputs: usize,
}

/// The dimensions in `PyTorch`'s tutorial.
pub const CLASSIC: Shape = Shape { batch: 64, inputs: 1000, hidden: 100, outputs: 10 };

/// The learning rate in `PyTorch`'s tutorial.
pub const LEARNING_RATE: f32 = 1e-6;

/// The data and the initial weights.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The dimensions.
    pub shape: Shape,
    /// The examples, `[batch, inputs]`.
    pub x: Vec<f32>,
    /// What to predict, `[batch, outputs]`.
    pub y: Vec<f32>,
    /// The initial weights of the first layer, `[inputs, hidden]`.
    pub w1: Vec<f32>,
    /// The initial weights of the second layer, `[hidden, outputs]`.
    pub w2: Vec<f32>,
}

impl Problem {
    /// Normally distributed data and weights.
    pub fn new(shape: Shape) -> Self {
        let Shape { batch, inputs, hidden, outputs } = shape;
        let mut stream = Stream::new(1);
        Self {
            shape,
            x: stream.normal(batch * inputs, 1.0),
            y: stream.normal(batch * outputs, 1.0),
            w1: stream.normal(inputs * hidden, 1.0),
            w2: stream.normal(hidden * outputs, 1.0),
        }
    }

    /// The result of a step: `[loss, gradient of w1, of w2]` and the updated weights.
    fn parts<T: Copy + Into<f64>>(
        &self,
        loss: T,
        gradient: [&[T]; 2],
        w: [&[f32]; 2],
    ) -> Vec<Part> {
        vec![
            Part::scalar("loss", loss),
            Part::tensor("dw1", gradient[0]),
            Part::tensor("dw2", gradient[1]),
            Part::change("step of w1", &self.w1, w[0]),
            Part::change("step of w2", &self.w2, w[1]),
        ]
    }
}

/// One step of gradient descent on one buffer.
fn descend(w: &mut [f32], gradient: &[f32]) {
    for (w, g) in w.iter_mut().zip(gradient) {
        *w -= LEARNING_RATE * g;
    }
}

/// The workload with all its versions.
pub fn workload(shape: Shape) -> Workload {
    let problem = Rc::new(Problem::new(shape));
    let contenders: Vec<Box<dyn Contender>> = vec![
        Box::new(handwritten::Handwritten::<false>::new(&problem)),
        Box::new(handwritten::Handwritten::<true>::new(&problem)),
        Box::new(generated::Generated::<false>::new(&problem)),
        Box::new(generated::Generated::<true>::new(&problem)),
        Box::new(with_tape::WithTape::new(&problem)),
        Box::new(with_reverse::WithReverse::new(&problem)),
    ];
    Workload {
        name: "two_layer",
        about: "training step of a 1000-100-10 network, batch 64, f32",
        tolerance: 1e-4,
        contenders,
    }
}
