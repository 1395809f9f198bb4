use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &Tensor<1>) -> Tensor<1> {
    x * x
}

fn main() {
    let _ = f::value_and_grad(&Tensor::ones([2]));
}
