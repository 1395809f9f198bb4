use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let y = x;
    #[cfg(any())]
    let y = y * 2.0;
    y * y
}
fn main() {
    let (v, g) = (f::value_and_grad(3.0).0, f::grad(3.0));
    assert_eq!((f(3.0), v, g), (9.0, 9.0, 6.0));
}
