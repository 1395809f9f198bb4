use autograd_runtime::prelude::*;

#[differentiable]
fn f(#[shape(n, d)] x: &Tensor<2>) -> f32 {
    let y = x.matmul(x);
    let n = x.sum() as usize;
    y.sum() * n as f32
}

fn main() {}
