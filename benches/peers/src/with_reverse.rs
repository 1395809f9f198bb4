//! The scalar function with `reverse`, a tape of scalars. Its other workloads would record every
//! multiplication of a matrix product.

use crate::peer::Program;
use crate::problem;
use benches::Part;
use reverse::{Gradient, Tape};
use std::hint::black_box;

/// A tape that keeps its memory.
pub struct Scalar3 {
    tape: Tape,
}

impl Scalar3 {
    pub fn new() -> Self {
        Self { tape: Tape::new() }
    }

    fn value_and_gradient(&self) -> (f64, [f64; 3]) {
        let [x, y, z] = problem::SCALARS.map(|number| self.tape.add_var(black_box(number)));
        let value = (x * y).sin() * (z / x).exp() + (y + z * z).ln() / (x * x + 1.0);
        let adjoints = value.grad();
        (value.val(), [x, y, z].map(|variable| adjoints.wrt(&variable)))
    }
}

impl Program for Scalar3 {
    fn step(&mut self) -> f64 {
        self.tape.clear();
        let (value, gradient) = self.value_and_gradient();
        black_box(gradient);
        value
    }

    fn gradient(&self) -> Vec<Part> {
        let (_, [x, y, z]) = Self::new().value_and_gradient();
        vec![Part::scalar("x", x), Part::scalar("y", y), Part::scalar("z", z)]
    }
}
