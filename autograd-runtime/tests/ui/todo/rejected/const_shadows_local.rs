use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let y = x * x;
    let z = {
        const y: f64 = 5.0;
        y
    };
    z * x
}
fn main() {
    assert_eq!(f::grad(2.0), 5.0);
}
