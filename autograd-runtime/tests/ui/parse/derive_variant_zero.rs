use autograd_runtime::prelude::*;

#[derive(Differentiable)]
enum Shape {
    Zero(f64),
    Circle(f64),
}

fn main() {}
