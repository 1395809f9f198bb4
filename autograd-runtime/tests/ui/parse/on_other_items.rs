use autograd_runtime::prelude::*;

#[differentiable]
enum Shape {
    Square(f64),
}

#[differentiable]
mod functions {}

#[differentiable]
const ONE: f64 = 1.0;

#[differentiable]
type Scalar = f64;

#[differentiable]
use std::f64::consts::PI;

fn main() {}
