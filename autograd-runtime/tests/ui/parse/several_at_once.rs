use autograd_runtime::prelude::*;

#[differentiable]
const unsafe fn f(x: &mut f64, y: impl Real) -> &f64 {
    x
}

fn main() {}
