use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: [f64; 3]) -> f64 {
    match x {
        [first, rest @ ..] => first * rest[0],
    }
}

fn main() {}
