use autograd_runtime::prelude::*;

trait Sq {
    fn square(self) -> f64;
}
impl Sq for f64 {
    fn square(self) -> f64 {
        self * self * self
    }
}
#[differentiable]
fn f(x: f64) -> f64 {
    x.square()
}
fn main() {
    assert_eq!(f::grad(2.0), 12.0);
}
