//! A method of the user's own with the name of one of tensors.

use autograd_runtime::prelude::*;

#[derive(Clone, Copy, Debug, Differentiable)]
struct Vector {
    x: f64,
    y: f64,
}

impl Vector {
    #[differentiable]
    fn norm(&self) -> f64 {
        self.x.hypot(self.y)
    }
}

#[differentiable]
fn length(v: &Vector) -> f64 {
    v.norm()
}

#[differentiable]
fn by_its_path(v: &Vector) -> f64 {
    Vector::norm(v)
}

fn main() {}
