use autograd_runtime::prelude::*;

use std::ops::Index;

#[derive(Differentiable, Clone)]
struct Reversed {
    data: Vec<f64>,
}

impl Index<usize> for Reversed {
    type Output = f64;
    fn index(&self, i: usize) -> &f64 {
        &self.data[self.data.len() - 1 - i]
    }
}

#[differentiable]
fn f(a: &Reversed) -> f64 {
    a[0] * a[1]
}

fn main() {}
