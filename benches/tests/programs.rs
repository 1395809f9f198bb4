//! The gradients of the programs: generated against written by hand, central differences, and
//! values that were computed elsewhere.

#![allow(clippy::unreadable_literal, reason = "the digits are those that a script printed")]

use autograd_runtime::Gradcheck;

#[path = "programs/ba.rs"]
mod ba;
#[path = "programs/det.rs"]
mod det;
#[path = "programs/gmm.rs"]
mod gmm;
#[path = "programs/hand.rs"]
mod hand;
#[path = "programs/kmeans.rs"]
mod kmeans;
#[path = "programs/llsq.rs"]
mod llsq;
#[path = "programs/lse.rs"]
mod lse;
#[path = "programs/lstm.rs"]
mod lstm;
#[path = "programs/nested.rs"]
mod nested;
#[path = "programs/ode.rs"]
mod ode;
#[path = "programs/particle.rs"]
mod particle;
#[path = "programs/saddle.rs"]
mod saddle;

/// Central differences with an error of about 1e-10 where third derivatives are about 1.
fn differences() -> Gradcheck {
    Gradcheck::new().step(1e-5).atol(1e-8).rtol(1e-7)
}

/// `scale * sin(start + i)` for `i` from 0: the inputs of the scripts in `reference/`.
fn waves(n: usize, start: f64, scale: f64) -> Vec<f64> {
    (0..n).map(|i| scale * (start + i as f64).sin()).collect()
}

/// Compares with a tolerance relative to the largest number of `expected`.
#[track_caller]
fn assert_close(got: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(got.len(), expected.len());
    let scale = expected.iter().fold(0.0_f64, |scale, number| scale.max(number.abs()));
    assert!(scale > 0.0 && scale.is_finite(), "a scale of {scale}");
    for (i, (got, expected)) in got.iter().zip(expected).enumerate() {
        // Written so that NaN fails.
        let close = (got - expected).abs() <= tolerance * scale;
        assert!(close, "{i}: {got:e}, expected {expected:e} (scale {scale:e})");
    }
}
