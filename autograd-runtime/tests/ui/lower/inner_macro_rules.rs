use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    macro_rules! println {
        ($x:ident) => {
            $x *= 2.0;
        };
    }
    let mut y = x;
    println!(y);
    y
}
fn main() {
    assert_eq!(f::value_and_grad(2.0), (4.0, 2.0));
}
