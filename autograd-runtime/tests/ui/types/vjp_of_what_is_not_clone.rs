use autograd_runtime::prelude::*;

#[derive(Differentiable)]
struct Model {
    w: f64,
}

impl Model {
    #[differentiable]
    fn f(&self, x: f64) -> f64 {
        self.w * x
    }
}

#[differentiable]
fn g(m: &Model, x: f64) -> f64 {
    m.w * x
}

fn main() {
    let model = Model { w: 2.0 };
    let _ = model.f_vjp(1.0);
    let _ = g::vjp(&model, 1.0);
}
