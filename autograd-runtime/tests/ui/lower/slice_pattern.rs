use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &[f64]) -> f64 {
    let [first, .., last] = x else { panic!() };
    first * last
}

fn main() {}
