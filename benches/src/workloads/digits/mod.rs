//! The gradient of a network that reads digits: three linear layers with biases, relu between them,
//! and the mean cross-entropy of the batch.

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
    /// The widths: of an example, of the two hidden layers, and the number of classes.
    pub widths: [usize; 4],
}

/// Pictures of 8 by 8 pixels, ten digits.
pub const DIGITS: Shape = Shape { batch: 64, widths: [64, 128, 64, 10] };

/// A linear layer: `x w + b`.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The width of its input.
    pub inputs: usize,
    /// The width of its output.
    pub outputs: usize,
    /// The weights, `[inputs, outputs]`.
    pub w: Vec<f32>,
    /// The bias, `[outputs]`.
    pub b: Vec<f32>,
}

/// The data and the parameters.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The dimensions.
    pub shape: Shape,
    /// The examples, `[batch, widths[0]]`.
    pub x: Vec<f32>,
    /// The class of each example.
    pub classes: Vec<usize>,
    /// The parameters.
    pub layers: [Layer; 3],
}

impl Problem {
    /// Normally distributed examples and parameters, and classes at random.
    pub fn new(shape: Shape) -> Self {
        let Shape { batch, widths } = shape;
        let mut stream = Stream::new(2);
        let x = stream.normal(batch * widths[0], 1.0);
        let classes = stream.classes(batch, widths[3]);
        let layers = [0, 1, 2].map(|i| {
            let (inputs, outputs) = (widths[i], widths[i + 1]);
            Layer {
                inputs,
                outputs,
                w: stream.normal(inputs * outputs, (2.0 / inputs as f64).sqrt()),
                b: stream.normal(outputs, 0.1),
            }
        });
        Self { shape, x, classes, layers }
    }
}

/// The result of a step, with the gradients of `w` and `b` of each layer.
fn parts<T: Copy + Into<f64>>(loss: T, gradient: [[&[T]; 2]; 3]) -> Vec<Part> {
    let names = [["dw1", "db1"], ["dw2", "db2"], ["dw3", "db3"]];
    let tensors = names.as_flattened().iter().zip(gradient.as_flattened());
    let tensors = tensors.map(|(name, numbers)| Part::tensor(name, numbers));
    std::iter::once(Part::scalar("loss", loss)).chain(tensors).collect()
}

/// The workload with all its versions.
pub fn workload(shape: Shape) -> Workload {
    let problem = Rc::new(Problem::new(shape));
    let contenders: Vec<Box<dyn Contender>> = vec![
        Box::new(handwritten::Handwritten::new(&problem)),
        Box::new(generated::Generated::<false>::new(&problem)),
        Box::new(generated::Generated::<true>::new(&problem)),
        Box::new(with_tape::WithTape::new(&problem)),
        Box::new(with_reverse::WithReverse::new(&problem)),
    ];
    Workload {
        name: "digits",
        about: "gradient of a 64-128-64-10 classifier, batch 64, f32",
        tolerance: 1e-4,
        contenders,
    }
}
