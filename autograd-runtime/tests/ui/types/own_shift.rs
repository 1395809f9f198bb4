use autograd_runtime::prelude::*;

use std::ops::Shl;
#[derive(Differentiable, Clone, Copy)]
struct V {
    x: f64,
    y: f64,
}
impl Shl<f64> for V {
    type Output = V;
    fn shl(self, o: f64) -> V {
        V { x: self.x * o, y: self.y }
    }
}
#[differentiable]
fn f(a: V) -> f64 {
    let b = a << 2.0;
    a.x + b.x * b.y
}
fn main() {
    assert_eq!(f::grad(V { x: 2.0, y: 5.0 }).x, 11.0);
}
