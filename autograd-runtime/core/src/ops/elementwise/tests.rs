use crate::Tensor;
use crate::adjoint::difference::sample;

fn t<const N: usize>(data: [f64; N]) -> Tensor<1, f64> {
    Tensor { shape: [N], data: data.to_vec() }
}

#[track_caller]
fn close<const N: usize>(actual: &Tensor<1, f64>, expected: [f64; N]) {
    assert_eq!(actual.shape, [N]);
    for (a, e) in actual.data.iter().zip(expected) {
        assert!((a - e).abs() <= 1e-14 * e.abs(), "{a}, expected {e}");
    }
}

/// Checks a method against a formula that is not the one it is computed by.
#[track_caller]
fn check(
    f: impl Fn(&Tensor<2, f64>) -> Tensor<2, f64>,
    formula: impl Fn(f64) -> f64,
    domain: (f64, f64),
) {
    for shape in [[2, 3], [1, 1], [0, 2], [7, 9]] {
        let mut x = sample(shape, 3);
        // The samples lie between -2 and 2.
        x.data.iter_mut().for_each(|x| *x = domain.0 + (*x + 2.0) / 4.0 * (domain.1 - domain.0));
        let y = f(&x);
        assert_eq!(y.shape, shape);
        for (&x, &y) in x.data.iter().zip(&y.data) {
            let expected = formula(x);
            assert!(
                (y - expected).abs() <= 1e-12 * (1.0 + y.abs()),
                "{y} at {x}, expected {expected}"
            );
        }
    }
}

#[test]
fn exponentials_and_logarithms() {
    let (all, positive) = ((-2.0, 2.0), (0.1, 3.0));
    check(Tensor::exp, |x| x.sinh() + x.cosh(), all);
    check(Tensor::exp2, |x| (x * std::f64::consts::LN_2).exp(), all);
    check(Tensor::exp_m1, |x| x.exp() - 1.0, all);
    check(Tensor::ln, |x| 2.0 * x.sqrt().ln(), positive);
    check(Tensor::ln_1p, |x| (1.0 + x).ln(), positive);
    check(Tensor::log2, |x| x.ln() / std::f64::consts::LN_2, positive);
    check(Tensor::log10, |x| x.ln() / std::f64::consts::LN_10, positive);
}

#[test]
fn trigonometry() {
    let (all, unit) = ((-1.5, 1.5), (-0.95, 0.95));
    check(Tensor::sin, |x| 2.0 * (x / 2.0).sin() * (x / 2.0).cos(), all);
    check(Tensor::cos, |x| 1.0 - 2.0 * (x / 2.0).sin().powi(2), all);
    check(Tensor::tan, |x| x.sin() / x.cos(), all);
    check(Tensor::asin, |x| x.atan2((1.0 - x * x).sqrt()), unit);
    check(Tensor::acos, |x| (1.0 - x * x).sqrt().atan2(x), unit);
    check(Tensor::atan, |x| x.atan2(1.0), all);
    check(Tensor::sinh, |x| (x.exp() - (-x).exp()) / 2.0, all);
    check(Tensor::cosh, |x| f64::midpoint(x.exp(), (-x).exp()), all);
    check(Tensor::tanh, |x| 1.0 - 2.0 / (1.0 + (2.0 * x).exp()), all);
    check(Tensor::asinh, |x| (x + (x * x + 1.0).sqrt()).ln(), all);
    check(Tensor::acosh, |x| (x + (x * x - 1.0).sqrt()).ln(), (1.1, 3.0));
    check(Tensor::atanh, |x| ((1.0 + x) / (1.0 - x)).ln() / 2.0, unit);
}

