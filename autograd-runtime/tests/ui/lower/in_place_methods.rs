use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let mut v = vec![x];
    v.push(x * x);
    v.swap(0, 1);
    v.reverse();
    v[0]
}

fn main() {}
