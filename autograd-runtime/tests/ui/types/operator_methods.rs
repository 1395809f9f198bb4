use autograd_runtime::prelude::*;
use std::ops::{Add, Neg};

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    x.add(y) * x.neg()
}

fn main() {}
