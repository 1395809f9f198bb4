use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &Tensor<1, f64>) -> f64 {
    let mut y = x.clone();
    y[[0]] = 2.0;
    y.as_mut_slice()[1] = 3.0;
    y.sum()
}

fn main() {}
