//! Every scalar method with a derivative in generic functions, in both precisions, against the dual
//! numbers of `num-dual`, and sub-gradients at kinks.

#![allow(clippy::unnecessary_cast, reason = "one text serves f32 and f64")]

mod support;

use autograd_runtime::prelude::*;
use num_dual::{Dual64, DualNum};
use support::assert_close;

/// `method(x) * x`, generic, in both precisions and written as a path, against dual numbers.
macro_rules! unary {
    ($($name:ident at $($x:expr),+;)*) => {$(
        #[test]
        fn $name() {
            #[differentiable]
            fn generic<T: Real>(x: T) -> T {
                x.$name() * x
            }
            #[differentiable]
            fn path(x: f64) -> f64 {
                f64::$name(x) * x
            }
            for x in [$($x),+] {
                let x: f64 = x;
                let dual = Dual64::from(x).derivative();
                let expected = (DualNum::$name(&dual) * dual).eps;
                assert_close(generic::grad(x), expected, 1e-13, "f64");
                assert_close(path::grad(x), expected, 1e-13, "path");
                assert_close(generic::grad(x as f32), expected, 1e-4, "f32");
                assert_eq!(generic::value_and_grad(x).0, generic(x));
            }
        }
    )*};
}

unary! {
    sqrt at 0.3, 2.5, 7.0;
    cbrt at 0.3, 2.5, 7.0;
    exp at -1.0, 0.0, 2.0;
    exp2 at -1.0, 0.0, 2.0;
    exp_m1 at -1.0, 0.001, 2.0;
    ln at 0.3, 2.5, 7.0;
    ln_1p at -0.3, 0.001, 2.5;
    log2 at 0.3, 2.5, 7.0;
    log10 at 0.3, 2.5, 7.0;
    sin at -1.0, 0.0, 2.0;
    cos at -1.0, 0.0, 2.0;
    tan at -1.0, 0.0, 1.2;
    asin at -0.7, 0.0, 0.4;
    acos at -0.7, 0.0, 0.4;
    atan at -1.0, 0.0, 2.0;
    sinh at -1.0, 0.0, 2.0;
    cosh at -1.0, 0.0, 2.0;
    tanh at -1.0, 0.0, 2.0;
    asinh at -1.0, 0.0, 2.0;
    acosh at 1.3, 2.0, 5.0;
    atanh at -0.5, 0.0, 0.4;
    recip at -1.0, 0.4, 2.0;
}

/// Generic functions of two scalars against the same of dual numbers.
macro_rules! binary {
    ($($name:ident |$x:ident, $y:ident| $body:expr, |$a:ident, $b:ident| $dual:expr,
       at $(($p:expr, $q:expr)),+;)*) => {$(
        #[test]
        fn $name() {
            #[differentiable]
            fn f<T: Real>($x: T, $y: T) -> T {
                let value = $body;
                value
            }
            let dual = |$a: Dual64, $b: Dual64| $dual;
            for (p, q) in [$(($p, $q)),+] {
                let (gp, gq): (f64, f64) = f::grad(p, q);
                assert_close(gp, dual(Dual64::from(p).derivative(), q.into()).eps, 1e-12, "first");
                assert_close(gq, dual(p.into(), Dual64::from(q).derivative()).eps, 1e-12, "second");
                let (sp, sq) = f::grad(p as f32, q as f32);
                assert_close(sp, gp, 1e-4, "first, f32");
                assert_close(sq, gq, 1e-4, "second, f32");
            }
        }
    )*};
}

