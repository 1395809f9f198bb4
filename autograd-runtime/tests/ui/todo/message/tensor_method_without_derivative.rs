use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &Tensor<2>) -> f32 {
    let s = x.as_slice();
    s[0] * x.into_vec()[0]
}

fn main() {}
