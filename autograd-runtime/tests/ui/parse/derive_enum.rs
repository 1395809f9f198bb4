use autograd_runtime::prelude::*;

#[derive(Differentiable)]
enum Shape {
    Square(f64),
    Circle(f64),
}

fn main() {}
