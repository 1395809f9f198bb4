//! Every scalar method with a derivative, against central differences, and the sub-gradients at
//! kinks in closed form.

#![allow(
    clippy::suboptimal_flops,
    clippy::manual_clamp,
    reason = "each method is called as it is named"
)]

use autograd_runtime::prelude::*;

macro_rules! unary {
    ($($name:ident at $($x:expr),+;)*) => {$(
        #[test]
        fn $name() {
            #[differentiable]
            fn f(x: f64) -> f64 {
                x.$name() * x
            }
            #[differentiable]
            fn single(x: f32) -> f32 {
                f32::$name(x) * x
            }
            $(
                f::gradcheck($x).unwrap();
                let difference = f64::from(single::grad($x as f32)) - f::grad($x);
                assert!(difference.abs() < 1e-4 * (1.0 + f::grad($x).abs()), "{difference}");
            )+
        }
    )*};
}

unary! {
    sqrt at 0.3, 2.5;
    cbrt at 0.3, 2.5;
    exp at -1.0, 0.0, 2.0;
    exp2 at -1.0, 0.0, 2.0;
    exp_m1 at -1.0, 1e-3, 2.0;
    ln at 0.3, 2.5;
    ln_1p at -0.3, 2.5;
    log2 at 0.3, 2.5;
    log10 at 0.3, 2.5;
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
    acosh at 1.3, 2.0;
    atanh at -0.5, 0.0, 0.4;
    abs at -1.0, 2.0;
    recip at -1.0, 2.0;
    fract at -1.3, 2.4;
    floor at -1.3, 2.4;
    ceil at -1.3, 2.4;
    round at -1.3, 2.4;
    trunc at -1.3, 2.4;
    signum at -1.3, 2.4;
    to_radians at -1.0, 2.0;
    to_degrees at -1.0, 2.0;
}

macro_rules! binary {
    ($($name:ident |$x:ident, $y:ident| $body:expr, at $(($a:expr, $b:expr)),+;)*) => {$(
        #[test]
        fn $name() {
            #[differentiable]
            fn f($x: f64, $y: f64) -> f64 {
                $body
            }
            $(f::gradcheck($a, $b).unwrap();)+
        }
    )*};
}

binary! {
    powi |x, y| x.powi(3) * y.powi(-2) + x.powi(0) * y, at (1.3, 0.7), (-1.3, 2.0);
    powf |x, y| x.powf(y) + x.powf(2.5), at (1.3, 0.7), (0.4, -2.0);
    log |x, y| x.log(y) + x.log(3.0), at (1.3, 0.7), (0.4, 2.0);
    atan2 |x, y| x.atan2(y), at (1.3, 0.7), (-0.4, -2.0);
    hypot |x, y| x.hypot(y), at (1.3, 0.7), (-0.4, 2.0);
    max |x, y| x.max(y) * x, at (1.3, 0.7), (0.4, 2.0);
    min |x, y| f64::min(x, y) * x, at (1.3, 0.7), (0.4, 2.0);
    clamp |x, y| (x * y).clamp(-1.0, 1.0) * x, at (1.3, 0.7), (2.0, 2.0), (-3.0, 2.0);
    active_bounds |x, y| (x * y).clamp(y - 1.0, y), at (1.3, 0.7), (0.9, 0.8), (-3.0, 2.0);
    mul_add |x, y| x.mul_add(y, x * x), at (1.3, 0.7), (-0.4, 2.0);
    remainder |x, y| (x * 5.0) % y, at (1.3, 0.7), (-1.1, 2.0);
    rem_euclid |x, y| (x * 5.0).rem_euclid(y), at (1.3, 0.7), (-1.1, 2.0);
    copysign |x, y| (x * x).copysign(y) * x, at (1.3, 0.7), (1.1, -2.0);
    sin_cos |x, y| { let (s, c) = (x * y).sin_cos(); let both = x.sin_cos(); s * c * y + both.0 * both.1 }, at (1.3, 0.7);
    reciprocals |x, y| { let s = 1.0 / (1.0 + (-x).exp()); s * (1. / y) + 1f64 / (x * y) - 2.0 / y }, at (1.3, 0.7), (-0.4, 2.0);
    constants |x, y| x * std::f64::consts::PI + y / f64::EPSILON.sqrt().recip(), at (1.3, 0.7);
}

#[differentiable]
fn kinks(x: f64, y: f64) -> f64 {
    x.abs() + x.max(y) * 3.0 + x.min(y) * 5.0 + y.clamp(0.0, 1.0) * 7.0
}

#[test]
fn sub_gradients_at_kinks() {
    // At x = y = 0: |x| gives 0, ties split evenly, a clamp passes at its bound.
    assert_eq!(kinks::grad(0.0, 0.0), (1.5 + 2.5, 1.5 + 2.5 + 7.0));
}

#[differentiable]
fn guarded(x: f64) -> f64 {
    let inverse = 1.0 / x;
    if x > 0.0 { inverse } else { x }
}

#[test]
fn a_reciprocal_that_is_not_selected() {
    assert_eq!(guarded::grad(0.0), 1.0);
    assert_eq!(guarded::grad(0.5), -4.0);
    assert_eq!(guarded::jvp(0.0, 1.0), (0.0, 1.0));
}

#[differentiable]
fn far_out(x: f64) -> f64 {
    1e100 / (1.0 / x)
}

#[test]
fn a_reciprocal_of_which_the_square_is_no_number() {
    // The cotangent of the reciprocal is -1e100 x²; the square of the reciprocal overflows.
    let gradient = far_out::grad(1e-160);
    assert!((gradient / 1e100 - 1.0).abs() < 1e-12, "{gradient}");
}
