use autograd_runtime::prelude::*;

#[differentiable(vjp = my_rule)]
fn f(x: f64) -> f64 {
    x.sin()
}

fn main() {}
