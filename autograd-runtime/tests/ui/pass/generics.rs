//! Generics with lifetimes, where clauses and const parameters.
#![deny(warnings)]

use autograd_runtime::prelude::*;

#[differentiable]
fn first<'a, T: Real>(x: &'a [T], scale: &'a T) -> T
where
    T: 'a + Copy,
{
    x[0] * x[0] * *scale
}

#[differentiable]
fn sum<'a, 'b: 'a, T, const N: usize>(x: &'a [T; N], y: &'b [T]) -> T
where
    T: Real + 'b,
{
    let mut s = x[0] * y[0];
    for i in 1..N {
        s += x[i] * y[i];
    }
    s
}

#[differentiable]
fn with_bounds<T: Real + std::fmt::Display, N: Into<usize> + Copy>(x: T, #[no_grad] n: N) -> T {
    let n: usize = n.into();
    x * T::from_f64(n as f64)
}

#[derive(Differentiable, Clone)]
struct Holder<T>
where
    T: Real,
{
    values: Vec<T>,
}

#[differentiable]
fn total<T: Real>(h: &Holder<T>) -> T {
    let mut s = h.values[0];
    for v in &h.values[1..] {
        s = s * *v;
    }
    s
}

fn main() {
    assert_eq!(first::grad(&[3.0], &2.0), (vec![12.0], 9.0));
    assert_eq!(sum::grad(&[1.0, 2.0], &[3.0, 4.0]), ([3.0, 4.0], vec![1.0, 2.0]));
    assert_eq!(with_bounds::grad(1.0_f32, 3_u8), 3.0);
    assert_eq!(total::grad(&Holder { values: vec![2.0, 3.0] }).values, vec![3.0, 2.0]);
}
