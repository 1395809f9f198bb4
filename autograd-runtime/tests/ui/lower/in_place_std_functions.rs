use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let mut a = x;
    let mut b = x * x;
    std::mem::swap(&mut a, &mut b);
    let c = std::mem::replace(&mut a, 1.0);
    a * b * c
}

fn main() {}
