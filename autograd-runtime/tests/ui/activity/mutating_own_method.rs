use autograd_runtime::prelude::*;

#[derive(Differentiable, Clone, Copy)]
struct V {
    x: f64,
    y: f64,
}
impl V {
    fn scale(&mut self, s: f64) {
        self.x *= s;
        self.y = 0.0;
    }
}
#[differentiable]
fn f(x: f64) -> f64 {
    let mut v = V { x, y: x };
    v.scale(3.0);
    v.x * v.y + v.x
}
fn main() {
    assert_eq!(f::grad(2.0), 3.0);
}
