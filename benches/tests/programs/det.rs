use super::{assert_close, differences};
use benches::programs::det::{
    Factors, KEPT, by_elimination, by_minors, by_minors_again, elimination_by_hand,
    gradient_by_hand, input,
};

/// Both ways of computing a determinant, against the same numbers.
#[track_caller]
fn assert_determinant(a: &[f64], n: usize, value: f64, cofactors: &[f64], tolerance: f64) {
    for (got, gradient) in [by_minors::value_and_grad(a, n), by_elimination::value_and_grad(a, n)] {
        assert_close(&[got], &[value], tolerance);
        assert_close(&gradient, cofactors, tolerance);
    }
}

#[test]
fn as_by_hand() {
    for n in 1..=7 {
        let a = input(n);
        let mut by_hand = vec![f64::NAN; n * n];
        let value = gradient_by_hand(&a, n, &mut by_hand);
        assert_determinant(&a, n, value, &by_hand, 1e-10);
    }
    let mut factors = Factors::default();
    for n in [1, 2, 7, 30] {
        let a = input(n);
        let mut by_hand = vec![f64::NAN; n * n];
        let value = elimination_by_hand(&a, n, &mut factors, &mut by_hand);
        let (got, gradient) = by_elimination::value_and_grad(&a, n);
        assert_close(&[got], &[value], 1e-10);
        assert_close(&gradient, &by_hand, 1e-10);
    }
}

/// With fewer, as many and more rows than are computed again at once.
#[test]
fn computed_again() {
    for n in [1, 3, KEPT, KEPT + 1, KEPT + 2] {
        let a = input(n);
        let mut by_hand = vec![f64::NAN; n * n];
        let value = gradient_by_hand(&a, n, &mut by_hand);
        let (got, gradient) = by_minors_again::value_and_grad(&a, n);
        assert_close(&[got], &[value], 1e-10);
        assert_close(&gradient, &by_hand, 1e-10);
    }
}

#[test]
fn as_central_differences() {
    let n = 5;
    let a = input(n);
    let check = differences();
    check.check(|a: &Vec<f64>| by_minors(a, n), &a, &by_minors::grad(&a, n)).unwrap();
    check.check(|a: &Vec<f64>| by_elimination(a, n), &a, &by_elimination::grad(&a, n)).unwrap();
}

/// The cofactors of a matrix of integers, by pencil.
#[test]
fn cofactors() {
    let a = [2.0, -3.0, 1.0, 2.0, 0.0, -1.0, 1.0, 4.0, 5.0];
    let cofactors = [4.0, -11.0, 8.0, 19.0, 9.0, -11.0, 3.0, 4.0, 6.0];
    assert_determinant(&a, 3, 49.0, &cofactors, 1e-14);
    // A pivot that is 0, so that rows are swapped.
    assert_determinant(&[0.0, 2.0, 3.0, 4.0], 2, -6.0, &[4.0, -3.0, -2.0, 0.0], 1e-15);
}

/// Expansion by minors never divides: it is right where there is no inverse.
#[test]
fn without_an_inverse() {
    let a = [1.0, 2.0, 2.0, 4.0];
    assert_eq!(by_minors::value_and_grad(&a, 2), (0.0, vec![4.0, -2.0, -2.0, 1.0]));
}

/// The Hilbert matrix of 5 rows, `1 / (i + j + 1)`. Its determinant is 1 / 266716800000 (sequence
/// A005249 of the OEIS), its inverse is of integers (by Python's mpmath), and the gradient is
/// the determinant times the inverse, which is symmetric.
#[test]
fn hilbert() {
    let n = 5;
    let a: Vec<f64> = (0..n * n).map(|k| 1.0 / (k / n + k % n + 1) as f64).collect();
    let determinant = 1.0 / 266_716_800_000.0;
    let inverse = [
        [25.0, -300.0, 1050.0, -1400.0, 630.0],
        [-300.0, 4800.0, -18900.0, 26880.0, -12600.0],
        [1050.0, -18900.0, 79380.0, -117_600.0, 56700.0],
        [-1400.0, 26880.0, -117_600.0, 179_200.0, -88200.0],
        [630.0, -12600.0, 56700.0, -88200.0, 44100.0],
    ];
    let cofactors: Vec<f64> = inverse.as_flattened().iter().map(|x| determinant * x).collect();
    // The matrix is so close to one without an inverse that about 6 of 16 digits are lost.
    assert_determinant(&a, n, determinant, &cofactors, 1e-9);
}

/// By Jacobi's formula, `Σⱼ aᵢⱼ ∂ det A / ∂ aₖⱼ` is the determinant for `i = k` and 0 otherwise.
#[test]
fn jacobi() {
    let n = 6;
    let a = input(n);
    let (value, gradient) = by_minors::value_and_grad(&a, n);
    for (i, row) in a.chunks(n).enumerate() {
        for (k, cofactors) in gradient.chunks(n).enumerate() {
            let sum: f64 = row.iter().zip(cofactors).map(|(a, c)| a * c).sum();
            let expected = if i == k { value } else { 0.0 };
            assert!((sum - expected).abs() < 1e-14, "{i}, {k}: {sum:e}, expected {expected:e}");
        }
    }
}
