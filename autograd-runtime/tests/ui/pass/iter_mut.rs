//! Elements changed in place through a loop.
#![deny(warnings)]

use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64) -> f64 {
    let mut v = vec![x, x * x];
    for a in &mut v {
        *a *= 2.0;
    }
    for a in v.iter_mut() {
        *a *= 3.0;
    }
    v[0] * v[1]
}

fn main() {
    // 36 x³
    assert_eq!(f::grad(1.0), 108.0);
}
