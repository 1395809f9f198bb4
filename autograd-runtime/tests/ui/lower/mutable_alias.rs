use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let mut v = [x, x * x];
    let a = &mut v[0];
    *a *= 2.0;
    v[0] * v[1]
}

fn main() {}
