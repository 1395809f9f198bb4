//! What the integration tests share: sample points, cotangents that are not constant, and a check
//! that is stricter than the default one.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub(crate) mod differences;

use autograd_runtime::{Differentiable, Gradcheck, Real, Tensor};

/// Elements in `±[0.2, 1.2]`, no two alike: away from the kinks at zero and from ties.
pub(crate) fn signed<const R: usize>(shape: [usize; R], seed: u64) -> Tensor<R, f64> {
    Tensor::<R, f64>::rand(shape, seed)
        .map(|u| if u < 0.5 { -0.2 - 2.0 * u } else { 2.0 * u - 0.8 })
}

/// Elements in `[0.2, 1.2]`, no two alike.
pub(crate) fn positive<const R: usize>(shape: [usize; R], seed: u64) -> Tensor<R, f64> {
    Tensor::<R, f64>::rand(shape, seed) + 0.2
}

/// Different weights for the elements of a result, so that its cotangent is not constant.
pub(crate) fn weights<const R: usize, T: Real>(shape: [usize; R]) -> Tensor<R, T> {
    let mut i = 0;
    Tensor::from_fn(shape, |_| {
        i += 1;
        T::from_f64(f64::from(i * 7 % 11) * 0.3 - 0.7)
    })
}

/// Compares with central differences, to more digits than the default tolerances ask for.
#[track_caller]
pub(crate) fn check<X: Differentiable + Clone>(
    f: impl Fn(&X) -> f64,
    x: &X,
    gradient: &X::Tangent,
) {
    let gradcheck = Gradcheck::new().step(1e-5).atol(1e-8).rtol(1e-7);
    if let Err(error) = gradcheck.check(|x: &X| f(x), x, gradient) {
        panic!("{error}");
    }
}

/// Whether two numbers agree to about the precision of `T`.
#[track_caller]
pub(crate) fn assert_close<T: Real>(actual: T, expected: f64, tolerance: f64, what: &str) {
    let difference = (actual.to_f64() - expected).abs();
    assert!(
        difference <= tolerance * expected.abs().max(1.0),
        "{what}: {actual}, expected {expected}"
    );
}
