use autograd_runtime::prelude::*;

#[derive(Differentiable, Clone)]
struct Model {
    w: f64,
}

impl Model {
    #[differentiable]
    fn of_squares(a: f64, b: f64) -> f64 {
        a * a * b
    }
}

fn main() {}
