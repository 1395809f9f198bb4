//! Functions of the standard library that change values in place.
#![allow(clippy::pedantic, clippy::all, reason = "what users may write, not what is best")]

use autograd_runtime::prelude::*;

mod support;
use support::differences::check;

macro_rules! checks {
    ($($name:ident at $points:expr;)*) => {
        #[test]
        fn against_central_differences() {$(
            for at in $points {
                check($name, $name::value_and_grad, &at);
            }
        )*}
    };
}

checks! {
    swapped at [[0.5, 1.5, -0.7, 2.0]];
    stencil at [[0.5, 1.5, -0.7, 2.0]];
    replaced at [[0.5, 1.5, -0.7, 2.0]];
    taken at [[0.5, 1.5, -0.7, 2.0]];
    behind_references at [[0.5, 1.5, -0.7, 2.0]];
    popped at [[0.5, 1.5, -0.7, 2.0]];
    stack_machine at [[0.5, 1.5, -0.7, 2.0]];
    truncated at [[0.5, 1.5, -0.7, 2.0]];
    removed at [[0.5, 1.5, -0.7, 2.0]];
    inserted at [[0.5, 1.5, -0.7, 2.0]];
    extended at [[0.5, 1.5, -0.7, 2.0]];
    resized at [[0.5, 1.5, -0.7, 2.0]];
}

#[differentiable]
fn swapped(x: &[f64]) -> f64 {
    let (mut a, mut b) = (x[0] * x[1], x[2].exp());
    for i in 0..3 {
        std::mem::swap(&mut a, &mut b);
        a *= x[3] + i as f64;
    }
    a * a + b
}

#[differentiable]
fn stencil(x: &[f64]) -> f64 {
    let mut old = x.to_vec();
    let mut new = vec![0.0; x.len()];
    let n = x.len();
    for _ in 0..4 {
        for i in 0..n {
            let left = if i > 0 { old[i - 1] } else { 0.0 };
            let right = if i + 1 < n { old[i + 1] } else { 0.0 };
            new[i] = 0.5 * old[i] + left * right;
        }
        std::mem::swap(&mut old, &mut new);
    }
    old.iter().map(|v| v * v).sum()
}

#[differentiable]
fn replaced(x: &[f64]) -> f64 {
    let mut a = x[0];
    let before = std::mem::replace(&mut a, x[1] * x[2]);
    let again = core::mem::replace(&mut a, before * x[3]);
    a * before + again * x[3]
}

#[differentiable]
fn taken(x: &[f64]) -> f64 {
    let mut a = x[0] * x[1];
    let mut v = vec![x[2], x[3]];
    let b = std::mem::take(&mut a);
    let w = std::mem::take(&mut v);
    a += x[2];
    v.push(b);
    a * b + w[0] * w[1] + v[0]
}

#[derive(Differentiable, Clone)]
struct Buffers {
    front: Vec<f64>,
    back: Vec<f64>,
}
#[differentiable]
fn flip(buffers: &mut Buffers, a: &mut f64, b: &mut f64) {
    std::mem::swap(&mut buffers.front, &mut buffers.back);
    std::mem::swap(a, b);
    buffers.front[0] *= *a;
}
#[differentiable]
fn behind_references(x: &[f64]) -> f64 {
    let mut buffers = Buffers { front: vec![x[0], x[1]], back: vec![x[2]] };
    let (mut a, mut b) = (x[3], x[0] * x[1]);
    for _ in 0..3 {
        flip(&mut buffers, &mut a, &mut b);
    }
    buffers.front[0] * buffers.back[1] * a + buffers.back[0]
}

#[differentiable]
fn popped(x: &[f64]) -> f64 {
    let mut stack = x.to_vec();
    let mut sum = 1.0;
    while let Some(top) = stack.pop() {
        sum = sum * 0.5 + top * top;
        if stack.len() == 2 {
            stack.pop();
            stack.push(top * stack[0]);
            if sum > 7.0 {
                break;
            }
        }
    }
    sum * x[0]
}

#[differentiable]
fn stack_machine(x: &[f64]) -> f64 {
    let program = "0123+*-";
    let mut stack: Vec<f64> = Vec::new();
    for op in program.chars() {
        match op.to_digit(10) {
            Some(digit) => stack.push(x[digit as usize]),
            None => {
                let b = stack.pop().unwrap();
                let a = stack.pop().unwrap();
                stack.push(match op {
                    '+' => a + b,
                    '*' => a * b,
                    _ => a - b,
                });
            }
        }
    }
    stack.pop().unwrap()
}

#[differentiable]
fn truncated(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let last = v[3] * v[2];
    v.truncate(2);
    v.push(last);
    v.push(last * v[0]);
    let y = v[3] + v[2] * v[1];
    v.clear();
    v.push(y * x[2]);
    v[0] * y
}

#[differentiable]
fn removed(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let a = v.remove(1);
    let b = v.swap_remove(0);
    a * v[0] + b * b * v[1] + v.len() as f64
}

#[differentiable]
fn inserted(x: &[f64]) -> f64 {
    let mut v = vec![x[0], x[1]];
    v.insert(0, x[2] * x[3]);
    v.insert(2, v[0] * x[3]);
    v.insert(4, 2.0 * x[3]);
    let mut sum = 0.0;
    for (i, e) in v.iter().enumerate() {
        sum += e * e * (i + 1) as f64;
    }
    sum
}

#[differentiable]
fn extended(x: &[f64]) -> f64 {
    let mut v = vec![x[0]];
    v.extend_from_slice(x);
    v.extend(x.iter().map(|e| e * e));
    v.extend(&x[1..3]);
    let mut sum = 0.0;
    for (i, e) in v.iter().enumerate() {
        sum += e * e * (i + 1) as f64;
    }
    sum
}

#[differentiable]
fn resized(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    v.resize(6, x[0] * x[1]);
    v[5] *= x[2];
    v.resize(5, 0.0);
    v[4] * v[3] + v[1]
}
