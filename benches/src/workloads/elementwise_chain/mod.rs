//! A chain of element-wise operations over a million numbers, `Σ tanh(x w + b) σ(x)`, with its
//! gradient for `w` and `b`, which are rows that are repeated.

pub mod generated;
pub mod handwritten;

use super::Workload;
use crate::data::Stream;
use crate::{Contender, Part};
use std::rc::Rc;

/// The dimensions of `x`.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// The number of rows.
    pub rows: usize,
    /// The length of a row, and of `w` and `b`.
    pub columns: usize,
}

/// A million numbers.
pub const MILLION: Shape = Shape { rows: 1000, columns: 1000 };

/// The inputs.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The dimensions of `x`.
    pub shape: Shape,
    /// `[rows, columns]`
    pub x: Vec<f32>,
    /// `[columns]`
    pub w: Vec<f32>,
    /// `[columns]`
    pub b: Vec<f32>,
}

impl Problem {
    /// Normally distributed inputs.
    pub fn new(shape: Shape) -> Self {
        let mut stream = Stream::new(2);
        Self {
            shape,
            x: stream.normal(shape.rows * shape.columns, 1.0),
            w: stream.normal(shape.columns, 1.0),
            b: stream.normal(shape.columns, 1.0),
        }
    }
}

fn parts(value: f32, dw: &[f32], db: &[f32]) -> Vec<Part> {
    vec![Part::scalar("value", value), Part::tensor("dw", dw), Part::tensor("db", db)]
}

/// The workload with all its versions.
pub fn workload(shape: Shape) -> Workload {
    let problem = Rc::new(Problem::new(shape));
    let contenders: Vec<Box<dyn Contender>> = vec![
        Box::new(handwritten::Handwritten::new(&problem)),
        Box::new(generated::Generated::<false>::new(&problem)),
        Box::new(generated::Generated::<true>::new(&problem)),
    ];
    Workload {
        name: "elementwise_chain",
        about: "sum(tanh(x * w + b) * sigmoid(x)) over a million numbers, f32",
        tolerance: 1e-5,
        contenders,
    }
}
