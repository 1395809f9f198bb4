use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    let mut v = vec![x, y];
    v.copy_within(0..1, 1);
    v[1]
}
fn main() {
    assert_eq!(f::grad(2.0, 3.0), (1.0, 0.0));
}
