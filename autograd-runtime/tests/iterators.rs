//! Closures, iterator chains and methods that change a list in place: each gradient against central
//! differences.

#![allow(
    clippy::pedantic,
    clippy::all,
    unused_assignments,
    reason = "what users may write, not what is best"
)]

use autograd_runtime::prelude::*;

/// Checks value and derivative of a function of one scalar.
#[track_caller]
fn check(f: impl Fn(f64) -> f64, value_and_grad: impl Fn(f64) -> (f64, f64), points: &[f64]) {
    let h = 1e-6;
    for &x in points {
        let (value, gradient) = value_and_grad(x);
        assert_eq!(value, f(x), "the value at {x}");
        let difference = (f(x + h) - f(x - h)) / (2.0 * h);
        let error = (gradient - difference).abs();
        assert!(error <= 1e-5 * (1.0 + difference.abs()), "at {x}: {gradient}, not {difference}");
    }
}

macro_rules! checks {
    ($($test:ident: $name:ident at $points:expr;)*) => {$(
        #[test]
        fn $test() {
            check($name, $name::value_and_grad, &$points);
        }
    )*};
}

checks! {
    a_closure_captures: captures at [0.1, 0.9, 2.0, -1.0];
    a_closure_changes_or_copies: changes_and_moves at [0.1, 0.9, 2.0, -1.0];
    a_closure_borrows: by_reference at [0.1, 0.9, 2.0, -1.0];
    chains_end_in_values: ends at [0.1, 0.9, 2.0, -1.0];
    chains_are_adapted: adapters at [0.13, 0.93, 2.03, -1.0];
    chains_are_filtered_and_counted: after_a_filter at [0.13, 0.93, 2.03, -1.13];
    chains_are_only_looked_at: looked_at at [0.13, 0.93, 2.03, -1.13];
    lists_change_in_place: changed_in_place at [0.1, 0.9, 2.0, -1.0];
}

#[differentiable]
fn captures(x: f64) -> f64 {
    let f = |a: f64, b: f64| a * b + x;
    let g = |t: f64| {
        let u = f(t, x);
        if u > 2.0 {
            return u.sin();
        }
        u * u
    };
    let mut s = f(x, 2.0) + g(x * 0.5);
    while g(s) > 1.0 && s < 5.0 {
        s += x;
    }
    s * g(1.0 + s)
}

#[differentiable]
fn changes_and_moves(x: f64) -> f64 {
    let mut acc = x;
    let mut k = 2.0;
    let h = move |y: f64| y * k;
    k = x;
    let mut add = |v: f64| acc += v * x;
    add(1.0);
    add(x);
    h(acc) + k
}

#[differentiable]
fn by_reference(x: f64) -> f64 {
    let v = vec![x, x * x, 3.0];
    let dot = |a: &[f64], b: &Vec<f64>| {
        let mut s = 0.0;
        for i in 0..a.len() {
            s += a[i] * b[i];
        }
        s
    };
    let n = |(a, b): (f64, f64)| (a * a + b * b).sqrt();
    let first = dot(&v, &v);
    let w = [x, 2.0, x];
    first + dot(&w, &v) * n((x, 2.0)) + (|z: f64| z.sin() * x)(x)
}

