//! Programs that once had no gradient, or a wrong one.

use autograd_runtime::prelude::*;

/// Checks value and derivative of a function of one scalar against central differences.
#[track_caller]
fn check(f: impl Fn(f64) -> f64, value_and_grad: impl Fn(f64) -> (f64, f64), points: &[f64]) {
    let h = 1e-6;
    for &x in points {
        let (value, gradient) = value_and_grad(x);
        assert_eq!(value, f(x), "the value at {x}");
        let difference = (f(x + h) - f(x - h)) / (2.0 * h);
        let error = (gradient - difference).abs();
        assert!(error <= 1e-5 * (1.0 + difference.abs()), "at {x}: {gradient}, not {difference}");
    }
}

macro_rules! checks {
    ($($name:ident at $points:expr;)*) => {$(
        #[test]
        fn $name() {
            check(functions::$name, functions::$name::value_and_grad, &$points);
        }
    )*};
}

checks! {
    a_return_inside_an_element_of_vec at [0.4, 0.6];
    a_return_inside_a_condition at [0.2, 0.6];
    a_break_inside_a_condition at [0.2, 0.6];
    an_assignment_inside_a_block_of_a_condition at [0.2, 0.6];
}

#[allow(unused, clippy::all, clippy::pedantic, reason = "as they were found")]
mod functions {
    use super::*;

    #[differentiable]
    pub(super) fn a_return_inside_an_element_of_vec(x: f64) -> f64 {
        let list = vec![
            x * x,
            if x > 0.5 {
                x
            } else {
                let none: Option<f64> = None;
                let Some(some) = none else { return 0.5 * x };
                some
            },
        ];
        list[0] * 1.39 + list[1]
    }

    #[differentiable]
    pub(super) fn a_return_inside_a_condition(x: f64) -> f64 {
        let mut y = x;
        if (if x > 0.3 { return 3.0 * x } else { 0.5 }) > 0.25 {
            y *= x;
        }
        y
    }

    #[differentiable]
    pub(super) fn a_break_inside_a_condition(x: f64) -> f64 {
        let mut y = x;
        for k in 0..3 {
            if (no_grad! {
                if x > 0.3 { break; }
                x
            }) < k as f64
            {
                y *= x;
            }
            y += 1.0;
        }
        y
    }

    #[differentiable]
    pub(super) fn an_assignment_inside_a_block_of_a_condition(x: f64) -> f64 {
        let mut y = x;
        if x < 0.7
            || (if x > 1.0 {
                0.5
            } else {
                enable_grad! { y = x * x; }
                0.3
            }) < 0.4
        {
            y *= 2.0;
        }
        y
    }
}
