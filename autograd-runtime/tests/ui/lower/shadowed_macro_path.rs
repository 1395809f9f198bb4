use autograd_runtime::prelude::*;

mod m {
    macro_rules! no_grad {
        ($x:expr) => {
            $x * 2.0
        };
    }
    pub(crate) use no_grad;
}
#[differentiable]
fn f(x: f64) -> f64 {
    m::no_grad!(x) + x
}
fn main() {
    assert_eq!(f::grad(2.0), 3.0);
}
