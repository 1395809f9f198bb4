use super::*;
use crate::Tangent;
use crate::adjoint::difference::{check, close, sample};
use crate::private::{Witness, sum_to};

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;

fn t<const N: usize>(data: [f64; N]) -> Tensor<1, f64> {
    Tensor { shape: [N], data: data.to_vec() }
}

/// Checks an adjoint that returns the cotangent, in tensors of several shapes and in scalars.
fn check_returning(
    x: impl Fn(f64) -> f64,
    primal: impl Fn(&Tensor<2, f64>) -> Tensor<2, f64>,
    adjoint: impl Fn(&Tensor<2, f64>, &Tensor<2, f64>, &Tensor<2, f64>) -> Tensor<2, f64>,
    scalar: impl Fn(&f64, &f64, &f64) -> f64,
) {
    for shape in [[2, 3], [1, 1], [4, 1], [0, 3], [5, 7]] {
        let x = sample(shape, 1).map(&x);
        let y = primal(&x);
        check(&x, &primal, |acc, dy| acc.accumulate(adjoint(dy, &x, &y)));
        let dy = sample(shape, 2);
        let dx = adjoint(&dy, &x, &y);
        for i in 0..x.data.len() {
            // A power on vector lanes is off by 1.5 ulp, that of `std` by half; each has two factors.
            let expected = scalar(&dy.data[i], &x.data[i], &y.data[i]);
            assert!((dx.data[i] - expected).abs() <= 4.0 * f64::EPSILON * expected.abs());
        }
        assert!(adjoint(&Tensor::symbolic_zero(), &x, &y).is_symbolic_zero());
    }
}

/// Checks the adjoint of the method of the same name, which needs `x` or `y`.
macro_rules! check_method {
    ($name:ident needs x $(, $argument:expr)*) => {
        check_returning(
            |x| x,
            |x| x.$name($($argument),*),
            |dy, x, _| $name(dy, x $(, $argument)*),
            |dy, x, _| $name(dy, x $(, $argument)*),
        )
    };
    ($name:ident of tensors needs x $(, $argument:expr)*) => {
        check_returning(
            |x| x,
            |x| x.$name($($argument),*),
            |dy, x, _| $name(dy, x $(, $argument)*),
            |dy, x, _| $name(&t([*dy]), &t([*x]) $(, $argument)*).data[0],
        )
    };
    ($name:ident of tensors needs y) => {
        check_returning(
            |x| x,
            |x| x.$name(),
            |dy, _, y| $name(dy, y),
            |dy, _, y| $name(&t([*dy]), &t([*y])).data[0],
        )
    };
}

#[test]
fn agree_with_central_differences() {
    check_method!(abs needs x);
    check_method!(clamp needs x, -0.7, 0.9);
    for n in [-3, -1, 0, 1, 2, 5] {
        check_method!(powi needs x, n);
    }
    check_method!(relu of tensors needs y);
    check_method!(leaky_relu of tensors needs x, 0.1);
    check_method!(gelu of tensors needs x);
    check_method!(silu of tensors needs x);
    check_method!(sigmoid of tensors needs y);
    check_method!(softplus of tensors needs x);
    check_method!(erf of tensors needs x);
    check_method!(square of tensors needs x);
    for e in [-1.5, 0.0, 0.5, 1.0, 2.5] {
        let (tensor, scalar) = (|dy: &_, x: &_| powf(dy, x, e), |dy: &_, x: &_| powf(dy, x, e));
        check_returning(
            |x| x.abs() + 0.1,
            |x| x.powf(e),
            |dy, x, _| tensor(dy, x),
            |dy, x, _| scalar(dy, x),
        );
    }
}

