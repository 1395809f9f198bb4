use autograd_runtime::prelude::*;

fn f(x: f64) -> f64 {
    #[differentiable]
    let square = |x: f64| x * x;
    square(x)
}

fn main() {}
