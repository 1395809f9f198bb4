use autograd_runtime::prelude::*;
use std::ops::{AddAssign, DivAssign, MulAssign, RemAssign, SubAssign};

trait Bump {
    fn bump(&mut self, by: f64);
}

impl Bump for f64 {
    fn bump(&mut self, by: f64) {
        *self += by;
    }
}

#[differentiable]
fn operators(x: f64, y: f64) -> f64 {
    let mut a = x;
    a.add_assign(y);
    a.sub_assign(y);
    a.mul_assign(y);
    a.div_assign(y);
    a.rem_assign(y);
    a * x
}

#[differentiable]
fn of_a_variable(x: f64, y: f64) -> f64 {
    let mut a = x;
    a.bump(1.0);
    let mut b = 0.0;
    b.bump(y);
    a * b
}

#[differentiable]
fn of_an_element(x: f64) -> f64 {
    let mut list = [x, x * x];
    list[0].bump(x);
    let mut pair = (x, 1.0);
    pair.1.bump(x);
    list[0] * pair.1
}

fn main() {}