#[test]
fn kinks() {
    let dy = t([3.0; 4]);
    let x = t([-1.0, -0.0, 0.0, 1.0]);
    assert_eq!(abs(&dy, &x), t([-3.0, 0.0, 0.0, 3.0]));
    assert_eq!(relu(&dy, &x.relu()), t([0.0, 0.0, 0.0, 3.0]));
    assert_eq!(leaky_relu(&dy, &x, 0.5), t([1.5, 1.5, 1.5, 3.0]));
    assert_eq!(clamp(&dy, &t([-1.1, -1.0, 1.0, 1.1]), -1.0, 1.0), t([0.0, 3.0, 3.0, 0.0]));
}

#[test]
fn what_is_not_selected_gets_exactly_zero() {
    let dy = t([INF, NAN]);
    let x = t([-2.0, -2.0]);
    assert_eq!(relu(&dy, &x.relu()), t([0.0; 2]));
    assert_eq!(clamp(&dy, &x, -1.0, 1.0), t([0.0; 2]));
    assert_eq!(maximum_lhs(&dy, &x, &t([0.0])), t([0.0; 2]));
    assert_eq!(max_lhs(INF, 0.0, 1.0), 0.0);
}

#[test]
fn nan_passes() {
    assert!(abs(&1.0, &NAN).is_nan());
    assert_eq!(relu(&t([2.0]), &t([NAN])), t([2.0]));
}

#[test]
fn special_exponents() {
    assert_eq!(powi(&3.0, &0.0, 0), 0.0);
    assert_eq!(powi(&3.0, &0.0, 1), 3.0);
    assert_eq!(powi(&INF, &0.0, 0), 0.0);
    assert_eq!(powi(&1.0, &1.0, i32::MIN), f64::from(i32::MIN));
    assert_eq!(powi(&1.0, &-1.0, i32::MIN), -f64::from(i32::MIN));
    assert_eq!(powf(&3.0, &0.0, 0.0), 0.0);
    assert_eq!(powf(&3.0, &0.0, 1.0), 3.0);
    assert_eq!(powf(&3.0, &-2.0, 2.0), -12.0);
}

#[test]
fn extrema_of_scalars() {
    // (a, b), then the shares of a and b in the maximum and in the minimum.
    for (a, b, max, min) in [
        (2.0, 1.0, (3.0, 0.0), (0.0, 3.0)),
        (1.0, 2.0, (0.0, 3.0), (3.0, 0.0)),
        (1.0, 1.0, (1.5, 1.5), (1.5, 1.5)),
        (0.0, -0.0, (1.5, 1.5), (1.5, 1.5)),
        (NAN, 1.0, (0.0, 3.0), (0.0, 3.0)),
        (1.0, NAN, (3.0, 0.0), (3.0, 0.0)),
        (INF, INF, (1.5, 1.5), (1.5, 1.5)),
    ] {
        assert_eq!((max_lhs(3.0, a, b), max_rhs(3.0, a, b)), max, "max({a}, {b})");
        assert_eq!((min_lhs(3.0, a, b), min_rhs(3.0, a, b)), min, "min({a}, {b})");
    }
}

#[test]
fn bounds_of_a_clamped_scalar() {
    for (x, lo, hi) in [(-2.0, 3.0, 0.0), (-1.0, 0.0, 0.0), (0.5, 0.0, 0.0), (1.0, 0.0, 0.0)] {
        assert_eq!(clamp_min(3.0, x, -1.0, 1.0), lo);
        assert_eq!(clamp_max(3.0, x, -1.0, 1.0), hi);
    }
    assert_eq!((clamp_min(3.0, 2.0, -1.0, 1.0), clamp_max(3.0, 2.0, -1.0, 1.0)), (0.0, 3.0));
}

#[test]
fn exponent() {
    let (x, e, step) = (1.7_f64, 2.3, 1e-5);
    let expected = (x.powf(e + step) - x.powf(e - step)) / (2.0 * step);
    close(&[powf_exponent(1.0, x, x.powf(e))], &[expected]);
    assert_eq!(powf_exponent(3.0, 0.0, 0.0), 0.0);
    assert_eq!(powf_exponent(3.0, 0.0, 1.0), 0.0);
    assert_eq!(powf_exponent(3.0, 0.0, INF), f64::NEG_INFINITY);
}

