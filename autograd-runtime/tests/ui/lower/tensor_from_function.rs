use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let t: Tensor<1, f64> = Tensor::from_fn([3], |[i]| x * i as f64);
    let u = Tensor::from_vec([1], vec![x]).unwrap();
    t.sum() + u.sum()
}

fn main() {}
