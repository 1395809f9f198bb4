//! Loops whose frames are an array in the frame around them, against closed forms.
#![allow(clippy::pedantic, reason = "what users may write, not what is best")]

use autograd_runtime::prelude::*;

/// `Σ_i (∏_{j < 3} (x_i + j))²`
#[differentiable]
fn all_iterations(x: &[f64]) -> f64 {
    let mut total = 0.0;
    for x in x {
        let mut product = 1.0;
        for j in 0..3 {
            product *= x + f64::from(j);
        }
        total += product * product;
    }
    total
}

#[test]
fn each_frame_comes_back_to_its_iteration() {
    let x = [0.5, -1.25, 2.0];
    let expected = x.map(|x: f64| {
        let product = x * (x + 1.0) * (x + 2.0);
        2.0 * product * (3.0 * x * x + 6.0 * x + 2.0)
    });
    for (got, expected) in all_iterations::grad(&x).iter().zip(expected) {
        assert!((got - expected).abs() < 1e-12 * expected.abs(), "{got} and {expected}");
    }
}

/// `x^(n + 1)` if `n < 4`, else `x^4`.
#[differentiable]
fn some_iterations(x: f64, n: usize) -> f64 {
    let mut product = 1.0;
    for j in 0..4 {
        product *= x;
        if j == n {
            break;
        }
    }
    product
}

#[test]
fn a_loop_that_is_left_keeps_fewer_frames() {
    for n in 0..6 {
        let degree = n.min(3) + 1;
        let expected = f64::from(degree) * 1.5_f64.powi(degree - 1);
        let got = some_iterations::grad(1.5, usize::try_from(n).unwrap());
        assert!((got - expected).abs() < 1e-12, "{n}: {got} and {expected}");
    }
}

/// `x^count` of the marks that are set.
#[differentiable]
fn without_some(x: f64, marks: &[bool; 3]) -> f64 {
    let mut product = 1.0;
    for mark in marks {
        if !*mark {
            continue;
        }
        product *= x;
    }
    product
}

#[test]
fn an_iteration_that_goes_on_early_has_its_frame() {
    assert_eq!(without_some::grad(3.0, &[true, false, true]), 6.0);
    assert_eq!(without_some::grad(3.0, &[false, false, false]), 0.0);
    assert_eq!(without_some::grad(3.0, &[true, true, true]), 27.0);
}

/// `x^k`: the inner loop leaves the outer one in iteration `k`, counted from one over both.
#[differentiable]
fn leaving_both(x: f64, k: usize) -> f64 {
    let mut product = 1.0;
    let mut count = 0;
    'outer: for _ in 0..3 {
        for _ in 0..2 {
            if count == k {
                break 'outer;
            }
            product *= x;
            count += 1;
        }
    }
    product
}

#[test]
fn a_loop_that_leaves_the_one_around_it_keeps_fewer_frames() {
    for k in 0..8 {
        let degree = k.min(6);
        let expected = f64::from(degree) * 0.5_f64.powi(degree - 1);
        let got = leaving_both::grad(0.5, usize::try_from(k).unwrap());
        assert!((got - expected).abs() < 1e-12, "{k}: {got} and {expected}");
    }
}

/// `x^3`, since the second loop makes no iteration.
#[differentiable]
fn no_iterations(x: f64) -> f64 {
    let mut product = 1.0;
    for _ in 2..=4 {
        product *= x;
    }
    #[allow(clippy::reversed_empty_ranges)]
    for _ in 7..=2 {
        product *= x;
    }
    product
}

#[test]
fn bounds_in_reverse_order_make_no_iteration() {
    assert_eq!(no_iterations::value_and_grad(2.0), (8.0, 12.0));
}
