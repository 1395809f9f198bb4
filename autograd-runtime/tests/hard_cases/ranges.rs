//! Ranges that are run backwards, to the end of their type, or over nothing.

use super::support::differences::check;
use autograd_runtime::prelude::*;

// Reversed ranges and descending counters of an unsigned type: `n - 1` of zero turns wraps or
// panics where the reverse pass computes the bounds for itself.

#[differentiable]
fn horner(c: &[f64], x: f64, n: usize) -> f64 {
    let mut y = 0.0;
    for i in (0..n).rev() {
        y = y * x + c[i];
    }
    y
}

#[differentiable]
fn descending(c: &[f64], x: f64, n: usize) -> f64 {
    let mut y = 0.0;
    let mut i = n;
    while i > 0 {
        i -= 1;
        y = y * x + c[i];
    }
    y
}

#[differentiable]
fn descending_with_wrap(c: &[f64], x: f64, n: usize) -> f64 {
    let mut y = 0.0;
    let mut i = n.wrapping_sub(1);
    while i < n {
        y = y * x + c[i];
        i = i.wrapping_sub(1);
    }
    y
}

#[differentiable]
fn descending_until_checked_sub_fails(c: &[f64], x: f64, n: usize) -> f64 {
    let mut y = 0.0;
    let mut next = n.checked_sub(1);
    while let Some(i) = next {
        y = y * x + c[i];
        next = i.checked_sub(1);
    }
    y
}

#[differentiable]
fn inclusive_and_reversed(c: &[f64], x: f64, n: u8) -> f64 {
    let mut y = 0.0;
    for i in (1..=n).rev() {
        y = y * x + c[i as usize - 1];
    }
    y
}

#[differentiable]
fn reversed_and_stepped(c: &[f64], x: f64, n: usize) -> f64 {
    let mut y = 0.0;
    for i in (0..n).step_by(2).rev() {
        y = y * x + c[i];
    }
    y
}

#[test]
fn ranges_that_are_run_backwards() {
    let c = [1.0, 2.0, 3.0];
    for f in [
        horner::value_and_grad,
        descending::value_and_grad,
        descending_with_wrap::value_and_grad,
        descending_until_checked_sub_fails::value_and_grad,
    ] {
        assert_eq!(f(&c, 2.0, 0), (0.0, (vec![0.0; 3], 0.0)));
        assert_eq!(f(&c, 2.0, 1), (1.0, (vec![1.0, 0.0, 0.0], 0.0)));
        assert_eq!(f(&c, 2.0, 3), (17.0, (vec![1.0, 2.0, 4.0], 14.0)));
    }
    let f = inclusive_and_reversed::value_and_grad;
    assert_eq!(f(&c, 2.0, 0), (0.0, (vec![0.0; 3], 0.0)));
    assert_eq!(f(&c, 2.0, 3), (17.0, (vec![1.0, 2.0, 4.0], 14.0)));
    let f = reversed_and_stepped::value_and_grad;
    assert_eq!(f(&c, 2.0, 0), (0.0, (vec![0.0; 3], 0.0)));
    assert_eq!(f(&c, 2.0, 3), (7.0, (vec![1.0, 0.0, 2.0], 3.0)));
}

// The last value of the index type: counting to it must not overflow by one turn.
#[differentiable]
fn to_the_end_of_the_type(x: f64, from: u8) -> f64 {
    let mut y = x;
    for i in from..=u8::MAX {
        y = y * x + (i - from) as f64;
    }
    y
}

#[test]
fn a_range_to_the_end_of_its_type() {
    // (x² + 0) x + 1
    assert_eq!(to_the_end_of_the_type::value_and_grad(2.0, 254), (9.0, 12.0));
    assert_eq!(to_the_end_of_the_type::value_and_grad(2.0, 255), (4.0, 4.0));
}

// Slices without elements.

#[differentiable]
fn over_nothing(v: &[f64], x: f64) -> f64 {
    let mut y = x * x;
    for a in v {
        y *= a;
    }
    for (i, a) in v.iter().enumerate() {
        y += a * i as f64;
    }
    for pair in v.windows(2) {
        y += pair[0] * pair[1];
    }
    for chunk in v.chunks(2) {
        y *= chunk[0];
    }
    for i in 0..v.len() {
        y += v[i];
    }
    y + v.iter().sum::<f64>() + v.iter().map(|a| a * x).product::<f64>()
}

#[differentiable]
fn of_an_empty_part(v: &[f64], x: f64, n: usize) -> f64 {
    let mut y = x;
    for a in &v[n..] {
        y *= a;
    }
    for a in v[..0].iter() {
        y *= a;
    }
    let copy = v[n..].to_vec();
    y * copy.iter().fold(x, |sum, a| sum + a)
}

#[test]
fn lists_of_length_zero() {
    assert_eq!(over_nothing::value_and_grad(&[], 3.0), (10.0, (vec![], 6.0)));
    assert_eq!(of_an_empty_part::value_and_grad(&[7.0], 3.0, 1), (9.0, (vec![0.0], 6.0)));
    assert_eq!(of_an_empty_part::value_and_grad(&[], 3.0, 0), (9.0, (vec![], 6.0)));
    check(
        |v| over_nothing(&v[1..], v[0]),
        |v| {
            let (value, (dv, dx)) = over_nothing::value_and_grad(&v[1..], v[0]);
            (value, [vec![dx], dv].concat())
        },
        &[0.7, 0.6, 1.3, -0.4],
    );
}
