use autograd_runtime::prelude::*;

use std::ops::AddAssign;

#[derive(Differentiable, Clone, Copy)]
struct Vec3 {
    x: f64,
    y: f64,
}

impl AddAssign for Vec3 {
    fn add_assign(&mut self, o: Self) {
        self.x *= o.x;
        self.y = 0.0;
    }
}

#[differentiable]
fn f(a: Vec3, b: Vec3) -> f64 {
    let mut c = a;
    c += b;
    c.x * c.y
}

fn main() {}
