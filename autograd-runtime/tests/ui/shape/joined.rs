use autograd_runtime::prelude::*;

#[differentiable]
fn f(#[shape(n, d)] x: &Tensor<2>, #[shape(n, k)] y: &Tensor<2>) -> f32 {
    let wide = Tensor::concat(&[x, y], 1);
    let long = Tensor::concat(&[x, y], 0);
    let pair = Tensor::stack(&[x, y], 0);
    let chosen = x.gt(0.0).where_(x, y);
    wide.sum() + long.sum() + pair.sum() + chosen.sum()
}

fn main() {}
