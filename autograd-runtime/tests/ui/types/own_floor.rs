use autograd_runtime::prelude::*;

#[derive(Differentiable, Clone, Copy)]
struct V {
    x: f64,
    y: f64,
}
impl V {
    #[differentiable]
    fn floor(&self) -> f64 {
        self.x * self.y
    }
    #[differentiable]
    fn shape(&self) -> f64 {
        self.x * self.y
    }
}
#[differentiable]
fn f(v: &V, s: f64) -> f64 {
    (v.floor() + v.shape()) * s
}
fn main() {
    let g = f::grad(&V { x: 2.0, y: 3.0 }, 5.0);
    assert_eq!((g.0.x, g.0.y, g.1), (30.0, 20.0, 12.0));
}
