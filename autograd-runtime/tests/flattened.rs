//! `flatten`, `flat_map`, `chain` and `skip_while`: each gradient against central differences, forward mode against the
//! reverse.

#![allow(clippy::pedantic, clippy::all, reason = "what users may write, not what is best")]

use autograd_runtime::prelude::*;

fn rows() -> Vec<Vec<f64>> {
    vec![vec![0.7, -1.3], vec![], vec![2.1, 0.4, -0.6], vec![1.9]]
}

type Rows = Vec<Vec<f64>>;

/// Checks the value of a function of rows, each part of its gradient, and the tangents.
#[track_caller]
fn check(
    f: impl Fn(&[Vec<f64>]) -> f64,
    value_and_grad: impl Fn(&[Vec<f64>]) -> (f64, Rows),
    jvp: impl Fn(&[Vec<f64>], &Rows) -> f64,
) {
    let x = rows();
    let (value, gradient) = value_and_grad(&x);
    assert_eq!(value, f(&x));
    let h = 1e-6;
    for (i, j) in (0..x.len()).flat_map(|i| (0..x[i].len()).map(move |j| (i, j))) {
        let moved = |by: f64| {
            let mut x = x.clone();
            x[i][j] += by;
            f(&x)
        };
        let (part, difference) = (gradient[i][j], (moved(h) - moved(-h)) / (2.0 * h));
        let error = (part - difference).abs();
        assert!(error <= 1e-5 * (1.0 + difference.abs()), "{i}, {j}: {part}, not {difference}");
        let mut tangent: Rows = x.iter().map(|row| vec![0.0; row.len()]).collect();
        tangent[i][j] = 1.0;
        let along = jvp(&x, &tangent);
        assert!((along - part).abs() <= 1e-12 * (1.0 + part.abs()), "{along}, not {part}");
    }
}

macro_rules! checks {
    ($($test:ident: $name:ident;)*) => {$(
        #[test]
        fn $test() {
            check($name, $name::value_and_grad, |x, tangent| $name::jvp(x, tangent.clone()).1);
        }
    )*};
}

checks! {
    sums_has_a_gradient: sums;
    squares_of_all_has_a_gradient: squares_of_all;
    by_closure_has_a_gradient: by_closure;
    by_closure_with_index_has_a_gradient: by_closure_with_index;
    with_filters_has_a_gradient: with_filters;
    taken_has_a_gradient: taken;
    taken_in_the_middle_has_a_gradient: taken_in_the_middle;
    numbered_has_a_gradient: numbered;
    zipped_has_a_gradient: zipped;
    a_loop_has_a_gradient: a_loop;
    a_loop_that_ends_has_a_gradient: a_loop_that_ends;
    a_loop_with_a_label_has_a_gradient: a_loop_with_a_label;
    collected_has_a_gradient: collected;
    collected_from_copies_has_a_gradient: collected_from_copies;
    twice_has_a_gradient: twice;
    within_a_closure_has_a_gradient: within_a_closure;
    arrays_has_a_gradient: arrays;
    folded_has_a_gradient: folded;
    of_captured_has_a_gradient: of_captured;
    made_on_the_way_has_a_gradient: made_on_the_way;
    lists_by_closure_has_a_gradient: lists_by_closure;
    skipped_has_a_gradient: skipped;
    chained_has_a_gradient: chained;
    chained_rows_have_a_gradient: chained_rows;
    chained_by_number_has_a_gradient: chained_by_number;
}

#[differentiable]
fn sums(x: &[Vec<f64>]) -> f64 {
    x.iter().flatten().sum()
}

#[differentiable]
fn squares_of_all(x: &[Vec<f64>]) -> f64 {
    x.iter().flatten().map(|v| v * v * v).sum()
}

#[differentiable]
fn by_closure(x: &[Vec<f64>]) -> f64 {
    x.iter().flat_map(|row| row.iter().map(|v| v.sin() * row[0])).sum()
}

#[differentiable]
fn by_closure_with_index(x: &[Vec<f64>]) -> f64 {
    (0..x.len())
        .flat_map(|i| (0..x[i].len()).map(move |j| x[i][j] * x[i][j] * (i + 2 * j) as f64))
        .sum()
}

#[differentiable]
fn with_filters(x: &[Vec<f64>]) -> f64 {
    x.iter()
        .filter(|row| row.len() > 1)
        .flat_map(|row| row.iter().filter(|v| **v > 0.0))
        .filter(|v| **v < 2.0)
        .map(|v| v.exp())
        .sum()
}

