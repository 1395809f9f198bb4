//! Shadowing in loops and branches.
#![deny(warnings)]

use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, n: usize) -> f64 {
    let mut x = x;
    for i in 0..n {
        let x2 = x * x;
        let x2 = x2 * (i + 1) as f64;
        let i = x2;
        if i > 0.0 {
            let x2 = i + 1.0;
            x = x2;
        }
    }
    let x = x * x;
    x
}

#[differentiable]
fn g(x: &[f64]) -> f64 {
    let y = 1.0;
    let y = y * x[0];
    for x in x {
        let y = y * x;
        let _ = y;
    }
    let x = &x[1];
    y * x
}

fn main() {
    // One round: (x² + 1)², so 2(x² + 1)·2x.
    assert_eq!(f::grad(3.0, 1), 120.0);
    assert_eq!(f::grad(3.0, 0), 6.0);
    assert_eq!(g::grad(&[2.0, 3.0]), vec![3.0, 2.0]);
}
