use autograd_runtime::prelude::*;

unsafe extern "C" {
    #[differentiable]
    fn f(x: f64) -> f64;
}

fn main() {}
