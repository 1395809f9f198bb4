use autograd_runtime::prelude::*;

use std::ops::Deref;

#[derive(Differentiable, Clone)]
struct Wrapper {
    a: Vec<f64>,
    b: Vec<f64>,
}

impl Deref for Wrapper {
    type Target = Vec<f64>;
    fn deref(&self) -> &Vec<f64> {
        &self.b
    }
}

#[differentiable]
fn f(w: &Wrapper) -> f64 {
    let v = &**w;
    v[0] * w[1]
}

fn main() {}
