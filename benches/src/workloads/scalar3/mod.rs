//! A scalar function of three variables, a dozen operations:
//! `sin(x y) exp(z / x) + ln(y + z²) / (1 + x²)`.

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
        name: "scalar3",
        about: "scalar function of 3 variables, 12 operations, f64",
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

/// The gradient by hand: one of each transcendental function, three divisions.
pub fn handwritten([x, y, z]: [f64; 3]) -> (f64, [f64; 3]) {
    let (sin, cos) = (x * y).sin_cos();
    let recip_x = 1.0 / x;
    let quotient = z * recip_x;
    let exp = quotient.exp();
    let inner = y + z * z;
    let recip = 1.0 / (1.0 + x * x);
    let fraction = inner.ln() * recip;

    let product = sin * exp;
    let d_xy = cos * exp;
    let d_inner = recip / inner;
    // d(z/x) is (1/x) dz - (z/x)(1/x) dx.
    let d_z = product * recip_x;
    let dx = d_xy * y - d_z * quotient - 2.0 * x * fraction * recip;
    let dy = d_xy * x + d_inner;
    let dz = d_z + 2.0 * z * d_inner;
    (product + fraction, [dx, dy, dz])
}

/// The gradient by the tape of this package.
pub fn with_tape(tape: &mut Tape, at: [f64; 3]) -> (f64, [f64; 3]) {
    tape.clear();
    let [x, y, z] = at.map(|input| tape.leaf(input));
    let value = (x * y).sin() * (z / x).exp() + (y + z * z).ln() / (x * x + 1.0);
    (value.value(), value.gradient([x, y, z]))
}

/// The gradient by the tape of the crate `reverse`.
pub fn with_reverse(tape: &reverse::Tape, at: [f64; 3]) -> (f64, [f64; 3]) {
    use reverse::Gradient;
    tape.clear();
    let [x, y, z] = at.map(|input| tape.add_var(input));
    let value = (x * y).sin() * (z / x).exp() + (y + z * z).ln() / (x * x + 1.0);
    let adjoints = value.grad();
    (value.val(), [x, y, z].map(|input| adjoints.wrt(&input)))
}
