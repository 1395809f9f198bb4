use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let y = match x {
        0.0 => 1.0,
        v => v * v,
    };
    x * y
}

fn main() {}
