use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let y = x * x;
    let p = &raw const y;
    x * if p.is_null() { 0.0 } else { 1.0 }
}

fn main() {}
