use autograd_runtime::prelude::*;

#[differentiable]
fn f<T>(x: T, y: f64) -> f64 {
    let _ = x;
    y * y
}

#[differentiable]
fn g<T: Copy + std::ops::Mul<Output = T>>(x: T) -> T {
    x * x
}

fn main() {}
