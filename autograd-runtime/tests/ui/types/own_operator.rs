use autograd_runtime::prelude::*;

use std::ops::Add;

#[derive(Differentiable, Clone, Copy)]
struct Vec3 {
    x: f64,
    y: f64,
    z: f64,
}

impl Add for Vec3 {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        // Not a sum at all.
        Vec3 { x: self.x * o.x, y: self.y, z: o.z }
    }
}

#[differentiable]
fn f(a: Vec3, b: Vec3) -> f64 {
    let c = a + b;
    c.x * c.y
}

fn main() {}
