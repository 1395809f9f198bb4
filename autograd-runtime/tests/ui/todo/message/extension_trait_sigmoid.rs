use autograd_runtime::prelude::*;

trait Act {
    fn sigmoid(self) -> f64;
    fn relu(self) -> f64;
}
impl Act for f64 {
    fn sigmoid(self) -> f64 {
        self * 3.0
    }
    fn relu(self) -> f64 {
        self * 5.0
    }
}
#[differentiable]
fn f(x: f64) -> f64 {
    x.sigmoid() + x.relu()
}
fn main() {
    assert_eq!(f::grad(2.0), 8.0);
}
