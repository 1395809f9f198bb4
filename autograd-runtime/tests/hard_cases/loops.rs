//! Loops whose number of turns, or whose first or last turn, is not the usual one.

use super::support::differences::check;
use autograd_runtime::prelude::*;

// A loop variable that is overwritten by a function that is not linear: each turn has its own
// residual. Systems that keep one for the variable use the last value for all turns.

#[differentiable]
fn overwritten(v: &[f64], n: usize) -> f64 {
    let mut x = v[0];
    let mut y = v[1];
    for i in 0..n {
        x = (x * y).sin() + x * x;
        y = x * y / (1.0 + y * y);
        x = x * 0.5 + y.cos() * (i as f64);
    }
    x * y
}

#[differentiable]
fn logistic(x: f64, n: usize) -> f64 {
    let mut x = x;
    for _ in 0..n {
        x = 3.7 * x * (1.0 - x);
    }
    x
}

#[differentiable]
fn shadowed_in_the_body(v: &[f64], n: usize) -> f64 {
    let x = v[0];
    let mut sum = v[1];
    for _ in 0..n {
        let x = x * sum;
        let sum_before = sum;
        let x = x * x;
        sum = x + sum_before * 0.5;
    }
    sum * x
}

#[test]
fn a_variable_that_is_overwritten_in_each_turn() {
    for n in 0..5 {
        check(|v| overwritten(v, n), |v| overwritten::value_and_grad(v, n), &[0.6, 0.8]);
        check(
            |v| shadowed_in_the_body(v, n),
            |v| shadowed_in_the_body::value_and_grad(v, n),
            &[0.6, 0.8],
        );
    }
    // The product of the slopes 3.7 (1 - 2 x) along the orbit.
    let (mut x, mut slope) = (0.3, 1.0);
    for _ in 0..20 {
        slope *= 3.7 * (1.0 - 2.0 * x);
        x = 3.7 * x * (1.0 - x);
    }
    let (value, gradient) = logistic::value_and_grad(0.3, 20);
    assert_eq!(value, x);
    assert!((gradient - slope).abs() <= 1e-9 * slope.abs());
}

// Inner bounds that depend on the outer index: the reverse pass has to know how many turns each
// inner loop ran, and a rectangle is the wrong guess.

#[differentiable]
fn lower_triangle(v: &[f64], n: usize) -> f64 {
    let mut x = v[0];
    for i in 0..n {
        for j in 0..i {
            x = x * v[j] + v[i] * x.sin();
        }
    }
    x
}

#[differentiable]
fn upper_triangle(v: &[f64], n: usize) -> f64 {
    let mut x = v[0];
    for i in 0..n {
        for j in i..n {
            for k in j..=i {
                x = x * v[k] + v[j] * x.sin();
            }
            x += v[i] * v[j];
        }
    }
    x
}

#[differentiable]
fn shrinking_while(v: &[f64], n: usize) -> f64 {
    let mut x = v[0];
    let mut i = n;
    while i > 0 {
        let mut j = i;
        while j < n {
            x = x * v[j] + x.cos();
            j += 1;
        }
        i -= 1;
    }
    x
}

/// Solves `L x = b` with the triangle `L` in rows.
#[differentiable]
fn forward_substitution(l: &[f64], n: usize) -> f64 {
    let mut x = vec![0.0; n];
    for i in 0..n {
        let mut s = 1.0;
        for j in 0..i {
            s -= l[i * n + j] * x[j];
        }
        x[i] = s / l[i * n + i];
    }
    let mut sum = 0.0;
    for i in 0..n {
        sum += x[i] * x[i];
    }
    sum
}

#[test]
fn triangular_nests() {
    let v = [0.9, -0.4, 0.7, 1.1];
    for n in 0..5 {
        check(|v| lower_triangle(v, n), |v| lower_triangle::value_and_grad(v, n), &v);
        check(|v| upper_triangle(v, n), |v| upper_triangle::value_and_grad(v, n), &v);
        check(|v| shrinking_while(v, n), |v| shrinking_while::value_and_grad(v, n), &v);
    }
    let l = [2.0, 0.0, 0.0, 0.5, 1.5, 0.0, -0.3, 0.4, 1.2];
    check(|l| forward_substitution(l, 3), |l| forward_substitution::value_and_grad(l, 3), &l);
}

// A loop that runs zero times: what it would assign has its value from before, and the derivative of
// that. A tape that is popped once too often panics or takes what belongs to another loop.

#[differentiable]
fn zero_times(x: f64, n: usize) -> f64 {
    let mut y = x;
    let mut z = 1.0;
    for i in 0..n {
        y = 0.0;
        z = x * i as f64;
    }
    let mut w = y * x;
    while w < 0.0 {
        w = -w * x;
    }
    w * z
}

#[differentiable]
fn zero_times_inside(x: f64, lengths: &[usize]) -> f64 {
    let mut y = x;
    for i in 0..lengths.len() {
        for _ in 0..lengths[i] {
            y = y * x;
        }
    }
    y
}

#[differentiable]
fn empty_range(x: f64, from: usize, to: usize) -> f64 {
    let mut y = x * x;
    for i in from..to {
        y *= x + i as f64;
    }
    for i in from..=to {
        y *= x + i as f64;
    }
    y
}

