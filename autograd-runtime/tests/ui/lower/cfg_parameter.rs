use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, #[cfg(any())] y: f64) -> f64 {
    x * x
}
fn main() {
    assert_eq!(f::grad(3.0), 6.0);
}
