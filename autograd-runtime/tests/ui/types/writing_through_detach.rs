use autograd_runtime::prelude::*;

fn main() {
    let t: Tensor<1> = Tensor::ones([2]);
    t.detach()[[0]] = 5.0;
    t.detach().as_mut_slice()[0] = 5.0;
    let d = t.detach();
    *d = Tensor::zeros([2]);
}
