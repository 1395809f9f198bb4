use autograd_runtime::prelude::*;

#[derive(Differentiable, Clone)]
struct Model {
    w: f64,
}

#[differentiable]
fn f(m: &Model, x: f64) -> f64 {
    m.weight * x
}

fn main() {}
