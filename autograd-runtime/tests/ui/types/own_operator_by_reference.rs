use autograd_runtime::prelude::*;

use std::ops::Mul;

#[derive(Differentiable, Clone, Copy)]
struct Vec3 {
    x: f64,
    y: f64,
}

impl Mul<f64> for &Vec3 {
    type Output = Vec3;
    fn mul(self, s: f64) -> Vec3 {
        Vec3 { x: self.x * s, y: self.y }
    }
}

#[differentiable]
fn f(a: &Vec3, s: f64) -> f64 {
    let c = a * s;
    c.x * c.y
}

fn main() {}
