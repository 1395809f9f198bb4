//! Lists that are read more often than they are written, which the reverse pass changes back: gradients against
//! central differences, tangents and pullbacks against gradients.
#![allow(clippy::pedantic, clippy::all, unused, reason = "what users may write, not what is best")]

use autograd_runtime::prelude::*;
use std::mem;

mod support;
use support::differences::{check, tests};

tests! {
    tangents within 1e-11;
    a_triangular_system: triangular;
    the_logarithm_of_a_determinant: cholesky;
    a_state_in_an_array: recurrent;
    a_state_in_a_list: recurrent_list;
    rows_of_a_list_of_lists: rows;
    writes_in_branches: in_branches;
    writes_through_references: through_references;
    a_loop_that_is_left: left;
    an_iteration_that_is_cut_short: cut_short;
    a_return_in_the_middle: returned;
    a_list_that_is_returned: handed_on;
    a_list_of_an_inner_block: inner;
    constants_among_the_writes: constants;
    reads_before_and_after_a_write: around_a_write;
    two_lists_that_feed_each_other: two_lists;
    a_condition_on_what_is_restored: conditions;
    a_list_whose_length_changes: changed_length;
    a_sum_beside_it: beside_a_sum;
    calls_with_slices: calls;
}

#[differentiable]
fn triangular(x: &[f64]) -> f64 {
    let n = 5;
    let mut y = vec![0.0; n];
    for i in 0..n {
        let mut s = x[i % 4] + 0.1 * i as f64;
        for j in 0..i {
            s -= x[(i + j) % 4] * y[j] * y[j];
        }
        y[i] = s / (2.0 + x[i % 4] * x[i % 4]);
    }
    y.iter().map(|v| v * v).sum()
}

#[differentiable]
fn cholesky(x: &[f64]) -> f64 {
    let n = 4;
    let mut l = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..n {
            l[i * n + j] = x[i] * x[j];
        }
        l[i * n + i] += 5.0 + x[i];
    }
    let mut sum = 0.0;
    for j in 0..n {
        let mut s = l[j * n + j];
        for k in 0..j {
            s -= l[j * n + k] * l[j * n + k];
        }
        let d = s.sqrt();
        l[j * n + j] = d;
        sum += d.ln();
        for i in j + 1..n {
            let mut s = l[i * n + j];
            for k in 0..j {
                s -= l[i * n + k] * l[j * n + k];
            }
            l[i * n + j] = s / d;
        }
    }
    2.0 * sum
}

#[differentiable]
fn recurrent(x: &[f64]) -> f64 {
    let mut h = [0.1, 0.2, 0.3];
    for x in x {
        let mut next = [0.0; 3];
        for i in 0..3 {
            let mut s = x * (i + 1) as f64;
            for j in 0..3 {
                s += x.sin() * h[j] * h[(i + j) % 3];
            }
            next[i] = s.tanh();
        }
        h = next;
    }
    h[0] + h[1] * h[2]
}

#[differentiable]
fn recurrent_list(x: &[f64]) -> f64 {
    let mut h = vec![x[0], x[1]];
    for layer in 0..3 {
        let mut next = vec![0.0; 2 + layer];
        for i in 0..next.len() {
            let mut s = x[i % 4];
            for j in 0..h.len() {
                s += x[(i * j) % 4] * h[j] * h[j];
            }
            next[i] = s.tanh();
        }
        h = next;
    }
    h.iter().map(|v| v * v).sum()
}

#[differentiable]
fn rows(x: &[f64]) -> f64 {
    let mut t = vec![vec![1.0; 4]; 4];
    for i in 0..4 {
        for j in 0..4 {
            let mut s = x[i] * x[j];
            for k in 0..j {
                s += t[i][k] * t[k][j].sin();
            }
            t[i][j] = s;
        }
    }
    t[3][3] * t[2][1]
}

#[differentiable]
fn in_branches(x: &[f64]) -> f64 {
    let mut y = [x[0], x[1], x[2], x[3]];
    for i in 0..6 {
        let mut s = 0.0;
        for j in 0..4 {
            s += y[j] * y[(i + j) % 4];
        }
        if s > 1.0 {
            y[i % 4] = s.sqrt();
        } else if i % 2 == 0 {
            y[1] *= s;
        }
    }
    y[0] * y[1] + y[2] * y[3]
}

