//! Numbers of about 31 digits, as unevaluated sums of two `f64`, and elementary functions of them by
//! their series: another way than that of the functions under test, in far more digits.

use std::ops::{Add, Div, Mul, Neg, Sub};

#[derive(Clone, Copy, Debug)]
pub(super) struct Double(pub(super) f64, pub(super) f64);

fn sum(a: f64, b: f64) -> Double {
    let s = a + b;
    let back = s - a;
    Double(s, (a - (s - back)) + (b - back))
}

impl From<f64> for Double {
    fn from(x: f64) -> Self {
        Self(x, 0.0)
    }
}

impl Add for Double {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let high = sum(self.0, other.0);
        let low = sum(self.1, other.1);
        let high = sum(high.0, high.1 + low.0);
        sum(high.0, high.1 + low.1)
    }
}

impl Neg for Double {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0, -self.1)
    }
}

impl Sub for Double {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Double {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let product = self.0 * other.0;
        let rest = self.0.mul_add(other.0, -product);
        sum(product, rest + (self.0 * other.1 + self.1 * other.0))
    }
}

impl Div for Double {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let first = self.0 / other.0;
        let rest = self - other * first.into();
        let second = rest.0 / other.0;
        let rest = rest - other * second.into();
        sum(first, second) + (rest.0 / other.0).into()
    }
}

const LN_2: Double = Double(std::f64::consts::LN_2, 2.319_046_813_846_299_6e-17);
const LN_10: Double = Double(std::f64::consts::LN_10, -2.170_756_223_382_249_3e-16);
/// `π/2` in three parts.
const HALF_PI: [f64; 3] =
    [std::f64::consts::FRAC_PI_2, 6.123_233_995_736_766e-17, -1.497_384_904_859_169_8e-33];

fn one() -> Double {
    1.0.into()
}

/// `x + x²/2! + …` for small `x`.
fn small_exp_m1(x: Double) -> Double {
    (2..28).rev().fold(one(), |sum, n| one() + sum * x / f64::from(n).into()) * x
}

/// `exp x = 2ⁿ (1 + m)`.
fn split_exp(x: Double) -> (i32, Double) {
    let n = (x.0 / LN_2.0).round();
    (n as i32, small_exp_m1(x - LN_2 * n.into()))
}

fn scaled(x: Double, n: i32) -> Double {
    let half = n / 2;
    let (a, b) = (2.0_f64.powi(half), 2.0_f64.powi(n - half));
    Double(x.0 * a * b, x.1 * a * b)
}

pub(super) fn exp(x: Double) -> Double {
    let (n, m) = split_exp(x);
    scaled(one() + m, n)
}

pub(super) fn exp2(x: Double) -> Double {
    let n = x.0.round();
    scaled(one() + small_exp_m1((x - n.into()) * LN_2), n as i32)
}

pub(super) fn exp_m1(x: Double) -> Double {
    let (n, m) = split_exp(x);
    scaled(m, n) + (scaled(one(), n) - one())
}

/// By Newton's method for `exp y = x`, from the value of `std`.
pub(super) fn ln(x: Double) -> Double {
    let y = Double::from(x.0.ln());
    // Of what is near 1, the logarithm is as small as its distance from 1.
    if (x.0 - 1.0).abs() < 1e-3 {
        return near_ln(x - one());
    }
    let n = (y.0 / LN_2.0).round();
    let m = scaled(x, -(n as i32));
    let y = y - LN_2 * n.into();
    y + (m * exp(-y) - one()) + LN_2 * n.into()
}

/// `ln(1 + x)` for small `x`, by the series of `2 artanh(x / (2 + x))`.
fn near_ln(x: Double) -> Double {
    let s = x / (x + 2.0.into());
    let z = s * s;
    let series =
        (0..14).rev().fold(0.0.into(), |sum, n| sum * z + one() / f64::from(2 * n + 1).into());
    (s + s) * series
}

pub(super) fn ln_1p(x: Double) -> Double {
    if x.0.abs() < 1e-3 { near_ln(x) } else { ln(one() + x) }
}

pub(super) fn log2(x: Double) -> Double {
    ln(x) / LN_2
}

pub(super) fn log10(x: Double) -> Double {
    ln(x) / LN_10
}

/// The quadrant, and what is left of the angle.
fn split_angle(x: Double) -> (i64, Double) {
    let n = (x.0 / HALF_PI[0]).round();
    let rest = HALF_PI.iter().fold(x, |x, &part| {
        let product = n * part;
        (x - product.into()) - n.mul_add(part, -product).into()
    });
    (n as i64, rest)
}

/// `sin(x + quarters π/2)`.
fn sin_from(x: Double, quarters: i64) -> Double {
    let (n, r) = split_angle(x);
    let n = n + quarters;
    let w = -(r * r);
    let odd = n.rem_euclid(2);
    // 1 + w/(1·2) (1 + w/(3·4) (…)), or with 2·3, 4·5, … and a factor r.
    let series = (1..16).rev().fold(one(), |sum, k| {
        let k = f64::from(2 * k - 1) + (1 - odd) as f64;
        one() + sum * w / (k * (k + 1.0)).into()
    });
    let y = if odd == 1 { series } else { series * r };
    if n.rem_euclid(4) >= 2 { -y } else { y }
}

pub(super) fn sin(x: Double) -> Double {
    sin_from(x, 0)
}

pub(super) fn cos(x: Double) -> Double {
    sin_from(x, 1)
}

pub(super) fn tanh(x: Double) -> Double {
    if x.0.abs() > 40.0 {
        return x.0.signum().into();
    }
    let m = exp_m1(x + x);
    m / (m + 2.0.into())
}

pub(super) fn sigmoid(x: Double) -> Double {
    if x.0 < 0.0 {
        let e = exp(x);
        e / (one() + e)
    } else {
        one() / (one() + exp(-x))
    }
}

pub(super) fn silu(x: Double) -> Double {
    x * sigmoid(x)
}

pub(super) fn softplus(x: Double) -> Double {
    let (positive, magnitude) = if x.0 > 0.0 { (x, x) } else { (0.0.into(), -x) };
    positive + ln_1p(exp(-magnitude))
}

/// `2/√π exp(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!`, all terms of which are positive.
pub(super) fn erf(x: Double) -> Double {
    let two_by_root_pi = Double(std::f64::consts::FRAC_2_SQRT_PI, 1.533_545_961_316_588_4e-17);
    if x.0.abs() > 7.0 {
        return x.0.signum().into();
    }
    let square = x * x;
    let series = (1..220)
        .rev()
        .fold(one(), |sum, n| one() + sum * (square + square) / f64::from(2 * n + 1).into());
    two_by_root_pi * exp(-square) * x * series
}

/// An integer `y` is odd.
pub(super) fn powf(x: Double, y: f64) -> Double {
    if x.0 < 0.0 {
        let power = powf(-x, y);
        return if y.fract() == 0.0 { -power } else { f64::NAN.into() };
    }
    exp(ln(x) * y.into())
}
