//! Other attributes on a differentiable function, its parameters and its statements.
#![deny(warnings)]

use autograd_runtime::prelude::*;

#[differentiable]
#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn f(x: f64, #[allow(unused_variables)] y: f64) -> f64 {
    #[allow(unused_variables)]
    let z = x;
    #[allow(clippy::let_and_return)]
    let w = x * x;
    w
}

#[cfg(any())]
#[differentiable]
fn absent(x: f64) -> Missing {
    x
}

#[must_use]
#[track_caller]
#[cold]
#[doc = "A function."]
#[cfg_attr(all(), differentiable)]
fn g(x: f64) -> f64 {
    x * x
}

fn main() {
    assert_eq!(f::grad(3.0, 1.0), (6.0, 0.0));
    assert_eq!(g::grad(3.0), 6.0);
}
