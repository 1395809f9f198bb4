use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    v.sort_by(|a, b| a.total_cmp(b));
    v.rotate_left(1);
    v.retain(|e| *e > 0.0);
    v.copy_within(0..1, 1);
    v.dedup();
    v[0]
}

fn main() {}