#[differentiable]
fn taken(x: &[Vec<f64>]) -> f64 {
    x.iter().flatten().take(4).map(|v| v * v).sum::<f64>()
        + x.iter().flatten().skip(1).step_by(2).map(|v| v.cos()).sum::<f64>()
        + x.iter().flatten().take_while(|v| **v < 2.0).map(|v| v * 3.0).sum::<f64>()
}

/// What comes after the last that is taken would panic.
#[differentiable]
fn taken_in_the_middle(x: &[Vec<f64>]) -> f64 {
    let first = &x[0];
    x.iter().flat_map(|row| (0..row.len() + 2).map(|k| row[k] * first[k])).take(2).sum()
}

#[differentiable]
fn numbered(x: &[Vec<f64>]) -> f64 {
    x.iter().flatten().enumerate().map(|(k, v)| v * v * k as f64).sum()
}

#[differentiable]
fn zipped(x: &[Vec<f64>]) -> f64 {
    let weights = [0.5, 1.5, x[0][0], -1.0];
    x.iter().flatten().zip(weights.iter()).map(|(v, w)| v * w).sum()
}

#[differentiable]
fn a_loop(x: &[Vec<f64>]) -> f64 {
    let mut s = 1.0;
    for v in x.iter().flatten() {
        if *v < 0.0 {
            continue;
        }
        s *= v + 1.0;
    }
    s
}

#[differentiable]
fn a_loop_that_ends(x: &[Vec<f64>]) -> f64 {
    let mut s = 0.0;
    for (k, v) in x.iter().flat_map(|row| row.iter().map(|v| v * row.len() as f64)).enumerate() {
        if v < -3.0 {
            continue;
        }
        s += v * s + v;
        if k == 4 {
            break;
        }
    }
    s
}

#[differentiable]
fn a_loop_with_a_label(x: &[Vec<f64>]) -> f64 {
    let mut s = 0.0;
    'elements: for v in x.iter().flatten() {
        for k in 0..3 {
            if v * k as f64 > 1.0 {
                continue 'elements;
            }
            s += v * v * v;
            if s > 12.0 {
                break 'elements;
            }
        }
        s *= 0.9;
    }
    s
}

#[differentiable]
fn collected(x: &[Vec<f64>]) -> f64 {
    let all: Vec<f64> = x.iter().flat_map(|row| row.iter().map(|v| v * v)).collect();
    all[0] * all[all.len() - 1] + all[2]
}

#[differentiable]
fn collected_from_copies(x: &[Vec<f64>]) -> f64 {
    let all: Vec<f64> = x.iter().flatten().copied().collect();
    let mut s = 0.0;
    for i in 1..all.len() {
        s += all[i] * all[i - 1];
    }
    s
}

#[differentiable]
fn twice(x: &[Vec<f64>]) -> f64 {
    let blocks = vec![x.to_vec(), x.to_vec()];
    let s: f64 = blocks.iter().flatten().flatten().map(|v| v * v).sum();
    s + x
        .iter()
        .flat_map(|a| x.iter().flat_map(|b| a.iter().zip(b.iter())))
        .map(|(a, b)| a * b)
        .sum::<f64>()
}

#[differentiable]
fn within_a_closure(x: &[Vec<f64>]) -> f64 {
    let total = |rows: &[Vec<f64>]| rows.iter().flatten().map(|v| v.tanh()).sum::<f64>();
    total(x) * total(&x[2..])
}

#[differentiable]
fn arrays(x: &[Vec<f64>]) -> f64 {
    let pairs = [[x[0][0], x[0][1]], [x[2][0], x[2][1]]];
    let s: f64 = pairs.iter().flatten().map(|v| v * v).sum();
    s * x.iter().flat_map(|row| [row.len() as f64, 2.0]).sum::<f64>()
}

#[differentiable]
fn folded(x: &[Vec<f64>]) -> f64 {
    x.iter().flatten().fold(1.0, |s, v| s * 0.5 + v * s)
}

/// The names within the closure are others outside.
#[differentiable]
fn of_captured(x: &[Vec<f64>]) -> f64 {
    let row = x[2][1];
    let mut s = 0.0;
    for v in x.iter().flat_map(|row| row.iter().map(|v| 2.0 * v)) {
        s += v * row;
    }
    s
}

#[differentiable]
fn made_on_the_way(x: &[Vec<f64>]) -> f64 {
    let made = |row: &[f64]| row.iter().map(|v| v * v).collect::<Vec<f64>>();
    let a: f64 = x.iter().map(|row| made(row)).flatten().sum();
    let b: f64 = x.iter().flat_map(|row| vec![row.len() as f64; 2]).sum();
    a * b
}

