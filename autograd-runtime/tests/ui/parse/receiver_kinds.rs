use autograd_runtime::prelude::*;

#[derive(Differentiable, Clone)]
struct Model {
    w: f64,
}

impl Model {
    #[differentiable]
    fn f(&mut self, x: f64) -> f64 {
        self.w * x
    }

    #[differentiable]
    fn g(mut self, x: f64) -> f64 {
        self.w *= x;
        self.w
    }

    #[differentiable]
    fn h(self: Box<Self>, x: f64) -> f64 {
        self.w * x
    }
}

fn main() {}
