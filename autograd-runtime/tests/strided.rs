//! Loops whose iterations go through lists with unit stride: the reverse takes parts of the lists before the loop, goes
//! forward where the order does not matter, and adds to one place in each loop.
#![allow(clippy::pedantic, clippy::all, unused, reason = "what users may write, not what is best")]

mod support;

use autograd_runtime::prelude::*;
use support::differences::{check, point};

macro_rules! tests {
    ($($test:ident: $function:ident, of $lengths:expr;)*) => {$(
        #[test]
        fn $test() {
            for n in $lengths {
                check($function, $function::value_and_grad, &point(n));
            }
        }
    )*};
}

tests! {
    a_stencil: stencil, of 2..9;
    windows_of_a_list: rosenbrock, of 0..6;
    a_stencil_that_counts_down: descending_stencil, of 2..7;
    a_loop_that_counts_down_with_what_it_kept: descending_with_frames, of 0..6;
    a_recurrence_that_counts_down: descending_recurrence, of 0..6;
    a_recurrence_through_memory: prefix_sums, of 1..7;
    a_list_that_is_read_and_written: smoothed_in_place, of 3..8;
    one_list_in_two_places: shifted_products, of 1..7;
    one_list_under_two_lengths: rows_of_two, of 2..9;
    a_counter_within_a_loop: triangle, of 0..6;
    a_counter_that_is_read_after_the_step: after_the_step, of 1..6;
    a_counter_in_a_loop_over_other_integers: counted_beside, of 1..6;
    a_counter_that_counts_down: counted_down, of 1..6;
    a_counter_that_steps_by_two: every_other, of 2..9;
    a_sum_beside_a_list: sum_beside, of 0..6;
    a_sum_that_is_read: running, of 0..6;
    an_element_that_is_the_same: fixed_element, of 1..6;
    elements_that_are_arrays: pairs, of 2..8;
    elements_that_are_tuples: tuples, of 2..8;
    fields_of_a_structure: fields, of 2..8;
    a_list_that_grows: pushed, of 0..6;
    a_loop_without_an_iteration: empty_loops, of 1..6;
    a_list_that_is_zeroed: zeroed, of 2..6;
    a_call_within_the_loop: with_calls, of 0..6;
    many_lists: many, of 2..6;
    an_element_that_is_written_twice: written_twice, of 1..6;
    a_list_that_is_added_to_itself: into_itself, of 1..3;
    a_cotangent_that_is_added_to_and_taken: added_and_taken, of 2..6;
}

#[differentiable]
fn stencil(x: &[f64]) -> f64 {
    let n = x.len();
    let k = x[0] * 0.3;
    let mut next = vec![0.0; n];
    for _ in 0..2 {
        for i in 1..n - 1 {
            next[i] += x[i] + k * (x[i - 1] - 2.0 * x[i] + x[i + 1]);
        }
    }
    next[0] = x[0];
    next[n - 1] = x[n - 1] * x[0];
    next.iter().map(|y| y * y).sum()
}

#[differentiable]
fn rosenbrock(x: &[f64]) -> f64 {
    x.windows(2).map(|p| 100.0 * (p[1] - p[0] * p[0]).powi(2) + (1.0 - p[0]).powi(2)).sum()
}

#[differentiable]
fn descending_stencil(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    for i in (1..x.len() - 1).rev() {
        y[i] = x[i + 1] * x[i - 1] + y[i] * x[i];
    }
    y.iter().map(|y| y * y).sum()
}

#[differentiable]
fn descending_with_frames(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    let mut sum = 0.0;
    for i in (0..x.len()).rev() {
        y[i] = (y[i] * 1.1).sin() * y[i];
        sum += y[i] * y[i] * x[i];
    }
    sum
}

#[differentiable]
fn descending_recurrence(x: &[f64]) -> f64 {
    let mut y = 0.5;
    for i in (0..x.len()).rev() {
        y = y * x[i] + x[i];
    }
    y
}

#[differentiable]
fn prefix_sums(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    for i in 1..y.len() {
        y[i] += y[i - 1] * x[i];
    }
    y[y.len() - 1] * y[0]
}

#[differentiable]
fn smoothed_in_place(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    for i in 1..y.len() - 1 {
        y[i] = 0.5 * y[i - 1] * y[i] + y[i + 1];
    }
    y.iter().map(|y| y * y).sum()
}

#[differentiable]
fn shifted_products(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        sum += x[i] * x[i + 1];
    }
    sum
}

#[differentiable]
fn rows_of_two(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for row in 0..x.len() / 2 - 1 {
        for c in 0..2 {
            sum += x[row * 2 + c] * x[(row + 1) * 2 + c];
        }
    }
    sum
}

