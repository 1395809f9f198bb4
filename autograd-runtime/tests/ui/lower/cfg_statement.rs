use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let mut y = x;
    #[cfg(any())]
    {
        y *= 2.0;
    }
    #[cfg(all())]
    {
        y *= 3.0;
    }
    y
}
fn main() {
    assert_eq!((f(3.0), f::value_and_grad(3.0)), (9.0, (9.0, 3.0)));
}
