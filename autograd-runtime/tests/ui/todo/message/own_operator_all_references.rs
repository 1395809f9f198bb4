use autograd_runtime::prelude::*;

use std::ops::{Add, Mul, Neg, Sub};

#[derive(Differentiable, Clone, Copy)]
struct Vec3 {
    x: f64,
    y: f64,
}

impl Add for Vec3 {
    type Output = Vec3;
    fn add(self, o: Vec3) -> Vec3 {
        Vec3 { x: self.x * o.x, y: self.y * o.y }
    }
}

impl Add<&Vec3> for &Vec3 {
    type Output = Vec3;
    fn add(self, o: &Vec3) -> Vec3 {
        Vec3 { x: self.x * o.x, y: self.y * o.y }
    }
}

impl Sub for Vec3 {
    type Output = Vec3;
    fn sub(self, o: Vec3) -> Vec3 {
        Vec3 { x: self.x * o.x, y: self.y * o.y }
    }
}

impl Neg for Vec3 {
    type Output = Vec3;
    fn neg(self) -> Vec3 {
        Vec3 { x: self.x * self.x, y: -self.y }
    }
}

impl Mul for Vec3 {
    type Output = f64;
    fn mul(self, o: Vec3) -> f64 {
        self.x * o.x
    }
}

#[differentiable]
fn f(a: Vec3, b: Vec3) -> f64 {
    (a + b).x
}

#[differentiable]
fn g(a: Vec3, b: Vec3) -> f64 {
    (a - b).x
}

#[differentiable]
fn h(a: Vec3) -> f64 {
    (-a).x
}

#[differentiable]
fn k(a: Vec3, b: Vec3) -> f64 {
    a * b
}

fn main() {}
