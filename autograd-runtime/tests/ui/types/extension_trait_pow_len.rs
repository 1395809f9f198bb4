use autograd_runtime::prelude::*;

trait T2 {
    fn pow(self, k: f64) -> f64;
    fn len(self) -> f64;
}
impl T2 for f64 {
    fn pow(self, k: f64) -> f64 {
        self.powf(k)
    }
    fn len(self) -> f64 {
        self.abs()
    }
}
#[differentiable]
fn f(x: f64) -> f64 {
    x.pow(2.0) + x.len() + x
}
fn main() {
    assert_eq!(f::grad(2.0), 6.0);
}
