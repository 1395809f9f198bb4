use autograd_runtime::prelude::*;

fn f(#[no_grad] x: f64) -> f64 {
    x * x
}

fn main() {}
