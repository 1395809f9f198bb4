use autograd_runtime::prelude::*;

#[derive(Differentiable, Clone)]
struct Model {
    w: f64,
}

impl Model {
    #[differentiable]
    fn f(&self, x: f64) -> f64 {
        let k = self.w as i32;
        let m = helper(x) as i32;
        x * f64::from(k) * f64::from(m)
    }
}

#[differentiable]
fn helper(x: f64) -> f64 {
    x * x
}

fn main() {}
