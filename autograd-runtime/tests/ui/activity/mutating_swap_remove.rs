use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, y: f64) -> f64 {
    let mut v = vec![x, y];
    v.swap_remove(0);
    v[0]
}
fn main() {
    assert_eq!(f::grad(2.0, 3.0), (0.0, 1.0));
}
