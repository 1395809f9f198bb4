use autograd_runtime::prelude::*;

#[derive(Differentiable, Clone, Copy)]
union Number {
    a: f64,
    b: f64,
}

fn main() {}
