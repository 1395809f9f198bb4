use autograd_runtime::prelude::*;

#[differentiable]
fn too_few(#[shape(n)] x: &Tensor<2>) -> f32 {
    x.sum()
}

#[differentiable]
fn too_many(#[shape(n, d)] x: &[f32]) -> f32 {
    x[0]
}

#[differentiable]
fn none(#[shape] x: &Tensor<1>) -> f32 {
    x.sum()
}

#[differentiable]
fn an_expression(#[shape(2 * n)] x: &Tensor<1>) -> f32 {
    x.sum()
}

#[differentiable]
fn a_text(#[shape("n")] x: &Tensor<1>) -> f32 {
    x.sum()
}

#[differentiable]
fn twice(
    #[shape(n)]
    #[shape(m)]
    x: &Tensor<1>,
) -> f32 {
    x.sum()
}

#[differentiable]
fn another_length(#[shape(4)] x: [f64; 3]) -> f64 {
    x[0]
}

fn main() {}
