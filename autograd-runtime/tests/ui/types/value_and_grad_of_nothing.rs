use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &mut [f64]) {
    x[0] *= x[1];
}

fn main() {
    let mut x = [1.0, 2.0];
    let _ = f::grad(&mut x);
}
