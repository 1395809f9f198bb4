//! Central differences of functions of one list.

/// Checks the gradient of a function of one list against central differences.
#[track_caller]
pub(crate) fn check(
    f: impl Fn(&[f64]) -> f64,
    value_and_grad: impl Fn(&[f64]) -> (f64, Vec<f64>),
    at: &[f64],
) {
    let (value, gradient) = value_and_grad(at);
    assert_eq!(value, f(at), "the value at {at:?}");
    assert_eq!(gradient.len(), at.len());
    for i in 0..at.len() {
        let moved = |by: f64| {
            let mut x = at.to_vec();
            x[i] += by;
            f(&x)
        };
        let difference = (moved(1e-6) - moved(-1e-6)) / 2e-6;
        let error = (gradient[i] - difference).abs();
        assert!(
            error <= 1e-5 * (1.0 + difference.abs()),
            "element {i} at {at:?}: {}, not {difference}",
            gradient[i]
        );
    }
}
