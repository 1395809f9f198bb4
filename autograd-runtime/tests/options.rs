//! `Option`s and their methods, elements of lists that may not be there, and closures that are given references and other
//! closures.
#![allow(clippy::pedantic, clippy::all, unused, reason = "what users may write, not what is best")]

mod support;

use autograd_runtime::prelude::*;
use support::differences::{check, check_forward, point};

macro_rules! tests {
    ($($test:ident: $function:ident, of $lengths:expr;)*) => {$(
        #[test]
        fn $test() {
            for n in $lengths {
                check($function, $function::value_and_grad, &point(n));
                check_forward($function, $function::jvp, &point(n));
            }
        }
    )*};
}

tests! {
    methods_that_choose: choices, of 2..5;
    methods_in_a_row: in_a_row, of 2..5;
    a_previous_value: differences_of_neighbours, of 0..5;
    two_at_once: both, of 2..5;
    the_first_and_the_last_element: ends, of 0..5;
    elements_by_number: numbered, of 0..6;
    elements_that_are_there: unwrapped, of 3..6;
    an_element_and_the_rest: recursive_sum, of 0..6;
    elements_that_are_lists: rows, of 1..7;
    a_walk_by_number: walked, of 0..5;
    fields_that_may_be_empty: of_fields, of 3..6;
    references_that_are_passed_on: passed_on, of 1..5;
    closures_that_are_given_closures: with_closures, of 2..4;
    a_name_for_what_a_pattern_binds: renamed_in_a_match, of 0..4;
    a_slice_that_is_matched_by_value: matched_twice, of 1..5;
}

#[differentiable]
fn choices(x: &[f64]) -> f64 {
    let some = Some(x[0] * x[1]);
    let none: Option<f64> = if x[0] > 100.0 { Some(x[0]) } else { None };
    // A name that a method's own variable could be taken for.
    let autograd = x[1].sin();
    let a = some.map(|v| v * autograd).unwrap_or(x[0]);
    let b = none.map_or(x[0].exp(), |v| v * x[1]) + some.map_or(7.0, |v| v.cos());
    let c = none.map_or_else(|| x[1] * x[1], |v| v) * some.unwrap_or_else(|| x[1]);
    let d = some.unwrap_or_default() + none.unwrap_or_default();
    let e = none.or(Some(x[0].powi(3))).unwrap() + some.or(none).expect("it is there");
    let f = none.or_else(|| Some(x[1] * 0.5)).unwrap();
    a + b * c + d * e + f
}

#[differentiable]
fn in_a_row(x: &[f64]) -> f64 {
    let y: Option<f64> = Some(x[0] + x[1]);
    let positive = |v: f64| if v > 0.0 { Some(v.ln()) } else { None };
    let small = y.filter(|v| *v < 50.0).and_then(|v| positive(v * v)).map(f64::exp);
    let large = y.filter(|v| *v > 50.0).map(|v| v * x[0]).unwrap_or(x[1] * 3.0);
    small.unwrap_or(0.0) * x[0] + large
}

#[differentiable]
fn differences_of_neighbours(x: &[f64]) -> f64 {
    let mut previous: Option<f64> = None;
    let mut sum = 0.0;
    for &v in x {
        sum += previous.map_or(0.0, |p| (v - p).powi(2) * p);
        previous = Some(v);
    }
    sum
}

#[differentiable]
fn both(x: &[f64]) -> f64 {
    let a = Some(x[0]);
    let b = Some(x[1].sin());
    let none: Option<f64> = None;
    let one = a.zip(b).map_or(1.0, |(a, b)| a * b);
    one * 2.0 + none.zip(b).map_or(x[0] * x[0], |(a, b)| a + b)
}

#[differentiable]
fn ends(x: &[f64]) -> f64 {
    let first = if let Some(v) = x.first() { v * v } else { 1.0 };
    let last = match x.last() {
        Some(&v) if v > 0.0 => v.sin(),
        Some(v) => v * 3.0,
        None => 0.5,
    };
    let copied = x.first().copied().unwrap_or(2.0) * x.last().map_or(1.0, |v| v.exp());
    let Some(v) = x.last().copied() else { return 4.0 };
    first * last + copied + v
}

#[differentiable]
fn numbered(x: &[f64]) -> f64 {
    let n = 2;
    let a = x.get(1).copied().unwrap_or(0.25);
    let b = if let Some(v) = x.get(n + 1) { v * a } else { a * a };
    let c = match x.get(n) {
        Some(v) => v.powi(2) + b,
        None => b,
    };
    c + x.get(100).map_or(0.0, |v| v * 2.0) + x.get(0).map_or(0.0, |v| v * 2.0)
}

#[differentiable]
fn unwrapped(x: &[f64]) -> f64 {
    let list: Vec<f64> = x.iter().map(|v| v * v).collect();
    let n = list.len();
    *x.first().unwrap() * x.last().unwrap()
        + list.get(1).expect("two") * list.get(n - 1).unwrap().sin()
}

#[differentiable]
fn recursive_sum(x: &[f64]) -> f64 {
    match x.split_first() {
        Some((first, rest)) => first * first + 0.5 * recursive_sum(rest) * first.cos(),
        None => 1.0,
    }
}

