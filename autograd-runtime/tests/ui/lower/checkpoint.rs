//! A block that runs twice must be able to, and a schedule needs a loop that can be cut.

use autograd_runtime::prelude::*;

#[differentiable]
fn left(x: f64) -> f64 {
    let y = checkpoint! {
        if x > 1.0 {
            return x;
        }
        x * x
    };
    y.sin()
}

#[differentiable]
fn left_loop(x: f64) -> f64 {
    let mut y = x;
    for i in 0..3 {
        checkpoint! {
            if i == 2 {
                break;
            }
            y = y.sin();
        }
    }
    y
}

#[differentiable]
fn through_a_reference(x: &mut [f64], w: f64) -> f64 {
    checkpoint! {
        x[0] *= w;
    }
    x[0]
}

#[differentiable]
fn through_an_element(x: &[f64], w: f64) -> f64 {
    let mut y = x.to_vec();
    for v in y.iter_mut() {
        checkpoint! { *v *= w; }
    }
    y[0]
}

#[differentiable]
fn first_value(x: f64) -> f64 {
    let y;
    checkpoint! { y = x.sin(); }
    y * x
}

#[differentiable]
fn no_range(x: &[f64]) -> f64 {
    let mut s = 0.0;
    checkpoint!(every = 2, for v in x {
        s += v * v;
    });
    s
}

#[differentiable]
fn no_end(x: f64) -> f64 {
    let mut s = x;
    checkpoint!(every = 2, for i in 0.. {
        if i == 3 {
            break;
        }
        s = s.sin();
    });
    s
}

#[differentiable]
fn broken(x: f64) -> f64 {
    let mut s = x;
    checkpoint!(every = 2, for i in 0..10 {
        if i == 3 {
            break;
        }
        s = s.sin();
    });
    s
}

#[differentiable]
fn continued(x: f64) -> f64 {
    let mut s = x;
    checkpoint!(snapshots = 2, for i in 0..10 {
        if i == 3 {
            continue;
        }
        s = s.sin();
    });
    s
}

#[differentiable]
fn no_loop(x: f64) -> f64 {
    let mut s = x;
    checkpoint!(every = 2, s = s.sin());
    s
}

fn main() {}
