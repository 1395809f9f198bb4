use autograd_runtime::prelude::*;

trait Area {
    fn area(&self) -> f64;
}

impl Area for f64 {
    fn area(&self) -> f64 {
        self * self
    }
}

#[differentiable]
fn f(x: f64) -> f64 {
    <f64 as Area>::area(&x) * x
}

fn main() {}
