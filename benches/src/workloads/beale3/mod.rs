//! Beale's function of each pair of three variables: a polynomial of 53 operations, and no division
//! or transcendental function that hides what a tape costs.

pub mod generated;

use super::Workload;
use crate::contender::ScalarGradient;
use crate::tape::{Tape, Var};

/// Where the gradient is taken.
pub const INPUTS: [(&str, f64); 3] = [("x", 1.3), ("y", 0.7), ("z", -0.4)];

/// The workload with all its versions.
pub fn workload() -> Workload {
    let mut tape = Tape::default();
    let crates_tape = reverse::Tape::new();
    Workload {
        name: "beale3",
        about: "polynomial of 3 variables, 53 operations, f64",
        tolerance: 1e-10,
        contenders: vec![
            Box::new(ScalarGradient::new("hand-written", INPUTS, handwritten)),
            Box::new(ScalarGradient::new("generated", INPUTS, generated::gradient)),
            Box::new(ScalarGradient::new("tape", INPUTS, move |at| with_tape(&mut tape, at))),
            Box::new(ScalarGradient::new("reverse", INPUTS, move |at| {
                with_reverse(&crates_tape, at)
            })),
        ],
    }
}

/// The gradient by hand.
pub fn handwritten([x, y, z]: [f64; 3]) -> (f64, [f64; 3]) {
    let (p, [px, py]) = pair(x, y);
    let (q, [qy, qz]) = pair(y, z);
    let (r, [rz, rx]) = pair(z, x);
    (p + q + r, [px + rx, py + qy, qz + rz])
}

/// Beale's function and its two derivatives, the powers of `y` shared.
#[inline]
fn pair(x: f64, y: f64) -> (f64, [f64; 2]) {
    let (y2, y3) = (y * y, y * y * y);
    let (a, b, c) = (1.5 - x + x * y, 2.25 - x + x * y2, 2.625 - x + x * y3);
    let dx = a * (y - 1.0) + b * (y2 - 1.0) + c * (y3 - 1.0);
    let dy = x * (a + 2.0 * b * y + 3.0 * c * y2);
    (a * a + b * b + c * c, [2.0 * dx, 2.0 * dy])
}

/// The gradient by the tape of this package.
pub fn with_tape(tape: &mut Tape, at: [f64; 3]) -> (f64, [f64; 3]) {
    fn beale<'t>(x: Var<'t>, y: Var<'t>) -> Var<'t> {
        let a = -x + 1.5 + x * y;
        let b = -x + 2.25 + x * y * y;
        let c = -x + 2.625 + x * y * y * y;
        a * a + b * b + c * c
    }
    tape.clear();
    let [x, y, z] = at.map(|input| tape.leaf(input));
    let value = beale(x, y) + beale(y, z) + beale(z, x);
    (value.value(), value.gradient([x, y, z]))
}

/// The gradient by the tape of the crate `reverse`.
pub fn with_reverse(tape: &reverse::Tape, at: [f64; 3]) -> (f64, [f64; 3]) {
    use reverse::{Gradient, Var};
    fn beale<'t>(x: Var<'t>, y: Var<'t>) -> Var<'t> {
        let a = 1.5 - x + x * y;
        let b = 2.25 - x + x * y * y;
        let c = 2.625 - x + x * y * y * y;
        a * a + b * b + c * c
    }
    tape.clear();
    let [x, y, z] = at.map(|input| tape.add_var(input));
    let value = beale(x, y) + beale(y, z) + beale(z, x);
    let adjoints = value.grad();
    (value.val(), [x, y, z].map(|input| adjoints.wrt(&input)))
}