#[differentiable]
fn changed(mut x: [[f64; 2]; 2], by: f64) -> f64 {
    for v in x.iter_mut().flatten() {
        *v = *v * by + 1.0;
    }
    x[0][0] * x[1][1] + x[0][1] * x[1][0]
}

/// By hand: with `y = x b + 1`, the value is `y00 y11 + y01 y10`.
#[test]
fn places_of_what_is_flat() {
    let (x, b) = ([[0.5, -1.5], [2.0, 0.25]], 1.25);
    let y = x.map(|row| row.map(|v: f64| v * b + 1.0));
    let (value, (grad_x, grad_b)) = changed::value_and_grad(x, b);
    assert_eq!(value, y[0][0] * y[1][1] + y[0][1] * y[1][0]);
    let expected = [[y[1][1] * b, y[1][0] * b], [y[0][1] * b, y[0][0] * b]];
    assert_eq!(grad_x, expected);
    let along: f64 = x[0][0] * y[1][1] + y[0][0] * x[1][1] + x[0][1] * y[1][0] + y[0][1] * x[1][0];
    assert!((grad_b - along).abs() < 1e-12);
}

#[differentiable]
fn powers(x: f64) -> Vec<f64> {
    vec![x, x * x, x * x * x]
}

#[differentiable]
fn lists_by_closure(x: &[Vec<f64>]) -> f64 {
    let mut before = 1.0;
    let changing: f64 = x[2]
        .iter()
        .flat_map(|v| {
            before *= v;
            vec![before; 2]
        })
        .sum();
    let chosen: f64 =
        x[2].iter().flat_map(|v| if *v > 0.0 { vec![v * v, *v] } else { Vec::new() }).sum();
    let called: f64 = x[0].iter().copied().flat_map(powers).map(|v| v * x[3][0]).sum();
    let closure = |v: f64| [v.sin(), v.cos()];
    let named: f64 = x[2].iter().copied().flat_map(closure).map(|v| v * v * v).sum();
    changing + chosen * called + named
}

#[differentiable]
fn skipped(x: &[Vec<f64>]) -> f64 {
    let a: f64 = x.iter().flatten().skip_while(|v| **v < 2.0).map(|v| v * v).sum();
    let b: f64 =
        x[2].iter().skip_while(|v| **v > 100.0).enumerate().map(|(k, v)| v * k as f64).sum();
    let mut c = 1.0;
    for v in x.iter().skip_while(|row| !row.is_empty()).flatten() {
        c *= v;
    }
    a * b + c
}

#[differentiable]
fn chained(x: &[Vec<f64>]) -> f64 {
    let (a, b) = (&x[0], &x[2]);
    let plain: f64 = a.iter().chain(b.iter()).sum();
    let mapped: f64 = a.iter().chain(b).map(|v| v * v).filter(|v| *v > 0.2).sum();
    let referred: f64 = a.iter().chain(&x[3]).map(|v| *v * v.sin()).sum();
    let by_pattern: f64 = b.iter().chain(a).map(|&v| v * plain).sum();
    let first = |v: f64| v.exp();
    let made: f64 =
        a.iter().map(|v| first(*v)).chain(b.iter().map(|v| v.tanh())).rev().take(4).sum();
    let copied: Vec<f64> =
        a.iter().copied().chain(vec![b[0], 2.0]).chain(x[1].iter().copied()).collect();
    let endless: f64 = a.iter().map(|v| v * v).chain((2..).map(|k| b[2] * k as f64)).take(5).sum();
    mapped * referred + by_pattern * made + copied[1] * copied[2] * endless
}

#[differentiable]
fn chained_rows(x: &[Vec<f64>]) -> f64 {
    let mut s = 0.0;
    for row in x[..1].iter().chain(&x[2..]) {
        if row.len() == 1 {
            continue;
        }
        s += row[0] * row[1];
    }
    let a: f64 = x[2..].iter().chain(x[..1].iter()).flatten().map(|v| v * v * v).sum();
    let b: f64 = x.iter().flat_map(|row| row.iter().chain(x[3].iter())).map(|v| v * v).sum();
    s * a + b
}

#[differentiable]
fn chained_by_number(x: &[Vec<f64>]) -> f64 {
    let a: f64 = (0..2).chain(1..3).map(|i| x[2][i] * x[2][i]).sum();
    let b: f64 = x[0]
        .iter()
        .chain(x[2].iter())
        .zip(x[2].iter().chain(&x[0]))
        .enumerate()
        .skip(1)
        .map(|(k, (p, q))| p * q * k as f64)
        .sum();
    let last = x[0].iter().chain(&x[3]).copied().fold(f64::NEG_INFINITY, f64::max);
    a * b * last
}
