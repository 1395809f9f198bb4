use autograd_runtime::prelude::*;

#[derive(Differentiable)]
struct Data<'a> {
    x: &'a [f64],
    y: f64,
}

fn main() {}
