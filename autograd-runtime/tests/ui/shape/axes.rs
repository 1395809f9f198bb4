use autograd_runtime::prelude::*;

#[differentiable]
fn f(#[shape(n, 3)] x: &Tensor<2>) -> f32 {
    let p = x.softmax(2);
    let turned = p.permute([1, 1]);
    let column = turned.t().select(1, 3);
    let first = x.slice(1, 0..4);
    column.sum() + first.sum_axis(0).sum_axis(1).sum()
}

fn main() {}