binary! {
    powi |x, y| x.powi(3) * y.powi(-2) + y.powi(0) * x.powi(1),
        |x, y| x.powi(3) * y.powi(-2) + x, at (1.3, 0.7), (-1.3, 2.0), (0.4, -1.1);
    powf |x, y| x.powf(y), |x, y| (x.ln() * y).exp(), at (1.3, 0.7), (0.4, -2.0), (2.5, 0.0);
    log |x, y| x.log(y), |x, y| x.ln() / y.ln(), at (1.3, 0.7), (0.4, 2.0), (3.0, 9.0);
    atan2 |x, y| x.atan2(y), |x, y| x.atan2(y), at (1.3, 0.7), (-0.4, 2.0), (0.3, 1.1);
    hypot |x, y| x.hypot(y), |x, y| (x * x + y * y).sqrt(), at (1.3, 0.7), (-0.4, 2.0), (3.0, -4.0);
    sin_cos |x, y| { let (s, c) = (x * y).sin_cos(); s * c * y },
        |x, y| (x * y).sin() * (x * y).cos() * y, at (1.3, 0.7), (-0.4, 2.0), (0.0, 1.0);
    mul_add |x, y| x.mul_add(y, x), |x, y| x * y + x, at (1.3, 0.7), (-0.4, 2.0), (0.0, 0.0);
    remainder |x, y| (x * x) % y, |x, y| x * x - y * (x * x / y).re.trunc(),
        at (2.3, 0.7), (1.9, -1.1), (0.4, 2.0);
    rem_euclid |x, y| x.rem_euclid(y), |x, y| x - y * (x / y).re.floor(),
        at (2.3, 0.7), (-1.9, 1.1), (0.4, 2.0);
    max |x, y| x.max(y) * x, |x, y| if x.re > y.re { x * x } else { y * x }, at (1.3, 0.7), (0.4, 2.0);
    min |x, y| x.min(y) * x, |x, y| if x.re < y.re { x * x } else { y * x }, at (1.3, 0.7), (0.4, 2.0);
    clamp |x, y| x.clamp(y, y + T::ONE) * x,
        |x, y| (if x.re < y.re { y } else if x.re > y.re + 1.0 { y + 1.0 } else { x }) * x,
        at (1.3, 0.7), (0.4, 2.0), (3.0, 0.5);
    copysign |x, y| x.copysign(y) * x, |x, y| x * x * (x.re * y.re).signum() + y * 0.0,
        at (1.3, -0.7), (-0.4, -2.0), (-0.4, 2.0), (0.3, 1.0);
    abs |x, y| x.abs() * y, |x, y| x * x.re.signum() * y, at (1.3, 0.7), (-0.4, 2.0);
    piecewise_constant |x, y| x.floor() * y + x.ceil() * x + y.round() * x + x.trunc() * y + x.signum() * y,
        |x, y| y * (x.re.floor() + x.re.trunc() + x.re.signum()) + x * (x.re.ceil() + y.re.round()),
        at (1.3, 0.7), (-1.7, 2.2);
    fract |x, y| x.fract() * y, |x, y| (x - x.re.trunc()) * y, at (1.3, 0.7), (-1.7, 2.2);
    angles |x, y| x.to_radians() * y.to_degrees(), |x, y| x * y, at (1.3, 0.7), (-1.7, 2.2);
}

/// Functions of two scalars at a kink, with PyTorch's sub-gradient.
macro_rules! kinks {
    ($($name:ident |$x:ident, $y:ident| $body:expr, $(($p:expr, $q:expr) => $gradient:expr),+;)*) => {$(
        #[test]
        fn $name() {
            #[differentiable]
            fn f<T: Real>($x: T, $y: T) -> T {
                let value = $body;
                value
            }
            $(
                assert_eq!(f::grad($p as f64, $q as f64), $gradient);
                let (x, y) = f::grad($p as f32, $q as f32);
                assert_eq!((f64::from(x), f64::from(y)), $gradient);
            )+
        }
    )*};
}

kinks! {
    kink_of_abs |x, y| x.abs() + y, (0.0, 0.0) => (0.0, 1.0), (-0.0, 0.0) => (0.0, 1.0);
    tie_of_max |x, y| x.max(y), (2.0, 2.0) => (0.5, 0.5), (0.0, -0.0) => (0.5, 0.5);
    tie_of_min |x, y| x.min(y), (2.0, 2.0) => (0.5, 0.5), (-1.0, -1.0) => (0.5, 0.5);
    tie_with_itself |x, y| x.max(x) + y.min(y), (2.0, 2.0) => (1.0, 1.0);
    tie_with_a_constant |x, y| x.max(T::ZERO) + y, (0.0, 2.0) => (0.5, 1.0);
    bounds_of_clamp |x, y| x.clamp(T::ZERO, T::ONE) * y,
        (0.0, 2.0) => (2.0, 0.0), (1.0, 2.0) => (2.0, 1.0), (1.5, 2.0) => (0.0, 1.0);
    powers_at_zero |x, y| x.powi(0) + x.powi(1) + x.powi(2) + y, (0.0, 0.0) => (1.0, 1.0);
    power_of_zero |x, y| x.powf(y), (0.0, 2.0) => (0.0, 0.0);
    zeroth_power |x, y| x.powf(T::ZERO) + y, (0.0, 1.0) => (0.0, 1.0);
}

#[differentiable]
fn operators_as_functions(x: f64, y: f64) -> f64 {
    use std::ops::{Add, Mul, Neg, Rem};
    let sum = x.add(y * y).neg();
    let product = f64::mul(x, sum) - f64::neg(y);
    product.rem(100.0)
}

#[test]
fn methods_of_operators() {
    // -x (x + y^2) + y
    let (x, y) = (1.5, -0.5);
    let (value, gradient) = operators_as_functions::value_and_grad(x, y);
    assert_eq!(value, -x * (x + y * y) + y);
    assert_eq!(gradient, (-2.0 * x - y * y, -2.0 * x * y + 1.0));
}