#[differentiable]
fn triangle(x: &[f64]) -> f64 {
    let n = x.len();
    let mut factor = vec![0.0; n * (n + 1) / 2];
    for (i, l) in factor.iter_mut().enumerate() {
        *l = x[i % n] * (0.1 * i as f64 + 1.0);
    }
    let mut y = vec![0.0; n];
    let mut next = 0;
    for (column, v) in x.iter().enumerate() {
        for y in &mut y[column..] {
            *y += factor[next] * v;
            next += 1;
        }
    }
    y.iter().map(|y| y * y).sum()
}

#[differentiable]
fn after_the_step(x: &[f64]) -> f64 {
    let mut at = 0;
    let mut y = vec![1.0; x.len()];
    for i in 0..x.len() - 1 {
        let before = x[at];
        at += 1;
        y[i] = before * x[at] * x[i];
    }
    y.iter().map(|y| y * y).sum()
}

#[differentiable]
fn counted_beside(x: &[f64]) -> f64 {
    let mut at = 0;
    let mut sum = 0.0;
    for k in 0..x.len() as i32 {
        sum += x[at] * x[at] * f64::from(k);
        at += 1;
    }
    sum + x[at - 1]
}

#[differentiable]
fn counted_down(x: &[f64]) -> f64 {
    let mut at = x.len();
    let mut y = vec![1.0; x.len()];
    for i in 0..x.len() {
        at -= 1;
        y[i] = x[at] * x[i];
    }
    y.iter().map(|y| y * y).sum()
}

#[differentiable]
fn every_other(x: &[f64]) -> f64 {
    let mut at = 0;
    let mut y = vec![1.0; x.len()];
    for i in 0..x.len() / 2 {
        y[i] = x[at] * x[i];
        at += 2;
    }
    y.iter().map(|y| y * y).sum()
}

#[differentiable]
fn sum_beside(x: &[f64]) -> f64 {
    let w = 0.7;
    let mut y = vec![0.0; x.len()];
    let mut sum = w;
    for i in 0..x.len() {
        y[i] = x[i] * w;
        sum += y[i] * x[i];
    }
    sum * sum + y.iter().sum::<f64>()
}

#[differentiable]
fn running(x: &[f64]) -> f64 {
    let mut y = vec![0.0; x.len()];
    let mut sum = 0.3;
    for i in 0..x.len() {
        sum += x[i] * sum;
        y[i] = sum * x[i];
    }
    y.iter().sum::<f64>() * sum
}

#[differentiable]
fn fixed_element(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    for i in 1..x.len() {
        y[0] += x[i] * x[0];
        y[i] = x[i] * x[0];
    }
    y.iter().map(|y| y * y).sum()
}

#[differentiable]
fn pairs(x: &[f64]) -> f64 {
    let points: Vec<[f64; 2]> = x.chunks_exact(2).map(|p| [p[0], p[1] * p[0]]).collect();
    let mut moved = vec![[1.0, 2.0]; points.len()];
    for i in 0..points.len() {
        moved[i][0] += points[i][1] * points[i][0];
        moved[i][1] = points[i][1] * moved[i][0];
    }
    moved.iter().map(|p| p[0] * p[1]).sum()
}

#[differentiable]
fn tuples(x: &[f64]) -> f64 {
    let points: Vec<(f64, usize)> =
        x.chunks_exact(2).enumerate().map(|(i, p)| (p[0] * p[1], i)).collect();
    let mut sum = 0.0;
    for i in 1..points.len() {
        sum += points[i].0 * points[i - 1].0 * points[i].1 as f64;
    }
    sum + points[0].0
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Lists {
    a: Vec<f64>,
    b: Vec<f64>,
}

#[differentiable]
fn fields(x: &[f64]) -> f64 {
    let mut lists = Lists { a: x.to_vec(), b: x.to_vec() };
    for i in 1..x.len() {
        lists.a[i] += lists.b[i - 1] * x[i];
        lists.b[i] = lists.a[i] * x[i - 1];
    }
    lists.a.iter().zip(&lists.b).map(|(a, b)| a * b).sum()
}

#[differentiable]
fn pushed(x: &[f64]) -> f64 {
    let mut y = vec![1.5];
    for i in 0..x.len() {
        y.push(x[i] * x[i]);
    }
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += y[i] * y[i + 1] * x[i];
    }
    sum
}

/// No element is where these loops would begin.
#[differentiable]
fn empty_loops(x: &[f64]) -> f64 {
    let n = x.len();
    let mut sum = x[0] * x[n - 1];
    for i in n..n {
        sum += x[i + 3] * x[i];
    }
    for i in n + 5..n {
        sum += x[i - 1] * x[i];
    }
    for i in 0..n - n {
        sum += x[i - 1] * x[i - 2];
    }
    sum
}

