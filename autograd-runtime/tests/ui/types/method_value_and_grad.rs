use autograd_runtime::prelude::*;

#[derive(Differentiable, Clone)]
struct Model {
    w: f64,
}

impl Model {
    #[differentiable]
    fn both(&self, x: f64) -> [f64; 2] {
        [self.w * x, x]
    }
}

fn main() {
    let model = Model { w: 1.0 };
    let _ = model.both_value_and_grad(1.0);
    let _ = model.both_grad(1.0);
}
