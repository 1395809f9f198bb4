use autograd_runtime::prelude::*;

use std::ops::AddAssign;
#[derive(Differentiable, Clone, Copy)]
struct V {
    x: f64,
    y: f64,
}
impl AddAssign<f64> for V {
    fn add_assign(&mut self, s: f64) {
        self.x *= s;
        self.y *= s;
    }
}
#[differentiable]
fn f(a: V) -> f64 {
    let mut c = a;
    c += 3.0;
    c.x * c.y
}
fn main() {
    assert_eq!(f::grad(V { x: 2.0, y: 5.0 }).x, 45.0);
}
