use autograd_runtime::prelude::*;

#[differentiable]
struct Model {
    w: f64,
}

#[differentiable]
pub(crate) struct Other(f64);

fn main() {}
