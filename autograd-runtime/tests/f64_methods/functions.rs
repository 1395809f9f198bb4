//! One function for each row of `../f64_methods.rs`, in which the method is called as `f64` has it:
//! with a dot and by its path, on active values wherever it takes any.

use autograd_runtime::prelude::*;
use std::num::FpCategory;

type Value = fn(f64, f64) -> f64;
type ValueAndGrad = fn(f64, f64) -> (f64, (f64, f64));

macro_rules! functions {
    ($(fn $name:ident($x:ident, $y:ident) $body:block)*) => {
        $(
            #[differentiable]
            fn $name($x: f64, $y: f64) -> f64 $body
        )*

        /// Each with its name and its text.
        pub(super) const FUNCTIONS: &[(&str, &str, Value, ValueAndGrad)] =
            &[$((stringify!($name), stringify!($body), $name, $name::value_and_grad)),*];
    };
}

functions! {
    // Powers, roots, exponentials and logarithms.
    fn powi(x, y) { x.powi(3) * y.powi(-2) + f64::powi(x * y, 1) + y.powi(0) }
    fn powf(x, y) { x.powf(y) + f64::powf(y, 2.5) + 2.0_f64.powf(x) }
    fn sqrt(x, y) { x.sqrt() * f64::sqrt(x * y) }
    fn cbrt(x, y) { x.cbrt() * f64::cbrt(x * y) }
    fn recip(x, y) { x.recip() * f64::recip(x * y) }
    fn hypot(x, y) { x.hypot(y) * f64::hypot(y, 2.0) }
    fn exp(x, y) { x.exp() * f64::exp(x * y) }
    fn exp2(x, y) { x.exp2() * f64::exp2(x * y) }
    fn exp_m1(x, y) { x.exp_m1() * f64::exp_m1(x * y) }
    fn ln(x, y) { x.ln() * f64::ln(x * y) }
    fn ln_1p(x, y) { x.ln_1p() * f64::ln_1p(x * y) }
    fn log(x, y) { x.log(y) * f64::log(y, 3.0) + f64::log(5.0, x) }
    fn log2(x, y) { x.log2() * f64::log2(x * y) }
    fn log10(x, y) { x.log10() * f64::log10(x * y) }

    // Trigonometric and hyperbolic functions.
    fn sin(x, y) { x.sin() * f64::sin(x * y) }
    fn cos(x, y) { x.cos() * f64::cos(x * y) }
    fn tan(x, y) { x.tan() * f64::tan(x * y) }
    fn sin_cos(x, y) { let (s, c) = x.sin_cos(); let both = f64::sin_cos(x * y); s * both.1 + c * both.0 * y }
    fn asin(x, y) { x.asin() * f64::asin(x * y) }
    fn acos(x, y) { x.acos() * f64::acos(x * y) }
    fn atan(x, y) { x.atan() * f64::atan(x * y) }
    fn atan2(x, y) { x.atan2(y) * f64::atan2(y, 0.5) }
    fn sinh(x, y) { x.sinh() * f64::sinh(x * y) }
    fn cosh(x, y) { x.cosh() * f64::cosh(x * y) }
    fn tanh(x, y) { x.tanh() * f64::tanh(x * y) }
    fn asinh(x, y) { x.asinh() * f64::asinh(x * y) }
    fn acosh(x, y) { x.acosh() * f64::acosh(x * y) }
    fn atanh(x, y) { x.atanh() * f64::atanh(x * y) }
    fn to_degrees(x, y) { x.to_degrees() * f64::to_degrees(x * y) }
    fn to_radians(x, y) { x.to_radians() * f64::to_radians(x * y) }

    // Parts, signs, and what is smooth in pieces.
    fn abs(x, y) { x.abs() * f64::abs(x * y) }
    fn abs_sub(x, y) { x.abs_sub(y) * x + f64::abs_sub(x * y, 0.2) }
    fn clamp(x, y) { (x * y).clamp(y - 1.0, y) * x + f64::clamp(x, -0.5, 0.5) }
    fn copysign(x, y) { (x * x).copysign(y) * x + f64::copysign(y, -1.0) }
    fn fract(x, y) { x.fract() * f64::fract(x * y) }
    fn max(x, y) { x.max(y) * f64::max(x, 0.5) }
    fn min(x, y) { x.min(y) * f64::min(x, 0.5) }
    fn midpoint(x, y) { x.midpoint(y) * f64::midpoint(x * y, 1.0) }
    fn mul_add(x, y) { x.mul_add(y, x * x) * f64::mul_add(x, 2.0, y) }
    fn next_down(x, y) { x.next_down() * f64::next_down(x * y) }
    fn next_up(x, y) { x.next_up() * f64::next_up(x * y) }
    fn rem_euclid(x, y) { (x * 5.0).rem_euclid(y) * f64::rem_euclid(x, 0.37) }

    // Operators.
    fn add(x, y) { (x + y) * (&x + &y) * (x + 2.0) + (2.0 + &y) }
    fn sub(x, y) { (x - y) * (&x - &y) * (x - 2.0) + (2.0 - &y) }
    fn mul(x, y) { (x * y) * (&x * &y) * (x * 2.0) + (2.0 * &y) }
    fn div(x, y) { (x / y) * (&x / &y) * (x / 2.0) + (2.0 / &y) }
    fn rem(x, y) { (x * 5.0 % y) * (&x % &0.37) + (2.0 % &y) }
    fn neg(x, y) { -x * y * -(x * y) + -&x }
    fn add_assign(x, y) { let mut a = x; a += x * y; a += &y; a * a }
    fn sub_assign(x, y) { let mut a = x; a -= x * y; a -= &y; a * a }
    fn mul_assign(x, y) { let mut a = x; a *= x * y; a *= &y; a * a }
    fn div_assign(x, y) { let mut a = x; a /= x * y; a /= &y; a * a * x }
    fn rem_assign(x, y) { let mut a = x * 5.0; a %= y; a %= &0.37; a * a * x }
    fn sum(x, y) { let v = [x, y, x * y]; let s: f64 = v.iter().sum(); s * v.iter().map(|a| a * a).sum::<f64>() }
    fn product(x, y) { let v = [x, y, x * y]; let s: f64 = v.iter().product(); s * v.iter().map(|a| a * a).product::<f64>() }
    fn clone(x, y) { x.clone() * f64::clone(&y) }
    fn from(x, y) { f64::from(x) * f64::from(y * y) * f64::from(3_u8) }

    // The derivative is zero wherever there is one: neither the method nor its argument adds any.
    fn floor(x, y) { x.floor() * y + f64::floor(x * y) + x }
    fn ceil(x, y) { x.ceil() * y + f64::ceil(x * y) + x }
    fn round(x, y) { x.round() * y + f64::round(x * y) + x }
    fn round_ties_even(x, y) { x.round_ties_even() * y + f64::round_ties_even(x * y) + x }
    fn trunc(x, y) { x.trunc() * y + f64::trunc(x * y) + x }
    fn signum(x, y) { x.signum() * y + f64::signum(x * y) + x }
    fn div_euclid(x, y) { (x * 5.0).div_euclid(y) * y + f64::div_euclid(y, x) + x }

    // The result is no number.
    fn is_nan(x, y) { if (x / y).is_nan() || f64::is_nan(x) { y } else { x * y } }
    fn is_infinite(x, y) { if (x / y).is_infinite() || f64::is_infinite(x) { y } else { x * y } }
    fn is_finite(x, y) { if (x / y).is_finite() && f64::is_finite(x) { x * y } else { y } }
    fn is_normal(x, y) { if (x / y).is_normal() && f64::is_normal(x) { x * y } else { y } }
    fn is_subnormal(x, y) { if (x / y).is_subnormal() || f64::is_subnormal(x) { y } else { x * y } }
    fn is_sign_positive(x, y) { if (x * y).is_sign_positive() && f64::is_sign_positive(x) { x * y } else { y * y } }
    fn is_sign_negative(x, y) { if (x * y).is_sign_negative() || f64::is_sign_negative(x) { x * y } else { y * y } }
    fn classify(x, y) {
        let category = f64::classify(y);
        match x.classify() { FpCategory::Normal if category == FpCategory::Normal => x * y, _ => y }
    }
    fn total_cmp(x, y) { if x.total_cmp(&y).is_lt() && f64::total_cmp(&x, &0.5).is_lt() { x * x } else { x * y } }
    fn partial_cmp(x, y) {
        match x.partial_cmp(&y) { Some(std::cmp::Ordering::Less) => x * x, _ => x * y }
    }
    fn lt(x, y) { if x < y || x.lt(&0.1) { x * x } else { x * y } }
    fn le(x, y) { if x <= y || x.le(&0.1) { x * x } else { x * y } }
    fn gt(x, y) { if x > y || x.gt(&0.9) { x * x } else { x * y } }
    fn ge(x, y) { if x >= y || x.ge(&0.9) { x * x } else { x * y } }
    fn eq(x, y) { if x == y || x.eq(&0.1) { x * x } else { x * y } }
    fn ne(x, y) { if x != y && x.ne(&0.1) { x * x } else { x * y } }
    fn fmt(x, y) { let text = format!("{x} {x:?} {y:e} {x:E}"); if text.contains("NaN") { y } else { x * y } }

    // Made of no number, or of a constant one.
    fn from_bits(x, y) { f64::from_bits(0x4000_0000_0000_0000) * x * y }
    fn from_be_bytes(x, y) { f64::from_be_bytes([64, 0, 0, 0, 0, 0, 0, 0]) * x * y }
    fn from_le_bytes(x, y) { f64::from_le_bytes([0, 0, 0, 0, 0, 0, 0, 64]) * x * y }
    fn from_ne_bytes(x, y) { f64::from_ne_bytes(2.0_f64.to_ne_bytes()) * x * y }
    fn from_str(x, y) { use std::str::FromStr; let two = f64::from_str("2").unwrap_or(0.0); two * x * y }
    fn default(x, y) { f64::default() + x * y }

    // Allowed where no gradient is wanted, otherwise diagnosed.
    fn to_bits(x, y) { if x.detach().to_bits() == f64::to_bits(0.1) { y } else { x * y } }
    fn to_be_bytes(x, y) { let bytes = no_grad! { x.to_be_bytes() }; if bytes[0] == 1 { y } else { x * y } }
    fn to_le_bytes(x, y) { if (x * y).detach().to_le_bytes()[7] == 1 { y } else { x * y } }
    fn to_ne_bytes(x, y) { let one = 1.0_f64; x * y * one.to_ne_bytes().len() as f64 }

    // Associated constants.
    fn constants(x, y) {
        let small = f64::EPSILON + f64::MIN_POSITIVE;
        let digits = f64::DIGITS + f64::MANTISSA_DIGITS + f64::RADIX;
        let exponents = f64::MAX_EXP + f64::MIN_EXP + f64::MAX_10_EXP + f64::MIN_10_EXP;
        if x > f64::MAX || x < f64::MIN || x == f64::INFINITY || x == f64::NEG_INFINITY {
            return y;
        }
        x.max(f64::NAN) * y * f64::from(digits) + x * (f64::from(exponents) + small)
    }
}
