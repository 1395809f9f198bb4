use autograd_runtime::prelude::*;

mod math {
    pub fn square(x: f64) -> f64 {
        x * x
    }
}

#[differentiable]
fn f(x: f64) -> f64 {
    math::square(x) * x
}

fn main() {}
