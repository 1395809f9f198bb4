use autograd_runtime::prelude::*;

#[differentiable]
fn layer(
    #[shape(n, d)] x: &Tensor<2>,
    #[shape(k, m)] w: &Tensor<2>,
    #[shape(3)] b: &Tensor<1>,
) -> f32 {
    let h = x.matmul(w);
    (h.matmul(b) + w.matmul(&w.t()).matmul(b)).sum()
}

fn main() {}
