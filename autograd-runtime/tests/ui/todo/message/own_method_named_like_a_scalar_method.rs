use autograd_runtime::prelude::*;

#[derive(Differentiable, Clone, Copy)]
struct Angle {
    degrees: f64,
}

impl Angle {
    fn sin(self) -> f64 {
        (self.degrees * 0.017).sin()
    }
}

#[differentiable]
fn f(a: Angle, x: f64) -> f64 {
    a.sin() * x
}

fn main() {}
