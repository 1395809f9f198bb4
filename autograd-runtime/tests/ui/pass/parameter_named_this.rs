//! A parameter `this` beside `self`.
use autograd_runtime::prelude::*;

#[derive(Differentiable, Clone)]
struct Model {
    w: f64,
}

impl Model {
    #[differentiable]
    fn value(&self, this: f64) -> f64 {
        self.w * this
    }
}

fn main() {
    assert_eq!(Model { w: 2.0 }.value_grad(3.0).1, 2.0);
}
