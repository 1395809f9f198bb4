//! Indices that are looked for among active values: what they select has a gradient, they have none.

#![allow(clippy::pedantic, clippy::all, reason = "what users may write, not what is best")]

use autograd_runtime::prelude::*;

const X: [f64; 5] = [0.5, 2.5, -1.0, 3.0, 1.5];

/// The square of the largest, by its index in two ways, times the last that is positive.
#[differentiable]
fn largest(x: &[f64]) -> f64 {
    let i: usize = x.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(i, _)| i).unwrap();
    let j: usize = (0..x.len()).max_by(|&a, &b| x[a].total_cmp(&x[b])).unwrap();
    let k: usize = x.iter().enumerate().filter(|(_, v)| **v > 0.0).map(|(k, _)| k).last().unwrap();
    x[i] * x[j] * x[k]
}

#[test]
fn the_index_of_the_largest() {
    let (value, gradient) = largest::value_and_grad(&X);
    assert_eq!(value, 13.5);
    assert_eq!(gradient, [0.0, 0.0, 0.0, 9.0, 9.0]);
}

/// The median times the smallest.
#[differentiable]
fn median(x: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&a, &b| x[a].total_cmp(&x[b]));
    x[order[x.len() / 2]] * x[order[0]]
}

#[test]
fn an_order() {
    let (value, gradient) = median::value_and_grad(&X);
    assert_eq!(value, -1.5);
    assert_eq!(gradient, [0.0, 0.0, 1.5, 0.0, -1.0]);
    let (_, along) = median::jvp(&X, vec![1.0, 1.0, 1.0, 1.0, 1.0]);
    assert_eq!(along, 0.5);
}

/// The order changes between the reads, and in each iteration of a loop.
#[differentiable]
fn orders(x: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_unstable_by(|&a, &b| x[a].total_cmp(&x[b]));
    let smallest = x[order[0]];
    order.sort_by(|&a, &b| x[b].total_cmp(&x[a]));
    let largest = x[order[0]];
    let mut sum = 0.0;
    for k in 0..3 {
        let center = x[k];
        order.sort_by(|&a, &b| (x[a] - center).abs().total_cmp(&(x[b] - center).abs()));
        let nearest = order[1];
        sum += x[nearest] * x[nearest] * (k + 1) as f64;
    }
    smallest * largest * largest + sum
}

/// By hand: the smallest is `x2`, the largest `x3`, the nearest to `x0`, `x1` and `x2` are `x4`, `x3`
/// and `x0`.
#[test]
fn orders_that_change() {
    let (value, gradient) = orders::value_and_grad(&X);
    assert_eq!(value, -9.0 + 2.25 + 2.0 * 9.0 + 3.0 * 0.25);
    assert_eq!(gradient, [3.0, 0.0, 9.0, -6.0 + 12.0, 3.0]);
}

/// A mask, of a list that changes afterwards.
#[differentiable]
fn masked(x: &mut [f64]) -> f64 {
    let mask: Vec<bool> = x.iter().map(|v| *v > 1.0).collect();
    for v in x.iter_mut() {
        *v = *v * *v;
    }
    let mut sum = 0.0;
    for i in 0..x.len() {
        if mask[i] {
            sum += x[i];
        }
    }
    sum
}

#[test]
fn a_mask() {
    let (value, gradient) = masked::value_and_grad(&mut X.to_vec());
    assert_eq!(value, 6.25 + 9.0 + 2.25);
    assert_eq!(gradient, [0.0, 5.0, 0.0, 6.0, 3.0]);
}

/// An index of a list that changes between the two reads by it.
#[differentiable]
fn changed_in_between(mut x: [f64; 3]) -> f64 {
    let i: usize = (0..3).max_by(|&a, &b| x[a].total_cmp(&x[b])).unwrap();
    let first = x[i] * x[i];
    x[i] = x[0] * 0.5;
    x[1] = 10.0 * x[2];
    first + x[i] * x[1]
}

/// By hand: `i` is 2, and the value `x2² + 0.5 x0 · 10 · 0.5 x0`.
#[test]
fn an_index_of_a_list_that_changes() {
    let (value, gradient) = changed_in_between::value_and_grad([2.0, 1.0, 3.0]);
    assert_eq!(value, 9.0 + 1.0 * 10.0);
    assert_eq!(gradient, [10.0, 0.0, 6.0]);
}
