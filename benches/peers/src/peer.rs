//! One library's program for one workload, as something that can be checked and timed.

use benches::{Contender, Part};
use std::hint::black_box;

/// A program with its data, its parameters and, if it trains, its optimizer.
pub trait Program {
    /// Computes the loss and its gradient, and takes a step if the workload trains. Gives the loss.
    fn step(&mut self) -> f64;

    /// The gradient for the parameters as they are, by name.
    fn gradient(&self) -> Vec<Part>;
}

/// A named program that can start again.
pub struct Peer<P> {
    name: &'static str,
    make: Box<dyn Fn() -> P>,
    program: P,
    loss: f64,
}

/// How many losses in a row are compared.
pub const STEPS: usize = 6;

impl<P: Program + 'static> Peer<P> {
    /// The program that `make` makes, of the library `name`.
    pub fn boxed(name: &'static str, make: impl Fn() -> P + 'static) -> Box<dyn Contender> {
        let program = make();
        Box::new(Self { name, make: Box::new(make), program, loss: f64::NAN })
    }
}

impl<P: Program> Contender for Peer<P> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn reset(&mut self) {
        self.program = (self.make)();
    }

    fn step(&mut self) {
        self.loss = black_box(black_box(&mut self.program).step());
    }

    /// The first losses and the gradient at the start: what was stepped before plays no part.
    fn result(&self) -> Vec<Part> {
        let mut program = (self.make)();
        let gradient = program.gradient();
        let losses: Vec<f64> = (0..STEPS).map(|_| program.step()).collect();
        std::iter::once(Part::tensor("losses", &losses)).chain(gradient).collect()
    }
}
