use autograd_runtime::prelude::*;

trait Loss: Differentiable {
    #[differentiable]
    fn loss(&self, x: f64) -> f64;
}

#[derive(Differentiable, Clone)]
struct Model {
    w: f64,
}

impl Loss for Model {
    #[differentiable]
    fn loss(&self, x: f64) -> f64 {
        self.w * x
    }
}

fn main() {}
