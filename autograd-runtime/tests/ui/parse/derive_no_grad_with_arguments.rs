use autograd_runtime::prelude::*;

#[derive(Differentiable)]
struct Model {
    w: f64,
    #[no_grad(always)]
    b: f64,
}

fn main() {}
