use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, y: &[f64]) -> f64 {
    let k = x as usize;
    let n = (x * 2.0) as i32;
    let m = y[k] as u8;
    y[k] * f64::from(n) * f64::from(m)
}

fn main() {}