#[test]
fn signs() {
    for (x, s, expected) in
        [(2.0, 1.0, 3.0), (-2.0, 1.0, -3.0), (2.0, -0.0, -3.0), (-2.0, -1.0, 3.0), (0.0, 1.0, 0.0)]
    {
        assert_eq!(copysign(3.0, x, s), expected);
    }
}

#[test]
fn extrema_of_tensors() {
    let dy = t([3.0, 4.0, 6.0]);
    let (a, b) = (t([1.0, 5.0, 2.0]), t([2.0]));
    assert_eq!(maximum_lhs(&dy, &a, &b), t([0.0, 4.0, 3.0]));
    assert_eq!(maximum_rhs(&dy, &a, &b), t([3.0, 0.0, 3.0]));
    assert_eq!(minimum_lhs(&dy, &a, &b), t([3.0, 0.0, 3.0]));
    assert_eq!(minimum_rhs(&dy, &a, &b), t([0.0, 4.0, 3.0]));
    let zero = Tensor::<1, f64>::symbolic_zero();
    assert!(maximum_lhs(&zero, &a, &b).is_symbolic_zero());
}

#[test]
fn extrema_of_tensors_of_different_ranks() {
    let dy = Tensor { shape: [2, 2], data: vec![1.0, 2.0, 3.0, 4.0] };
    let a = Tensor { shape: [2, 1], data: vec![0.0, 10.0] };
    let b = t([0.0, 20.0]);
    assert_eq!(maximum_lhs(&dy, &a, &b).data, [0.5, 0.0, 3.0, 0.0]);
    assert_eq!(maximum_rhs(&dy, &a, &b).data, [0.5, 2.0, 0.0, 4.0]);
    let none = Tensor { shape: [0, 2], data: Vec::new() };
    assert_eq!(minimum_rhs(&none, &Tensor { shape: [0, 1], data: Vec::new() }, &b), none);
}

#[test]
fn nan_gets_the_cotangent() {
    let (a, b) = (t([NAN, 1.0]), t([1.0, NAN]));
    assert_eq!(maximum_lhs(&t([3.0, 4.0]), &a, &b), t([3.0, 4.0]));
    assert_eq!(maximum_rhs(&t([3.0, 4.0]), &a, &b), t([3.0, 4.0]));
}

#[test]
fn literals_and_generic_code() {
    fn slope<T: Real>(x: T) -> T {
        powi(&T::ONE, &x, 2) * literal(&x, 0.25)
    }
    assert_eq!(slope(-1.0_f32), -0.5);
    assert_eq!(literal(&Tensor { shape: [1], data: vec![1.0_f32] }, 0.5), 0.5_f32);
}

#[test]
fn extrema_agree_with_central_differences() {
    macro_rules! check_extrema {
        ($($a:tt $b:tt),*) => {$({
            let (a, b) = (sample($a, 1), sample($b, 2));
            let (wa, wb) = (Witness::of(&a), Witness::of(&b));
            check(&a, |a| a.maximum(&b), |acc, dy| acc.accumulate(sum_to(&wa, maximum_lhs(dy, &a, &b))));
            check(&b, |b| a.maximum(b), |acc, dy| acc.accumulate(sum_to(&wb, maximum_rhs(dy, &a, &b))));
            check(&a, |a| a.minimum(&b), |acc, dy| acc.accumulate(sum_to(&wa, minimum_lhs(dy, &a, &b))));
            check(&b, |b| a.minimum(b), |acc, dy| acc.accumulate(sum_to(&wb, minimum_rhs(dy, &a, &b))));
        })*};
    }
    check_extrema!([2, 3][2, 3], [2, 3][3], [3][2, 1], [2, 1][1, 4], [][2, 2], [0, 2][2], [1][1]);
}
