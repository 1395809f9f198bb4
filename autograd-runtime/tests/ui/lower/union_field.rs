use autograd_runtime::prelude::*;

union Number {
    f: f64,
    i: u64,
}

#[differentiable]
fn f(x: f64) -> f64 {
    let n = Number { f: x };
    x * unsafe { n.f }
}

fn main() {}
