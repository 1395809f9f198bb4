use autograd_runtime::prelude::*;

macro_rules! some {
    ($name:ident) => {
        Some($name)
    };
}

#[differentiable]
fn f(x: f64) -> f64 {
    match Some(x * x) {
        some!(y) => y * x,
        _ => x,
    }
}

fn main() {}