#[differentiable]
fn ends(x: f64) -> f64 {
    let a = [x, x * x, 3.0, x.sin()];
    let b = vec![1.0, x, 2.0 * x, 0.5];
    let dot: f64 = a.iter().zip(b.iter()).map(|(p, q)| p * q).sum();
    let sq = a.iter().map(|v| v * v).sum::<f64>().sqrt();
    let pr: f64 = b.iter().map(|v| v + 1.0).product();
    let rv: f64 = a.iter().rev().enumerate().map(|(i, v)| v * i as f64).sum();
    let st: f64 = (0..4).step_by(2).map(|i| a[i] * b[i + 1]).sum();
    let mx = a.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mn = b.iter().fold(x, |m, &v| m.min(v * x));
    dot + sq * pr + rv - st * mx + mn
}
#[differentiable]
fn adapters(x: f64) -> f64 {
    let a: Vec<f64> = (1..=6).map(|i| x * i as f64).collect();
    let w: f64 = a.windows(2).map(|p| p[0] * p[1]).sum();
    let c: f64 = a
        .chunks(4)
        .map(|c| {
            let s: f64 = c.iter().sum();
            s * s
        })
        .sum();
    let e: f64 = a.chunks_exact(2).zip(1..).map(|(c, k)| c[0] * c[1] * k as f64).sum();
    let f: f64 = a.iter().filter(|v| **v > 1.0).map(|v| v.sin()).sum();
    let g: f64 =
        a.iter().filter(|&&v| v > 0.5).enumerate().take(3).map(|(i, v)| v * i as f64).sum();
    let h: f64 = a.iter().skip(1).take(3).cloned().sum();
    let r = a.iter().copied().reduce(f64::max).unwrap();
    let mut t = 0.0;
    a.iter().for_each(|v| t += v * x);
    for (i, (u, v)) in a.iter().zip(a.iter().skip(1)).enumerate() {
        if i == 3 {
            continue;
        }
        if *u > 9.0 {
            break;
        }
        t += u * v * x;
    }
    w + c + e + f + g + h + r + t
}
#[differentiable]
fn changed_in_place(x: f64) -> f64 {
    let mut v = vec![x, 2.0, x * x];
    v.push(x.sin());
    let mut w = Vec::new();
    for i in 0..5 {
        w.push(v[i % 4] * x);
        if i > 2 {
            w.push(w[i] * 2.0);
        }
    }
    v.swap(0, 2);
    w.reverse();
    let n = w.len();
    w[1] = w[n - 1] * v[0];
    let mut z = [0.0; 4];
    z.copy_from_slice(&w[1..5]);
    z[1..3].fill(x);
    let (lo, hi) = z.split_at_mut(2);
    lo[0] *= hi[1];
    hi[0] += lo[1] * x;
    for (a, b) in v.iter_mut().zip(z.iter()) {
        *a += b * b;
    }
    let s: f64 = v.iter().sum();
    s + z.iter().sum::<f64>() + w.iter().map(|q| q * q).sum::<f64>() + total(&w)
}
#[differentiable]
fn total(v: &[f64]) -> f64 {
    v.iter().enumerate().map(|(i, x)| x * (i as f64)).sum()
}
#[differentiable]
fn softmax_nll(logits: &[f64], k: usize) -> f64 {
    let m = logits.iter().cloned().fold(f64::MIN, f64::max);
    let exps: Vec<f64> = logits.iter().map(|l| (l - m).exp()).collect();
    let z: f64 = exps.iter().sum();
    -(exps[k] / z).ln()
}

#[test]
fn a_stable_softmax() {
    let logits = [0.3, 1.0, 0.15];
    let sum: f64 = logits.iter().map(|l: &f64| l.exp()).sum();
    let gradient = softmax_nll::grad(&logits, 0);
    for (i, g) in gradient.iter().enumerate() {
        let expected = logits[i].exp() / sum - if i == 0 { 1.0 } else { 0.0 };
        assert!((g - expected).abs() < 1e-12, "{g} is not {expected}");
    }
}

#[differentiable]
fn after_a_filter(x: f64) -> f64 {
    let v = [x, 2.0 * x, x * x, 1.5, x + 0.5, -x, 3.0];
    let w = vec![0.5, x, 2.0 - x];
    let a: f64 = v.iter().filter(|e| **e > 0.2).step_by(2).sum();
    let b: f64 = v.iter().filter(|&&e| e > 0.2).zip(&w).map(|(e, f)| e * f).sum();
    let c: f64 =
        v.iter().copied().filter(|e| *e > 0.2).zip(w.iter().skip(1)).map(|(e, f)| e * f).sum();
    let d = v.iter().map(|e| e * x).filter(|e| *e < 2.0).rev().fold(1.0, |s, e| s * 0.5 + e);
    let mut e = 0.0;
    for (i, f) in v.iter().take_while(|e| **e < 2.5).enumerate() {
        e += f * f * i as f64;
    }
    let g: f64 = v.iter().skip(1).take_while(|e| **e != 3.0).filter(|e| **e > 0.0).product();
    a + b * c + d + e * g
}

#[differentiable]
fn looked_at(x: f64) -> f64 {
    let v = [x, 2.0 * x, x * x, 1.5];
    let n = v.iter().filter(|e| **e > 0.5).count();
    let k = v.iter().position(|e| *e > 1.0).unwrap_or(0);
    let any = v.iter().any(|e| *e < 0.0);
    let y = v[k] * n as f64;
    if any && !v.iter().all(|e| *e < 10.0) { y * x } else { y }
}

type Matrix = Vec<Vec<f64>>;

#[differentiable]
fn collected_into_an_alias(x: &[f64]) -> f64 {
    let products: Matrix = x.iter().map(|a| x.iter().map(|b| a * b.sin()).collect()).collect();
    let mut sum = 0.0;
    for (i, row) in products.iter().enumerate() {
        sum += row[(i + 1) % row.len()];
    }
    sum
}

#[test]
fn collecting_into_an_alias() {
    let x = [0.5, -0.75, 1.25];
    let (value, gradient) = collected_into_an_alias::value_and_grad(&x);
    let next = |i: usize| x[(i + 1) % 3];
    let expected: f64 = (0..3).map(|i| x[i] * next(i).sin()).sum();
    assert!((value - expected).abs() < 1e-15);
    for i in 0..3 {
        let derivative = next(i).sin() + x[(i + 2) % 3] * x[i].cos();
        assert!((gradient[i] - derivative).abs() < 1e-15);
    }
}