#[test]
fn powers_and_parts() {
    let (all, positive) = ((-2.0, 2.0), (0.1, 3.0));
    check(Tensor::sqrt, |x| (x.ln() / 2.0).exp(), positive);
    check(Tensor::cbrt, |x| x.signum() * (x.abs().ln() / 3.0).exp(), all);
    check(Tensor::square, |x| x.abs().powf(2.0), all);
    check(Tensor::recip, |x| 1.0 / x, positive);
    check(|x| x.powi(3), |x| x * x * x, all);
    check(|x| x.powi(-2), |x| 1.0 / (x * x), positive);
    check(|x| x.powf(2.5), |x| x * x * x.sqrt(), positive);
    check(Tensor::abs, |x| if x < 0.0 { -x } else { x }, all);
    check(Tensor::signum, |x| if x < 0.0 { -1.0 } else { 1.0 }, all);
    check(Tensor::floor, |x| x - x.rem_euclid(1.0), all);
    check(Tensor::ceil, |x| x + (-x).rem_euclid(1.0), all);
    check(Tensor::trunc, |x| x - x % 1.0, all);
    check(Tensor::fract, |x| x % 1.0, all);
    check(|x| x.clamp(-0.5, 1.0), |x| f64::midpoint((x + 0.5).abs() - (x - 1.0).abs(), 0.5), all);
    assert_eq!(t([0.5, -0.5, 1.4]).round(), t([1.0, -1.0, 1.0]));
}

#[test]
fn activations() {
    let all = (-4.0, 4.0);
    check(Tensor::relu, |x| f64::midpoint(x, x.abs()), all);
    check(|x| x.leaky_relu(0.1), |x| if x < 0.0 { 0.1 * x } else { x }, all);
    check(Tensor::sigmoid, |x| f64::midpoint(1.0, (x / 2.0).tanh()), all);
    check(Tensor::silu, |x| x * x.exp() / (1.0 + x.exp()), all);
    check(Tensor::softplus, |x| (1.0 + x.exp()).ln(), all);
    // x Φ(x) with the published values Φ(1) = 0.8413…, Φ(2) = 0.9772…
    let (one, two) = (0.841_344_746_068_542_9, 0.977_249_868_051_820_8);
    close(&t([1.0, 2.0]).gelu(), [one, 2.0 * two]);
    let negative = t([-1.0, -2.0]).gelu();
    assert!((negative.data[0] + 1.0 - one).abs() < 1e-15);
    assert!((negative.data[1] + 2.0 * (1.0 - two)).abs() < 1e-15);
    close(&t([0.5, -1.0]).erf(), [0.520_499_877_813_046_5, -0.842_700_792_949_714_9]);
}

#[test]
fn far_out() {
    assert_eq!(t([1e4, -1e4]).sigmoid(), t([1.0, 0.0]));
    assert_eq!(t([1e4, -1e4]).softplus(), t([1e4, 0.0]));
    assert_eq!(t([1e4, -1e4]).silu(), t([1e4, 0.0]));
    assert_eq!(t([1e4, -1e4]).gelu(), t([1e4, 0.0]));
    close(&t([-50.0]).softplus(), [(-50.0_f64).exp()]);
}

#[test]
fn nan_passes() {
    let x = t([f64::NAN]);
    for y in [x.relu(), x.leaky_relu(0.1), x.clamp(0.0, 1.0), x.softplus(), x.gelu(), x.abs()] {
        assert!(y.data[0].is_nan());
    }
}

#[test]
fn maps() {
    let x = sample([2, 3], 1);
    assert_eq!(x.map(|x| x > 0.0), x.gt(0.0));
    let y = sample([2, 3], 2);
    assert_eq!(x.zip_map(&y, |x, y| x < y), x.lt(&y));
}

#[test]
#[should_panic(expected = "zip_map: [2] and [1] are not of the same shape")]
fn maps_do_not_broadcast() {
    t([1.0, 2.0]).zip_map(&t([1.0]), |x, y| x + y);
}

#[test]
#[should_panic(expected = "clamp: 1 to 0 is not an interval")]
fn bounds_in_the_wrong_order() {
    let _ = t([1.0]).clamp(1.0, 0.0);
}
