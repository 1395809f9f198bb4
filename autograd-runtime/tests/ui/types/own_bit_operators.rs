use autograd_runtime::prelude::*;

use std::ops::{BitOr, BitXor, Not};
#[derive(Differentiable, Clone, Copy)]
struct V {
    x: f64,
    y: f64,
}
impl BitXor for V {
    type Output = f64;
    fn bitxor(self, o: V) -> f64 {
        self.x * o.y - self.y * o.x
    }
}
impl BitOr for V {
    type Output = f64;
    fn bitor(self, o: V) -> f64 {
        self.x * o.x + self.y * o.y
    }
}
impl Not for V {
    type Output = V;
    fn not(self) -> V {
        V { x: -self.y, y: self.x }
    }
}
#[differentiable]
fn f(a: V, b: V) -> f64 {
    a.x + (a ^ b) + (a | b) + (!a).x
}
fn main() {
    assert_eq!(f::grad(V { x: 2.0, y: 5.0 }, V { x: 1.0, y: 3.0 }).0.x, 1.0 + 3.0 + 1.0);
}
