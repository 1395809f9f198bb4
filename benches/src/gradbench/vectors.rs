//! The modules whose input is a number or a list of numbers.

use super::call::{Call, Outcome, ensure};
use crate::programs::{
    det as determinant, llsq as least_squares, lse as log_sum_exp, ode as system,
};
use autograd_runtime::prelude::*;
use serde::Deserialize;

#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

/// A square and its derivative, the double.
pub(super) fn hello(call: &Call<'_>) -> Outcome {
    let x: f64 = call.parse()?;
    match call.function {
        "square" => call.measure(|| square(x)),
        "double" => call.measure(|| square::grad(x)),
        _ => call.unknown(),
    }
}

#[derive(Deserialize)]
struct Vector {
    x: Vec<f64>,
}

/// The log-sum-exp of a vector.
pub(super) fn lse(call: &Call<'_>) -> Outcome {
    let Vector { x } = call.parse()?;
    match call.function {
        "primal" => call.measure(|| log_sum_exp::log_sum_exp(&x)),
        "gradient" => call.measure(|| log_sum_exp::log_sum_exp::grad(&x)),
        _ => call.unknown(),
    }
}

#[derive(Deserialize)]
struct Coefficients {
    x: Vec<f64>,
    n: usize,
}

/// The least squares of a polynomial.
pub(super) fn llsq(call: &Call<'_>) -> Outcome {
    let Coefficients { x, n } = call.parse()?;
    match call.function {
        "primal" => call.measure(|| least_squares::objective(&x, n)),
        "gradient" => call.measure(|| least_squares::objective::grad(&x, n)),
        _ => call.unknown(),
    }
}

#[derive(Deserialize)]
struct Equations {
    x: Vec<f64>,
    s: usize,
}

/// A system of differential equations.
pub(super) fn ode(call: &Call<'_>) -> Outcome {
    let Equations { x, s } = call.parse()?;
    ensure(!x.is_empty() && s > 0, "there must be equations and steps")?;
    match call.function {
        "primal" => call.measure(|| system::solution(&x, s)),
        "gradient" => call.measure(|| system::last_component::grad(&x, s)),
        _ => call.unknown(),
    }
}

#[derive(Deserialize)]
struct Matrix {
    #[serde(rename = "A")]
    a: Vec<f64>,
    ell: usize,
}

/// A determinant by expansion by minors.
pub(super) fn det(call: &Call<'_>) -> Outcome {
    let Matrix { a, ell } = call.parse()?;
    ensure(Some(a.len()) == ell.checked_mul(ell), "`A` is not of `ell²` elements")?;
    match call.function {
        "primal" => call.measure(|| determinant::by_minors(&a, ell)),
        "gradient" => call.measure(|| determinant::by_minors_again::grad(&a, ell)),
        _ => call.unknown(),
    }
}
