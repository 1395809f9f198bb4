use autograd_runtime::prelude::*;

#[differentiable]
fn f(#[shape(n, d)] x: &Tensor<2>, #[shape(2, 3)] c: &Tensor<2>) -> f32 {
    let [n, d] = x.shape();
    let columns = x.reshape([d, n]);
    let flat = columns.reshape([n, d, 2]);
    let six = c.reshape([2, 2]);
    let more = c.broadcast_to([5, 3, 3]);
    flat.sum() + six.sum() + more.sum()
}

fn main() {}
