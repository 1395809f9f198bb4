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

/// Checks the tangents of a function of one list against central differences.
#[track_caller]
#[allow(dead_code, reason = "each test binary uses a part of it")]
pub(crate) fn check_forward(
    f: impl Fn(&[f64]) -> f64,
    jvp: impl Fn(&[f64], Vec<f64>) -> (f64, f64),
    at: &[f64],
) {
    let direction: Vec<f64> = (0..at.len()).map(|i| (i as f64 + 0.3).cos()).collect();
    let moved = |by: f64| {
        let x: Vec<f64> = at.iter().zip(&direction).map(|(x, d)| x + by * d).collect();
        f(&x)
    };
    let difference = (moved(1e-6) - moved(-1e-6)) / 2e-6;
    let (value, tangent) = jvp(at, direction.clone());
    assert_eq!(value, f(at), "the value at {at:?}");
    let error = (tangent - difference).abs();
    assert!(
        error <= 1e-5 * (1.0 + difference.abs()),
        "the tangent at {at:?}: {tangent}, not {difference}"
    );
}

/// Where functions of more numbers are checked.
#[allow(dead_code, reason = "each test binary uses a part of it")]
pub(crate) fn point(n: usize) -> Vec<f64> {
    (0..n).map(|i| (1.3 * i as f64 + 0.4).sin() + 0.2).collect()
}

/// Where functions of four numbers are checked.
pub(crate) const POINTS: [[f64; 4]; 2] = [[0.5, 1.5, -0.7, 2.0], [1.2, -0.3, 0.8, 0.4]];

/// Tests of functions of four numbers: gradients against central differences, tangents (to the given relative
/// error) and pullbacks against gradients.
#[allow(unused_macros, reason = "each test binary uses a part of it")]
macro_rules! tests {
    (tangents within $tolerance:literal; $($test:ident: $function:ident;)*) => {$(
        #[test]
        fn $test() {
            for at in $crate::support::differences::POINTS {
                $crate::support::differences::check($function, $function::value_and_grad, &at);
                let gradient = $function::grad(&at);
                let (value, pullback) = $function::vjp(&at);
                assert_eq!((value, pullback.clone()(1.0)), ($function(&at), gradient.clone()));
                assert_eq!(pullback(2.0), gradient.iter().map(|x| 2.0 * x).collect::<Vec<_>>());
                for i in 0..4 {
                    let direction = (0..4).map(|j| f64::from(i == j)).collect();
                    let (_, tangent) = $function::jvp(&at, direction);
                    let error = (tangent - gradient[i]).abs();
                    assert!(error <= $tolerance * gradient[i].abs().max(1.0), "component {i}");
                }
            }
        }
    )*};
}
#[allow(unused_imports, reason = "each test binary uses a part of it")]
pub(crate) use tests;
