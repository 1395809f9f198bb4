//! Assignments to several places at once, and declarations of several names.

use autograd_runtime::prelude::*;

#[derive(Differentiable, Clone)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiable]
fn exchange(a: f64, b: f64) -> (f64, f64) {
    (b, a)
}

#[differentiable]
fn recurrence(x: f64, n: usize) -> f64 {
    let (mut a, mut b) = (1.0, x);
    for _ in 0..n {
        (a, b) = (b, a * x + b);
    }
    b
}

#[differentiable]
fn call(x: f64) -> f64 {
    let (mut a, mut b) = (x, x * x);
    println!("{a} {b}");
    (a, b) = exchange(a, b);
    a - 2.0 * b
}

#[differentiable]
fn places(x: f64) -> f64 {
    let mut p = Point { x, y: x * x };
    let mut v = [0.0; 3];
    let a;
    (p.x, _, a) = (p.y, 3.0, p.x);
    let b;
    (Point { x: b, .. }, p.y) = (p.clone(), a * p.y);
    let (s, t);
    ([v[0], .., v[2]], v[1]) = ([a, b, p.x, p.y], a);
    s = v[0] * v[1];
    t = v[2];
    s * t + b
}

/// Assigning where nothing is recorded cuts the variables.
#[differentiable]
fn without_recording(x: f64) -> f64 {
    let (mut a, mut b) = (x, x * x);
    no_grad! {
        (a, b) = (b, a);
    }
    a * x + b
}

/// Of integers only.
#[differentiable]
fn inactive(x: f64) -> f64 {
    let (mut i, mut j) = (1, 2);
    (i, j) = (j, i);
    f64::from(i) * x + f64::from(j)
}

#[test]
fn each_part_goes_to_its_place() {
    for n in 0..5 {
        recurrence::gradcheck(0.7, n).unwrap();
    }
    call::gradcheck(0.7).unwrap();
    places::gradcheck(0.7).unwrap();
    // By hand: p = (x², x·x²), s = x², t = x³, b = x².
    assert_eq!(places::value_and_grad(2.0), (36.0, 84.0));
    assert_eq!(without_recording::value_and_grad(2.0), (10.0, 4.0));
    assert_eq!(inactive::value_and_grad(3.0), (7.0, 2.0));
}

#[differentiable]
fn members_by_reference(x: &[f64]) -> f64 {
    let mut i = 0;
    let (a, b, c) = (&x[i], x[i + 1], &x[1..]);
    i += 1;
    let (mut d, e) = (&x[2], &x[0]);
    if *d > *e {
        d = e;
    }
    *a * b * x[i] * c[1] + *d * 3.0
}

/// By hand: the value is `x0 x1 x1 x2 + 3 min(x0, x2)`.
#[test]
fn a_tuple_of_references_is_taken_apart() {
    for x in [[2.0, 3.0, 5.0], [5.0, 3.0, 2.0]] {
        let (value, gradient) = members_by_reference::value_and_grad(&x);
        let [a, b, c] = x;
        assert_eq!(value, a * b * b * c + a.min(c) * 3.0);
        let (first, last) = if c > a { (3.0, 0.0) } else { (0.0, 3.0) };
        assert_eq!(gradient, [b * b * c + first, 2.0 * a * b * c, a * b * b + last]);
    }
}

#[differentiable]
fn members_by_mutable_reference(x: &mut [f64], y: f64) -> f64 {
    let (a, b) = (&mut x[0], y * y * 2.0);
    *a *= b;
    let (d, e) = (&mut *a, &y);
    *d += *e;
    *d
}

/// By hand: the value is `2 x0 y y + y`, and so is `x0` on exit.
#[test]
fn a_tuple_of_mutable_references_is_taken_apart() {
    let (x, y) = ([1.5], 0.5);
    let (value, (grad_x, grad_y)) = members_by_mutable_reference::value_and_grad(&mut x.clone(), y);
    assert_eq!(value, 2.0 * x[0] * y * y + y);
    assert_eq!(grad_x, [2.0 * y * y]);
    assert_eq!(grad_y, 4.0 * x[0] * y + 1.0);
}