#[differentiable]
fn through_references(x: &[f64]) -> f64 {
    let mut y = vec![x[0] * x[1], x[1], x[2], x[3]];
    for i in 0..3 {
        let mut s = 0.0;
        for a in &y {
            for b in &y {
                s += a * b * b;
            }
        }
        for v in &mut y {
            *v = *v * 0.5 + x[i];
        }
        for v in y[1..3].iter_mut() {
            *v -= 0.01 * s;
        }
    }
    y.iter().map(|v| v * v).sum()
}

#[differentiable]
fn left(x: &[f64]) -> f64 {
    let mut y = [x[0], x[1], x[2]];
    let mut i = 0;
    while i < 10 {
        let mut s = 0.0;
        for j in 0..3 {
            s += y[j] * y[j] * x[3];
            if s > 20.0 {
                break;
            }
        }
        y[i % 3] = s.cos();
        if s < 0.3 {
            break;
        }
        y[(i + 1) % 3] += 0.1;
        i += 1;
    }
    y[0] * y[1] * y[2]
}

#[differentiable]
fn cut_short(x: &[f64]) -> f64 {
    let mut y = [x[0], x[1], x[2]];
    for i in 0..5 {
        let mut s = x[3];
        for j in 0..3 {
            if y[j] < 0.0 {
                continue;
            }
            s += y[j] * y[j];
        }
        y[i % 3] = s * 0.3;
        if i == 2 {
            continue;
        }
        y[(i + 1) % 3] -= s * x[0];
    }
    y[0] + y[1] * y[2]
}

#[differentiable]
fn returned(x: &[f64]) -> f64 {
    let mut y = [x[0], x[1], x[2]];
    for i in 0..8 {
        let mut s = x[3];
        for j in 0..3 {
            s += y[j] * y[(j + 1) % 3];
        }
        y[i % 3] = s.sin();
        if i == 4 {
            return y[0] * y[1] + s;
        }
        y[(i + 2) % 3] = (s * y[i % 3]).cos();
    }
    y[0]
}

#[differentiable]
fn prefixes(x: &[f64]) -> Vec<f64> {
    let mut y = vec![0.0; x.len()];
    for i in 0..x.len() {
        let mut s = x[i];
        for j in 0..i {
            s += y[j] * y[j];
        }
        y[i] = s.tanh();
    }
    y
}

#[differentiable]
fn handed_on(x: &[f64]) -> f64 {
    let y = prefixes(x);
    y[3] * y[2] + prefixes(&y)[1]
}

#[differentiable]
fn inner(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for x in x {
        let mut y = [0.0; 3];
        for i in 0..3 {
            let mut s = x + i as f64;
            for j in 0..i {
                s *= y[j];
            }
            y[i] = s.sin();
        }
        sum += y[2] * y[1];
    }
    sum
}

#[differentiable]
fn constants(x: &[f64]) -> f64 {
    let mut y = vec![x[0], x[1], 2.0];
    let mut sum = 0.0;
    for i in 0..4 {
        for j in 0..3 {
            sum += y[j] * y[j] * x[i];
        }
        y[i % 3] = 0.5 * i as f64;
        no_grad! { y[2] = 1.5; }
        y[1] = x[2];
    }
    sum + y[1]
}

#[differentiable]
fn around_a_write(x: &[f64]) -> f64 {
    let mut y = [x[0], x[1], x[2], x[3]];
    let mut sum = 0.0;
    for i in 0..4 {
        for j in 0..4 {
            sum += y[j] * y[j];
        }
        let before = y[i] * y[i];
        y[i] = before * x[0] + 0.5;
        let after = y[i] * y[i];
        for j in 0..4 {
            sum -= y[j] * after * before;
        }
    }
    sum
}

#[differentiable]
fn two_lists(x: &[f64]) -> f64 {
    let mut a = [x[0], x[1]];
    let mut b = [x[2], x[3]];
    for i in 0..4 {
        let mut s = 0.0;
        for j in 0..2 {
            s += a[j] * b[j] * a[1 - j];
        }
        a[i % 2] = s;
        let mut s = 0.0;
        for j in 0..2 {
            s += a[j] * b[1 - j] * b[j];
        }
        b[i % 2] = s.sin();
    }
    a[0] * b[1] + a[1] * b[0]
}

