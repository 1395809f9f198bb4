use autograd_runtime::prelude::*;

mod mine {
    pub trait Real {
        fn sin(&self) -> f64;
    }
    impl Real for f64 {
        fn sin(&self) -> f64 {
            self * 7.0
        }
    }
}
#[differentiable]
fn f(x: f64) -> f64 {
    mine::Real::sin(&x)
}
fn main() {
    assert_eq!(f::grad(2.0), 7.0);
}
