use autograd_runtime::prelude::*;

struct Square;

impl Square {
    fn of(x: f64) -> f64 {
        x * x
    }
}

#[differentiable]
fn f(x: f64) -> f64 {
    Square::of(x) * x
}

fn main() {}
