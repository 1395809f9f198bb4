use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    x * x.next_up()
}

fn main() {}
