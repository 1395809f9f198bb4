use autograd_runtime::prelude::*;

struct Pair {
    a: f64,
    b: f64,
}

#[differentiable]
fn f(x: f64) -> f64 {
    let p = Pair { a: x, b: x * x };
    p.a * p.b
}

fn main() {}
