use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    std::future::ready(x).await
}

fn main() {}
