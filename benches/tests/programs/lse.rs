use super::{assert_close, differences};
use benches::programs::lse::{gradient_by_hand, input, log_sum_exp, log_sum_exp_detached};

#[test]
fn as_by_hand() {
    for n in [1, 2, 7, 1000] {
        let x = input(n);
        let mut by_hand = vec![f64::NAN; n];
        let expected = gradient_by_hand(&x, &mut by_hand);
        let (value, gradient) = log_sum_exp::value_and_grad(&x);
        assert_close(&[value], &[expected], 1e-14);
        assert_close(&gradient, &by_hand, 1e-10);
        let (value, gradient) = log_sum_exp_detached::value_and_grad(&x);
        assert_close(&[value], &[expected], 1e-14);
        assert_close(&gradient, &by_hand, 1e-10);
    }
}

#[test]
fn as_central_differences() {
    let x = input(12);
    let gradient = log_sum_exp::grad(&x);
    differences().check(|x: &Vec<f64>| log_sum_exp(x), &x, &gradient).unwrap();
}

/// The gradient is the softmax of (1, 2, 3, 4): with e = exp(-1), the last of them is
/// 1 / (1 + e + e² + e³), and each one e times its successor. By Python's mpmath, 30 digits.
#[test]
fn a_softmax() {
    let softmax = [
        0.032_058_603_280_084_99,
        0.087_144_318_742_032_57,
        0.236_882_818_089_910_13,
        0.643_914_259_887_972_4,
    ];
    for offset in [0.0, 1e4, -1e4] {
        let x = [1.0, 2.0, 3.0, 4.0].map(|x: f64| x + offset);
        let (value, gradient) = log_sum_exp::value_and_grad(&x);
        assert_close(&[value - offset], &[4.440_189_698_561_196], 1e-11);
        assert_close(&gradient, &softmax, 1e-14);
    }
}

/// The central value of equal numbers, where the maximum is a tie.
#[test]
fn equal_numbers() {
    let (value, gradient) = log_sum_exp::value_and_grad(&[0.25; 5]);
    assert_close(&[value], &[0.25 + 5.0_f64.ln()], 1e-15);
    assert_close(&gradient, &[0.2; 5], 1e-15);
}

#[test]
fn sums_to_one() {
    let sum: f64 = log_sum_exp::grad(&input(1000)).iter().sum();
    assert_close(&[sum], &[1.0], 1e-12);
}
