use autograd_runtime::prelude::*;

#[derive(Differentiable)]
struct V {
    x: f64,
}
impl Clone for V {
    fn clone(&self) -> V {
        V { x: self.x * 2.0 }
    }
}
#[differentiable]
fn f(v: &V) -> f64 {
    v.clone().x
}
fn main() {
    assert_eq!(f::grad(&V { x: 1.0 }).x, 2.0);
}