#[differentiable]
fn conditions(x: &[f64]) -> f64 {
    let mut y = [x[0], x[1], x[2]];
    let mut sum = 0.0;
    for i in 0..5 {
        for j in 0..3 {
            if y[j] > 0.4 {
                sum += y[j] * y[j];
            } else {
                sum -= y[j].exp() * x[3];
            }
        }
        y[i % 3] -= 0.3 * sum;
    }
    sum
}

#[differentiable]
fn changed_length(x: &[f64]) -> f64 {
    let mut y: Vec<f64> = x.iter().map(|v| v * 0.5).collect();
    let mut sum = 0.0;
    for i in 0..3 {
        for j in 0..y.len() {
            for k in 0..y.len() {
                sum += y[j] * y[k] * x[i];
            }
        }
        y[0] = sum * 0.1;
        if i == 1 {
            y = vec![y[0] * y[1], x[3]];
        }
        y[1] += x[0];
    }
    sum + y[1]
}

#[differentiable]
fn beside_a_sum(x: &[f64]) -> f64 {
    let mut total = 0.0;
    for point in x.chunks(2) {
        let mut y = [point[0], point[1], 0.5];
        for i in 0..3 {
            let mut s = 0.0;
            for j in 0..3 {
                s += y[j] * y[(i + j) % 3];
            }
            y[i] = s * 0.5;
        }
        total += y[0] * y[2];
    }
    total
}

#[differentiable]
fn norm(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for x in x {
        sum += x * x;
    }
    sum.sqrt()
}

#[differentiable]
fn calls(x: &[f64]) -> f64 {
    let mut y = vec![x[0], x[1], x[2], x[3], 1.0];
    for i in 0..3 {
        let mut s = 0.0;
        for j in 0..3 {
            s += norm(&y[j..j + 2]) * y[j];
        }
        y[i] = s * 0.3;
        y[4] = norm(&y[..4]);
    }
    y[0] * y[4] + y[2]
}

/// The solution `y` of `L y = b` for a unit triangle of equal elements `l`, of which the last component is known.
#[differentiable(order = 2)]
fn forward_substitution(l: f64, b: &[f64]) -> f64 {
    let mut y = b.to_vec();
    for i in 0..y.len() {
        let mut s = b[i];
        for j in 0..i {
            s -= l * y[j];
        }
        y[i] = s;
    }
    y[y.len() - 1]
}

#[test]
fn second_derivatives_of_a_triangular_system() {
    // y = (b₀, b₁ - l b₀, b₂ - l (b₀ + b₁ - l b₀))
    let (l, b) = (0.3, [2.0, -1.0, 0.5]);
    let (value, gradient) = forward_substitution::value_and_grad(l, &b);
    assert!((value - (b[2] - l * (b[0] + b[1] - l * b[0]))).abs() < 1e-15);
    assert!((gradient.0 - (-b[0] - b[1] + 2.0 * l * b[0])).abs() < 1e-14);
    let (of_l, of_b) = forward_substitution::hvp(l, &b, (1.0, vec![0.0; 3]));
    assert!((of_l - 2.0 * b[0]).abs() < 1e-14);
    assert!((of_b[0] - (2.0 * l - 1.0)).abs() < 1e-14);
    assert!((of_b[1] + 1.0).abs() < 1e-14);
}

#[test]
fn lists_of_numbers_of_any_type() {
    #[differentiable]
    fn over<T: Real>(x: &[T]) -> T {
        let mut y = [x[0], x[1], x[2]];
        for i in 0..3 {
            let mut s = x[i];
            for j in 0..3 {
                s += y[j] * y[j];
            }
            y[i] = s.sin();
        }
        y[0] * y[2]
    }
    check(over::<f64>, over::value_and_grad, &[0.3, 0.7, -0.2]);
    let (value, gradient) = over::value_and_grad(&[0.3_f32, 0.7, -0.2]);
    let (exact, wanted) = over::value_and_grad(&[0.3_f64, 0.7, -0.2]);
    assert!((f64::from(value) - exact).abs() < 1e-6);
    for (x, y) in gradient.iter().zip(wanted) {
        assert!((f64::from(*x) - y).abs() < 1e-5);
    }
}