#[differentiable]
fn zeroed(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    for i in 1..y.len() {
        y[i] = 0.0;
    }
    for i in 1..y.len() {
        y[i] -= x[i] * x[i - 1];
    }
    y.iter().map(|y| y * y).sum()
}

#[differentiable]
fn with_calls(x: &[f64]) -> f64 {
    let mut y = vec![0.0; x.len()];
    for i in 0..x.len() {
        y[i] = (x[i] * x[i] + 0.1).sqrt() / (1.5 + x[i].sin()) - x[i].exp();
    }
    y.iter().map(|y| y.tanh()).sum()
}

#[differentiable]
fn many(x: &[f64]) -> f64 {
    let n = x.len();
    let (mut a, mut b, mut c, mut d) = (x.to_vec(), x.to_vec(), x.to_vec(), x.to_vec());
    for i in 1..n {
        a[i] *= x[i - 1];
        b[i] += a[i] * c[i - 1];
        c[i] -= b[i] * d[i];
        d[i - 1] = a[i] * b[i] * c[i];
    }
    a[n - 1] * b[n - 1] + c[n - 1] * d[n - 2]
}

/// The first value that is written is lost.
#[differentiable]
fn written_twice(x: &[f64]) -> f64 {
    let y = x.to_vec();
    let mut z = x.to_vec();
    for (i, v) in y.iter().enumerate() {
        z[i] = *v * 3.0;
        z[i] = y[i] * x[i];
    }
    z.iter().map(|z| z * z).sum()
}

#[differentiable]
fn added_and_taken(x: &[f64]) -> f64 {
    let (mut y, mut z) = (x.to_vec(), x.to_vec());
    for i in 1..x.len() {
        y[i] = z[i - 1] * x[i] + z[i] * x[i - 1];
        z[i] = y[i] * x[i];
    }
    y.iter().zip(&z).map(|(y, z)| y * z).sum()
}

/// The type of the elements is not seen.
#[differentiable]
fn into_itself(x: &[f64]) -> f64 {
    let lists = Lists { a: x.to_vec(), b: Vec::new() };
    let mut y = vec![lists.a[0], 2.0, lists.a[0] * 3.0];
    for i in 0..2 {
        y[i + 1] = y[i] - y[i + 1];
        y[0] -= y[i + 1];
    }
    y[0] * y[2]
}

/// Second derivatives go through the same loops.
#[differentiable(order = 2)]
fn curved(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 1..x.len() {
        sum += x[i] * x[i] * x[i - 1];
    }
    sum
}

#[test]
fn second_derivatives() {
    let x = [0.5, -1.5, 2.0];
    let [a, b, c] = x;
    let expected = [[0.0, 2.0 * b, 0.0], [2.0 * b, 2.0 * a, 2.0 * c], [0.0, 2.0 * c, 2.0 * b]];
    for (row, expected) in expected.into_iter().enumerate() {
        let direction = (0..3).map(|i| f64::from(i == row)).collect();
        assert_eq!(curved::hvp(&x, direction), expected.to_vec());
    }
}

#[differentiable]
fn generic<T: Real>(x: &[T], w: &[T]) -> T {
    let mut y = vec![T::ZERO; x.len()];
    for i in 1..x.len() {
        y[i] = x[i] * w[i] + x[i - 1] * w[i];
    }
    let mut sum = T::ZERO;
    for i in 0..x.len() {
        sum += y[i] * y[i];
    }
    sum
}

#[test]
fn generic_numbers() {
    let (x, w) = ([1.0_f32, 2.0, -1.0], [0.5_f32, 3.0, 2.0]);
    let (value, (x_bar, w_bar)) = generic::value_and_grad(&x, &w);
    // y₁ = (x₀ + x₁) w₁ = 9 and y₂ = (x₁ + x₂) w₂ = 2.
    assert_eq!(value, 85.0);
    assert_eq!(x_bar, [2.0 * 9.0 * 3.0, 2.0 * 9.0 * 3.0 + 2.0 * 2.0 * 2.0, 2.0 * 2.0 * 2.0]);
    assert_eq!(w_bar, [0.0, 2.0 * 9.0 * 3.0, 2.0 * 2.0 * 1.0]);
}

