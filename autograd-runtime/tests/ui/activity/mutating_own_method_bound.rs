use autograd_runtime::prelude::*;

#[derive(Differentiable, Clone, Copy)]
struct V {
    x: f64,
    y: f64,
}
impl V {
    fn scale(&mut self, s: f64) -> bool {
        self.x *= s;
        self.y = 0.0;
        true
    }
}
#[differentiable]
fn f(x: f64) -> f64 {
    let mut v = V { x, y: x };
    let ok = v.scale(3.0);
    if ok { v.x * v.y + v.x } else { x }
}
fn main() {
    assert_eq!(f::grad(2.0), 3.0);
}
