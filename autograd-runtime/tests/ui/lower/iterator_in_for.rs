use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 0.0;
    for (a, b) in x.iter().zip(y) {
        s += a * b;
    }
    for (i, a) in x.iter().enumerate() {
        s += a * i as f64;
    }
    for w in x.windows(2) {
        s += w[0] * w[1];
    }
    s
}

fn main() {}
