use autograd_runtime::prelude::*;

#[derive(Differentiable)]
struct Model {
    w: f64,
}

impl Model {
    #[differentiable]
    fn method(#[shape(n)] &self, x: f64) -> f64 {
        self.w * x
    }
}

#[differentiable]
fn on_an_integer(x: f64, #[shape(n)] k: usize) -> f64 {
    x * k as f64
}

#[differentiable]
fn on_a_scalar(#[shape(n)] x: f64) -> f64 {
    x
}

#[differentiable]
fn on_a_struct(#[shape(n)] model: &Model) -> f64 {
    model.w
}

#[differentiable]
fn of_any_rank<const R: usize>(#[shape(n)] x: &Tensor<R>) -> f32 {
    x.sum()
}

#[differentiable]
fn on_a_pattern(#[shape(2)] [a, b]: [f64; 2]) -> f64 {
    a * b
}

#[differentiable]
#[shape(n)]
fn on_a_function(x: f64) -> f64 {
    x
}

#[differentiable]
fn on_a_let(x: &[f64]) -> f64 {
    #[shape(n)]
    let y = x[0];
    y
}

trait Layer: Differentiable {
    #[differentiable]
    fn forward(&self, #[shape(n)] x: &Tensor<1>) -> Tensor<1>;
}

fn main() {}
