use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, flag: bool) -> f64 {
    let y = x > 0.0;
    if flag && y { 1.0 } else { 2.0 }
}

fn main() {}
