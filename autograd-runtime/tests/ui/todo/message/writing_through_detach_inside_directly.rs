use autograd_runtime::prelude::*;

#[differentiable]
fn f(t: &Tensor<1>) -> f32 {
    t.detach()[[0]] = 5.0;
    t.sum()
}

#[differentiable]
fn g(t: &Tensor<1>) -> f32 {
    t.detach().as_mut_slice()[0] = 5.0;
    t.sum()
}

fn main() {}
