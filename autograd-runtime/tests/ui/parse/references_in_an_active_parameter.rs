//! An active parameter that holds references.

use autograd_runtime::prelude::*;

#[differentiable]
fn f(pair: (&f64, &f64), rows: &[&[f64]]) -> f64 {
    pair.0 * pair.1 * rows[0][0]
}

fn main() {}
