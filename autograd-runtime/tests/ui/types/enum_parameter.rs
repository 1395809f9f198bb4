use autograd_runtime::prelude::*;

enum Shape {
    Square(f64),
}

#[differentiable]
fn f(s: &Shape, x: f64) -> f64 {
    let _ = s;
    x * x
}

fn main() {}
