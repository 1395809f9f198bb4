//! What is looked for among active values, where more than that is done.

use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&a, &b| {
        sum += x[a];
        x[a].total_cmp(&x[b])
    });
    let count: usize = x
        .iter()
        .map(|v| {
            sum += v;
            1
        })
        .sum();
    let rounded: usize = x.iter().map(|v| *v as usize).sum();
    let mut values: Vec<f64> = x.to_vec();
    values.sort_by(f64::total_cmp);
    sum * x[order[0]] * (count + rounded) as f64 * values[0]
}

fn main() {}