#[differentiable]
fn rows(x: &[f64]) -> f64 {
    let rows: Vec<Vec<f64>> = x.chunks(2).map(|row| row.to_vec()).collect();
    let last = rows.last().map_or(0.0, |row| row.iter().sum::<f64>());
    let second =
        if let Some(row) = rows.get(1) { row.iter().map(|v| v * v).sum() } else { last * 2.0 };
    let first: f64 = rows.first().unwrap().iter().product();
    last * second + first
}

#[differentiable]
fn walked(x: &[f64]) -> f64 {
    let (mut sum, mut i) = (0.0, 0);
    while let Some(v) = x.get(i) {
        sum = sum * 0.5 + v * v;
        i += 1;
    }
    sum
}

#[derive(Clone, Debug, Differentiable)]
struct Layer {
    weight: f64,
    bias: Option<f64>,
    scales: Option<Vec<f64>>,
    list: Vec<f64>,
}

#[differentiable]
fn layer(layer: &Layer, x: f64) -> f64 {
    let bias = layer.bias.as_ref().map_or(0.0, |b| b * x);
    let scale = layer.scales.as_ref().map(|s| s.iter().sum::<f64>()).unwrap_or(2.0);
    let first = layer.scales.as_deref().map_or(1.0, |s| s[0]);
    let bias_again = layer.bias.map_or(layer.weight, |b| b * layer.weight);
    layer.weight * x * scale
        + bias * first
        + bias_again * layer.list.first().map_or(1.0, |v| v * v)
        + layer.list.get(5).copied().unwrap_or(0.0)
}

#[differentiable]
fn of_fields(x: &[f64]) -> f64 {
    let full =
        Layer { weight: x[0], bias: Some(x[1]), scales: Some(vec![x[2], x[0]]), list: vec![x[1]] };
    let empty = Layer { weight: x[2], bias: None, scales: None, list: Vec::new() };
    layer(&full, x[1]) + layer(&empty, x[0])
}

#[differentiable]
fn passed_on(x: &[f64]) -> f64 {
    let square = |a: &f64| a * a;
    let plain = |a| a * 3.0;
    let by_pattern = |&a: &f64| a.sin();
    let twice = |a: &f64| square(a) + square(a);
    let mut sum = 0.0;
    for v in x {
        sum += square(v) * plain(v) + by_pattern(v);
    }
    sum + x.iter().map(|v| twice(v)).sum::<f64>()
        + if let Some(v) = x.first() { twice(v) } else { 0.0 }
}

#[differentiable]
fn with_closures(x: &[f64]) -> f64 {
    let square = |a: f64| a * a;
    let twice = |g: &dyn Fn(f64) -> f64, a: f64| g(g(a));
    let euler = |rate: &dyn Fn(f64) -> f64, y: f64| {
        let mut y = y;
        for _ in 0..3 {
            y += 0.1 * rate(y);
        }
        y
    };
    let other = &square;
    let third = square;
    let capped = |a: f64, g: &dyn Fn(f64) -> f64| if g(a) > 1.0 { g(a).sin() } else { a };
    twice(&square, x[0])
        + euler(&|y| -x[1] * y, x[0])
        + other(x[1]) * third(x[0])
        + capped(x[0], &|b| b * x[1])
        + capped(4.0 * x[0], &|b| b + x[1])
}

#[differentiable]
fn renamed_in_a_match(x: &[f64]) -> f64 {
    match x {
        [v, rest @ ..] => {
            let a = v;
            let b = a;
            a * b + rest.len() as f64 * b
        }
        [] => 0.0,
    }
}

#[differentiable]
fn matched_twice(x: &[f64]) -> f64 {
    let a = match &x[1..] {
        [w, ..] => w * w,
        [] => x[0],
    };
    let b = match x[..] {
        [.., w] => w * a,
        [] => 0.0,
    };
    a + b
}

/// A parameter that may not be there, by value and by reference.
#[differentiable]
fn scaled(x: f64, by: Option<f64>, plus: &Option<f64>) -> f64 {
    by.map(|b| b * x).unwrap_or(x * x)
        + plus.as_ref().map_or(0.0, |p| p * x)
        + plus.map_or(1.0, |p| p + x)
}

#[test]
fn parameters_that_may_not_be_there() {
    let (value, gradient) = scaled::value_and_grad(3.0, Some(2.0), &Some(5.0));
    assert_eq!(value, 6.0 + 15.0 + 8.0);
    assert_eq!(gradient, (2.0 + 5.0 + 1.0, Some(3.0), Some(3.0 + 1.0)));
    let (value, gradient) = scaled::value_and_grad(3.0, None, &None);
    assert_eq!(value, 10.0);
    assert_eq!(gradient, (6.0, None, None));
}

#[differentiable]
fn first_of(x: &[f64]) -> f64 {
    x.first().unwrap() * 2.0
}

#[test]
#[should_panic(expected = "called `Option::unwrap()` on a `None` value")]
fn an_element_that_is_not_there() {
    first_of::grad(&[]);
}

#[differentiable]
fn largest_square(x: &[f64]) -> Option<f64> {
    x.first().map(|v| v * v)
}

#[test]
fn a_value_that_may_not_be_there() {
    let (value, pullback) = largest_square::vjp(&[3.0, 1.0]);
    assert_eq!(value, Some(9.0));
    assert_eq!(pullback(Some(0.5)), [3.0, 0.0]);
    let (value, pullback) = largest_square::vjp(&[]);
    assert_eq!(value, None);
    assert!(pullback(None).is_empty());
}
