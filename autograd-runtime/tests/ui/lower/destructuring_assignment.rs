use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let (mut a, mut b) = (x, x * x);
    (a, b) = (b, a);
    [a, b] = [a * b, a];
    a * b
}

fn main() {}