#[test]
fn a_loop_that_runs_zero_times() {
    assert_eq!(zero_times::value_and_grad(3.0, 0), (9.0, 6.0));
    assert_eq!(zero_times::value_and_grad(3.0, 2), (0.0, 0.0));
    assert_eq!(zero_times_inside::value_and_grad(2.0, &[]), (2.0, 1.0));
    assert_eq!(zero_times_inside::value_and_grad(2.0, &[0, 0]), (2.0, 1.0));
    // x⁴
    assert_eq!(zero_times_inside::value_and_grad(2.0, &[0, 2, 0, 1, 0]), (16.0, 32.0));
    // A range whose end is before its start is empty.
    assert_eq!(empty_range::value_and_grad(2.0, 5, 3), (4.0, 4.0));
    // x² (x + 1)
    assert_eq!(empty_range::value_and_grad(2.0, 1, 1), (12.0, 16.0));
}

// `break` in the first turn, before, between and after the assignments: the reverse pass enters the
// turn in its middle.

#[differentiable]
fn left_early(v: &[f64], at: usize, place: u8) -> f64 {
    let mut x = v[0];
    let mut i = 0;
    loop {
        if i == at && place == 0 {
            break;
        }
        x = x * v[1];
        if i == at && place == 1 {
            break;
        }
        x = x.sin() + v[0] * x;
        if i == at {
            break;
        }
        i += 1;
    }
    x * v[1]
}

#[differentiable]
fn value_of_a_break(v: &[f64], at: usize) -> f64 {
    let mut x = v[0];
    let mut i = 0;
    let y = loop {
        if i == at {
            break x * x;
        }
        x *= v[1];
        i += 1;
    };
    y + x
}

#[differentiable]
fn left_two_loops(v: &[f64], at: usize) -> f64 {
    let mut x = v[0];
    'rows: for i in 0..3 {
        for j in 0..3 {
            if i * 3 + j == at {
                break 'rows;
            }
            if j > i {
                continue 'rows;
            }
            x = x * v[1] + v[j];
        }
        x *= v[0];
    }
    x
}

#[differentiable]
fn returned_from_a_loop(v: &[f64], at: usize) -> f64 {
    let mut x = v[0];
    for i in 0..v.len() {
        if i == at {
            return x * v[i];
        }
        x = x * v[i] + x.cos();
    }
    x
}

#[differentiable]
fn converged(v: &[f64], tolerance: f64) -> f64 {
    let mut x = v[0];
    for _ in 0..100 {
        let next = 0.5 * (x + v[1] / x);
        if (next - x).abs() < no_grad! { tolerance } {
            break;
        }
        x = next;
    }
    x
}

#[test]
fn loops_that_are_left_early() {
    let v = [0.6, 0.8, 1.1];
    for at in 0..3 {
        for place in 0..3 {
            check(|v| left_early(v, at, place), |v| left_early::value_and_grad(v, at, place), &v);
        }
        check(|v| value_of_a_break(v, at), |v| value_of_a_break::value_and_grad(v, at), &v);
    }
    for at in 0..10 {
        check(|v| left_two_loops(v, at), |v| left_two_loops::value_and_grad(v, at), &v);
        check(|v| returned_from_a_loop(v, at), |v| returned_from_a_loop::value_and_grad(v, at), &v);
    }
    // In the first turn, with nothing done: the start.
    assert_eq!(converged::value_and_grad(&[3.0, 9.0], 1e-3), (3.0, (vec![1.0, 0.0], 0.0)));
}

// Residuals of a loop inside of a recursive call: each activation has its own.

#[differentiable]
fn recursive_with_loop(v: &[f64], depth: usize) -> f64 {
    let mut x = v[0];
    for i in 0..depth {
        x = x * v[1] + (v[0] * i as f64).sin();
        if i == 1 {
            x *= recursive_with_loop(v, depth - 1);
        }
    }
    if depth == 0 { x * x } else { x + recursive_with_loop(&v[..], depth - 1) * v[1] }
}

#[differentiable]
fn recursive_in_a_loop(v: &[f64], depth: usize) -> f64 {
    if v.len() == 0 {
        return 1.0;
    }
    let mut x = 0.0;
    for i in 0..v.len() {
        x = x * v[i] + v[i] * recursive_in_a_loop(&v[i + 1..], depth + 1);
    }
    x * (depth as f64 + 1.0)
}

/// The determinant by cofactors, with the columns that are left as bits.
#[differentiable]
fn determinant(m: &[f64], n: usize, row: usize, columns: u32) -> f64 {
    if row == n {
        return 1.0;
    }
    let mut sum = 0.0;
    let mut sign = 1.0;
    for column in 0..n {
        if columns & (1 << column) == 0 {
            continue;
        }
        sum += sign * m[row * n + column] * determinant(m, n, row + 1, columns & !(1 << column));
        sign = -sign;
    }
    sum
}

#[test]
fn loops_inside_of_recursive_calls() {
    for depth in 0..5 {
        check(
            |v| recursive_with_loop(v, depth),
            |v| recursive_with_loop::value_and_grad(v, depth),
            &[0.6, 0.8],
        );
    }
    let v = [0.6, 0.8, -1.1, 0.3];
    check(|v| recursive_in_a_loop(v, 0), |v| recursive_in_a_loop::value_and_grad(v, 0), &v);
    // The gradient of a determinant is the matrix of its cofactors.
    let m = [2.0, 1.0, 0.0, 1.0, 3.0, 1.0, 0.0, 1.0, 4.0];
    let cofactors = vec![11.0, -4.0, 1.0, -4.0, 8.0, -2.0, 1.0, -2.0, 5.0];
    assert_eq!(determinant::value_and_grad(&m, 3, 0, 0b111), (18.0, cofactors));
}
