use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let n: i32 = unsafe { x.to_int_unchecked() };
    x * f64::from(n)
}

fn main() {}
