use autograd_runtime::prelude::*;

macro_rules! square {
    ($x:expr) => {
        $x * $x
    };
}

#[differentiable]
fn f(x: f64) -> f64 {
    let y = square!(x);
    y + x
}

fn main() {}
