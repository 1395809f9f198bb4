use autograd_runtime::prelude::*;

#[differentiable]
fn power(x: f64, n: u32) -> f64 {
    if n == 0 { 1.0 } else { x * power(x, n - 1) }
}

fn main() {
    assert_eq!(power::grad(2.0, 3), 12.0);
}
