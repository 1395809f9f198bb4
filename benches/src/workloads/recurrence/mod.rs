//! A thousand steps of the recurrence `s ← sin(a s + b)`: a loop that carries nonlinear state.

pub mod generated;

use super::Workload;
use crate::contender::ScalarGradient;
use crate::tape::Tape;

/// Where the gradient is taken. Each step multiplies a derivative by a number slightly below 1, so
/// that after [`STEPS`] the first steps still count, and nothing overflows or underflows.
pub const INPUTS: [(&str, f64); 2] = [("a", 0.999), ("b", 2e-3)];

/// The length of the loop.
pub const STEPS: usize = 1000;

/// The state at the beginning.
pub const START: f64 = 0.5;

/// The workload with all its versions.
pub fn workload() -> Workload {
    let mut by_hand = Handwritten::default();
    let mut tape = Tape::default();
    let crates_tape = reverse::Tape::new();
    Workload {
        name: "recurrence",
        about: "1,000 steps of s = sin(a s + b), f64",
        tolerance: 1e-10,
        contenders: vec![
            Box::new(ScalarGradient::new("hand-written", INPUTS, move |at| by_hand.gradient(at))),
            Box::new(ScalarGradient::new("hand-written, forward mode", INPUTS, forward)),
            Box::new(ScalarGradient::new("generated", INPUTS, generated::gradient)),
            Box::new(ScalarGradient::new("tape", INPUTS, move |at| with_tape(&mut tape, at))),
            Box::new(ScalarGradient::new("reverse", INPUTS, move |at| {
                with_reverse(&crates_tape, at)
            })),
        ],
    }
}

/// Reverse mode by hand, with a buffer that is allocated once.
#[derive(Default)]
pub struct Handwritten {
    /// The state before each step and the derivative of its sine.
    kept: Vec<(f64, f64)>,
}

impl Handwritten {
    /// The value and its gradient.
    pub fn gradient(&mut self, [a, b]: [f64; 2]) -> (f64, [f64; 2]) {
        self.kept.clear();
        self.kept.reserve(STEPS);
        let mut state = START;
        self.kept.extend((0..STEPS).map(|_| {
            let before = state;
            let (sin, cos) = (a * before + b).sin_cos();
            state = sin;
            (before, cos)
        }));
        let (mut da, mut db, mut ds) = (0.0, 0.0, 1.0);
        for &(before, cos) in self.kept.iter().rev() {
            let du = ds * cos;
            da += du * before;
            db += du;
            // `du * a` would make each step wait for two multiplications of the step after it.
            ds *= a * cos;
        }
        (state, [da, db])
    }
}

/// Forward mode by hand: with only two parameters, carrying two tangents along needs no memory.
/// (With many parameters it would be far slower than reverse mode.)
pub fn forward([a, b]: [f64; 2]) -> (f64, [f64; 2]) {
    let (mut state, mut da, mut db) = (START, 0.0, 0.0);
    for _ in 0..STEPS {
        let (sin, cos) = (a * state + b).sin_cos();
        da = cos * (state + a * da);
        db = cos * (1.0 + a * db);
        state = sin;
    }
    (state, [da, db])
}

/// The gradient by the tape of this package.
pub fn with_tape(tape: &mut Tape, at: [f64; 2]) -> (f64, [f64; 2]) {
    tape.clear();
    let [a, b] = at.map(|input| tape.leaf(input));
    let mut state = (a * START + b).sin();
    for _ in 1..STEPS {
        state = (a * state + b).sin();
    }
    (state.value(), state.gradient([a, b]))
}

/// The gradient by the tape of the crate `reverse`.
pub fn with_reverse(tape: &reverse::Tape, at: [f64; 2]) -> (f64, [f64; 2]) {
    use reverse::Gradient;
    tape.clear();
    let [a, b] = at.map(|input| tape.add_var(input));
    let mut state = (a * START + b).sin();
    for _ in 1..STEPS {
        state = (a * state + b).sin();
    }
    let adjoints = state.grad();
    (state.val(), [a, b].map(|input| adjoints.wrt(&input)))
}
