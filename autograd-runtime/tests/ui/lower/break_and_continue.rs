use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &[f64]) -> f64 {
    let mut y = 0.0;
    for i in 0..x.len() {
        if x[i] < 0.0 {
            continue;
        }
        if y > 10.0 {
            break;
        }
        y += x[i] * x[i];
    }
    y
}

fn main() {}