/// Functions with a loop that adds to the cotangent of `b` in several places, both ways round.
macro_rules! loops {
    (|$a:ident, $b:ident, $c:ident, $s:ident, $i:ident, $x:ident| $($test:ident: $body:block)*) => {$(
        #[test]
        fn $test() {
            #[differentiable]
            fn ascending($x: f64) -> f64 {
                let mut $a = vec![0.1 * $x, $x * $x, 0.2, 0.4 * $x, $x, $x];
                let $b = vec![$x, 0.3 * $x, 0.5 * $x * $x, $x * $x, 0.7 * $x, 0.2];
                let mut $c = vec![0.3 * $x, $x * $x, 0.2 * $x, 0.4 * $x, $x, $x];
                let mut $s = $x;
                for $i in 1..4 $body
                let sum = $a[0] + 2.0 * $a[1] + 3.0 * $a[2] - $a[3] - 2.0 * $a[4] - 5.0 * $a[5];
                sum + $c[1] - 5.0 * $c[2] + 4.0 * $c[3] + 7.0 * $s
            }

            #[differentiable]
            fn descending($x: f64) -> f64 {
                let mut $a = vec![0.1 * $x, $x * $x, 0.2, 0.4 * $x, $x, $x];
                let $b = vec![$x, 0.3 * $x, 0.5 * $x * $x, $x * $x, 0.7 * $x, 0.2];
                let mut $c = vec![0.3 * $x, $x * $x, 0.2 * $x, 0.4 * $x, $x, $x];
                let mut $s = $x;
                for $i in (1..4).rev() $body
                let sum = $a[0] + 2.0 * $a[1] + 3.0 * $a[2] - $a[3] - 2.0 * $a[4] - 5.0 * $a[5];
                sum + $c[1] - 5.0 * $c[2] + 4.0 * $c[3] + 7.0 * $s
            }

            let both: [(fn(f64) -> f64, fn(f64) -> f64); 2] =
                [(ascending, ascending::grad), (descending, descending::grad)];
            for (f, gradient) in both {
                let list = |x: &[f64]| f(x[0]);
                check(list, |x| (f(x[0]), vec![gradient(x[0])]), &[1.3]);
            }
        }
    )*};
}

loops! {
    |a, b, c, s, i, x|
    an_element_that_is_assigned_twice: { a[i] = b[i - 1]; a[i] = b[i + 1]; }
    an_element_that_is_assigned_and_scaled: { a[i] = b[i - 1] + b[i + 1]; a[i] *= 0.5; }
    an_element_that_is_added_to_and_assigned: { a[i] += b[i]; a[i] = b[i - 1] + b[i + 1]; }
    a_scalar_that_is_assigned_and_added_to: { s = b[i]; s += b[i - 1] * b[i + 1]; }
    a_scalar_that_is_assigned_beside_an_element: { s = b[i]; a[i] = b[i - 1] * b[i - 1]; }
    a_scalar_that_is_added_to_and_assigned: {
        s += b[i - 1] * 0.3;
        s = b[i - 1];
        let t = b[i] * 0.86;
        a[i] = t * 0.1;
    }
    a_local_that_is_used_twice: {
        let t = b[i - 1] * b[i + 1];
        a[i] = t;
        a[i] = t * x + b[i];
    }
    a_local_that_is_assigned: {
        let mut t = b[i - 1];
        t += b[i + 1];
        s = t;
        t = b[i];
        a[i] = t * s;
    }
    a_scalar_that_is_read_again: {
        s = b[i] * b[i - 1];
        a[i] = s;
        s = a[i] * b[i + 1];
        a[i + 1] += s;
    }
    an_element_that_is_read_and_added_to: {
        a[i] = b[i - 1] + b[i + 1];
        s = a[i];
        a[i] += s * b[i];
    }
    a_recurrence_beside_an_element: { s = s * b[i] + b[i - 1]; a[i] += b[i + 1] * s; }
    elements_that_move: { a[i - 1] = b[i - 1] * b[i + 1]; s = a[i + 1]; a[i + 1] *= b[i]; }
    a_condition: { if i > 1 { s = b[i]; } a[i] = b[i - 1] * b[i + 1]; }
    two_lists_that_are_assigned: { a[i] = b[i - 1]; c[i] = b[i + 1]; }
    two_lists_of_which_one_is_assigned_a_product: { a[i] = b[i - 1] * 0.5; c[i] = b[i + 1] * b[i]; }
    an_element_that_is_assigned_beside_a_sum: { a[i] = b[i + 1]; s += b[i - 1] * c[i]; }
    a_local_that_is_added_to: { let mut t = b[i - 1] * x; t += b[i + 1]; a[i] += t; }
    a_local_that_is_subtracted_from: {
        let mut t = b[i] * b[i - 1];
        t -= b[i + 1];
        c[i] += t;
        a[i] -= t * 0.5;
    }
    a_local_array: { let mut p = [b[i], b[i - 1]]; p[0] += b[i + 1]; a[i] += p[0] * p[1]; }
    a_local_tuple: { let mut t = (b[i - 1], b[i + 1]); t.0 += b[i]; s += t.0 * t.1; }
    two_adds: { a[i] += b[i - 1] * 2.0; a[i] += b[i + 1] * x; }
}
