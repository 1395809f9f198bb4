use super::{assert_close, differences};
use benches::programs::llsq::{gradient_by_hand, input, objective, objective_by_horner};

/// Both ways of writing the objective, against the same numbers.
#[track_caller]
fn assert_gradient(x: &[f64], n: usize, value: f64, gradient: &[f64], tolerance: f64) {
    for (got_value, got) in
        [objective::value_and_grad(x, n), objective_by_horner::value_and_grad(x, n)]
    {
        assert_close(&[got_value], &[value], tolerance);
        assert_close(&got, gradient, tolerance);
    }
}

#[test]
fn as_by_hand() {
    for (m, n) in [(1, 2), (3, 16), (20, 101), (128, 50)] {
        let x = input(m);
        let mut by_hand = vec![f64::NAN; m];
        let value = gradient_by_hand(&x, n, &mut by_hand);
        assert_gradient(&x, n, value, &by_hand, 1e-10);
    }
}

#[test]
fn as_central_differences() {
    let (x, n) = (input(8), 33);
    let check = differences();
    check.check(|x: &Vec<f64>| objective(x, n), &x, &objective::grad(&x, n)).unwrap();
    let gradient = objective_by_horner::grad(&x, n);
    check.check(|x: &Vec<f64>| objective_by_horner(x, n), &x, &gradient).unwrap();
}

/// In rational numbers, by Python's `fractions`: 135/16 and (15/2, -3/2, 11/2, -3/4).
#[test]
fn a_cubic() {
    let x = [0.5, -0.25, 2.0, 1.0];
    assert_gradient(&x, 5, 8.4375, &[7.5, -1.5, 5.5, -0.75], 1e-14);
}

/// The normal equations for `a t + b t³` at 9 points have the solution `a = 250/99`, `b = -160/99`
/// (solved in rational numbers by Python's `fractions`). There the objective is 7/33, and the gradient
/// is 0; even powers do not help to fit an odd function.
#[test]
fn a_best_fit() {
    let x = [0.0, 250.0 / 99.0, 0.0, -160.0 / 99.0];
    for (value, gradient) in
        [objective::value_and_grad(&x, 9), objective_by_horner::value_and_grad(&x, 9)]
    {
        assert_close(&[value], &[7.0 / 33.0], 1e-14);
        assert!(gradient.iter().all(|g| g.abs() < 1e-14), "{gradient:?}");
    }
}
