use autograd_runtime::prelude::*;

#[differentiable]
fn f<T: Real>(x: T, w: &[T]) -> T {
    let i = x.to_f64() as usize;
    w[i] * x
}

fn main() {}
