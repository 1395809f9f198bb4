use autograd_runtime::prelude::*;

#[derive(Differentiable)]
#[no_grad]
struct Model {
    w: f64,
}

fn main() {}
