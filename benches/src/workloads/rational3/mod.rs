//! A rational function of three variables, eleven operations of arithmetic:
//! `(x y + z) (x - y z) / (1 + x² + y² z²)`. No transcendental function hides what a tape costs.

pub mod generated;

use super::Workload;
use crate::contender::ScalarGradient;
use crate::tape::Tape;

/// Where the gradient is taken.
pub const INPUTS: [(&str, f64); 3] = [("x", 1.3), ("y", 0.7), ("z", -0.4)];

/// The workload with all its versions.
pub fn workload() -> Workload {
    let mut tape = Tape::default();
    let crates_tape = reverse::Tape::new();
    Workload {
        name: "rational3",
        about: "rational function of 3 variables, 11 operations, f64",
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

/// The gradient by hand: one division.
pub fn handwritten([x, y, z]: [f64; 3]) -> (f64, [f64; 3]) {
    let yz = y * z;
    let (a, b) = (x * y + z, x - yz);
    let recip = 1.0 / (1.0 + x * x + yz * yz);
    let value = a * b * recip;
    let (da, db) = (b * recip, a * recip);
    // The cotangent of the denominator, twice.
    let dq = -2.0 * value * recip;
    let d_yz = dq * yz - db;
    (value, [da * y + db + dq * x, da * x + d_yz * z, da + d_yz * y])
}

/// The gradient by the tape of this package.
pub fn with_tape(tape: &mut Tape, at: [f64; 3]) -> (f64, [f64; 3]) {
    tape.clear();
    let [x, y, z] = at.map(|input| tape.leaf(input));
    let yz = y * z;
    let value = (x * y + z) * (x - yz) / (x * x + yz * yz + 1.0);
    (value.value(), value.gradient([x, y, z]))
}

/// The gradient by the tape of the crate `reverse`.
pub fn with_reverse(tape: &reverse::Tape, at: [f64; 3]) -> (f64, [f64; 3]) {
    use reverse::Gradient;
    tape.clear();
    let [x, y, z] = at.map(|input| tape.add_var(input));
    let yz = y * z;
    let value = (x * y + z) * (x - yz) / (x * x + yz * yz + 1.0);
    let adjoints = value.grad();
    (value.val(), [x, y, z].map(|input| adjoints.wrt(&input)))
}
