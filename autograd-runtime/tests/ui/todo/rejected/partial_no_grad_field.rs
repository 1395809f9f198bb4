use autograd_runtime::prelude::*;

#[derive(Differentiable, Clone)]
struct M {
    w: f64,
    #[no_grad]
    c: f64,
}
#[differentiable]
fn f(x: f64) -> f64 {
    let mut m = M { w: x, c: x };
    m.c = x * 2.0;
    m.c * m.w
}
fn main() {
    let _ = f::grad(2.0);
}
