use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let mut v = vec![x, x * x];
    for (i, a) in v.iter_mut().enumerate() {
        *a *= i as f64;
    }
    v[0] * v[1]
}

fn main() {}
