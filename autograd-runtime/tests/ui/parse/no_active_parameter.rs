use autograd_runtime::prelude::*;

#[differentiable]
fn f(n: usize, name: &str) -> f64 {
    n as f64 + name.len() as f64
}

fn main() {}
