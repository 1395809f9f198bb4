//! What is kept for the reverse pass, printed.
#![allow(clippy::needless_raw_string_hashes, reason = "the form in which snapshots are blessed")]

use super::stages;
use expect_test::{expect, Expect};

fn check(source: &str, expected: &Expect) {
    let [.., residuals] = stages(source);
    expected.assert_eq(&residuals);
}

#[test]
fn results_of_functions_are_kept_and_sums_are_not() {
    check(
        "fn f(x: f64, y: f64) -> f64 {
            let sum = x + y;
            let root = sum.exp();
            let wave = sum.sin();
            root * wave + sum
        }",
        &expect![[r#"
            [KEPT] root
            [KEPT] wave
            [PARTIAL] cos beside wave
        "#]],
    );
}

#[test]
fn a_recurrence_keeps_what_it_overwrites() {
    check(
        "fn f(a: f64, n: usize) -> f64 {
            let mut s = a;
            for _ in 0..n { s = (a * s).sin(); }
            s
        }",
        &expect![[r#"
            [MEMORY] a
            [MEMORY] n
            [KEPT] t1, in each iteration
            [PARTIAL] cos beside t3
        "#]],
    );
}

#[test]
fn integers_are_counted_backwards() {
    check(
        "fn f(w: &[f64], n: usize) -> f64 {
            let mut next = 0;
            let mut product = 1.0;
            for i in 0..n {
                for j in i..n {
                    product *= w[next] + j as f64;
                    next += 1;
                }
            }
            product
        }",
        &expect![[r#"
            [MEMORY] n
            [COUNTED] next
            [AGAIN] t1
            [AGAIN] t2
            [AGAIN] t3
            [AGAIN] t4
            [KEPT] t5, in each iteration
        "#]],
    );
}

#[test]
fn elements_of_slices_whose_bounds_are_kept_are_not() {
    check(
        "fn f(w: &[f64], v: &[f64]) -> f64 {
            let mut start = 0;
            let mut sum = 0.0;
            for (row, x) in v.iter().enumerate() {
                let end = start + v.len() - row;
                for (y, l) in v[row..].iter().zip(&w[start..end]) { sum += x * y * l; }
                start = end;
            }
            sum
        }",
        &expect![[r#"
            [AGAIN] t1
            [AGAIN] t2
            [AGAIN] row
            [KEPT] end, in each iteration
            [AGAIN] t9
            [AGAIN] t10
            [KEPT] t11, in each iteration
            [AGAIN] t13
            [AGAIN] t14
            [AGAIN] t16
            [AGAIN] t17
            [AGAIN] t18
            [AGAIN] t19
            [JOINT] for t3
        "#]],
    );
}

#[test]
fn lists_that_are_read_more_often_than_written_are_restored() {
    check(
        "fn f(b: &[f64], l: &[f64]) -> f64 {
            let n = b.len();
            let mut x = vec![0.0; n];
            for i in 0..n {
                let mut s = b[i];
                for j in 0..i { s -= l[i * n + j] * x[j]; }
                x[i] = s / l[i * n + i];
            }
            x[n - 1]
        }",
        &expect![[r#"
            [AGAIN] t1
            [AGAIN] n
            [RESTORED] x
            [AGAIN] t5
            [AGAIN] t6
            [AGAIN] t7
            [AGAIN] t8
            [AGAIN] t11
            [AGAIN] t12
            [AGAIN] t13
            [KEPT] t14, in each iteration
            [AGAIN] t15
        "#]],
    );
}

#[test]
fn lists_that_are_written_after_a_read_of_the_same_iteration_are_not() {
    check(
        "fn f(b: &[f64]) -> f64 {
            let mut x = [0.0; 4];
            for _ in 0..3 {
                for i in 0..4 {
                    x[i] = x[i] * x[i] + b[i];
                }
            }
            x[0]
        }",
        &expect![[r#"
            [KEPT] t2, in each iteration
            [KEPT] t3, in each iteration
        "#]],
    );
}

#[test]
fn a_counter_that_steps_in_code_without_a_reverse_is_not_counted() {
    check(
        "fn f(w: &[f64], n: usize) -> f64 {
            let mut next = 0;
            for _ in 0..n { next += 1; }
            let mut sum = 0.0;
            for _ in 0..n { sum += w[next] * w[next]; next += 1; }
            sum
        }",
        &expect![[r#"
            [MEMORY] n
            [KEPT] t1, in each iteration
            [KEPT] t2, in each iteration
            [KEPT] t3, in each iteration
            [KEPT] t4, in each iteration
            [JOINT] for _index_2
        "#]],
    );
}

#[test]
fn lengths_come_from_bounds_and_shapes() {
    check(
        "fn f(w: &[f64]) -> f64 {
            let mut v = w.to_vec();
            for i in 0..v.len() {
                for x in &mut v[i + 1..] { *x *= w[i]; }
            }
            v.iter().sum()
        }",
        &expect![[r#"
            [AGAIN] t4
            [AGAIN] t8
            [AGAIN] t10
            [AGAIN] t12
            [AGAIN] t14
            [KEPT] t15, in each iteration
            [AGAIN] t18
        "#]],
    );
}

#[test]
fn independent_iterations_run_in_both_directions_at_once() {
    check(
        "fn f(w: &[f64], #[no_grad] points: &[f64]) -> f64 {
            let mut total = 0.0;
            let mut scores = vec![0.0; 4];
            for point in points {
                for c in 0..4 { scores[c] = g(w, *point); }
                total += h(&scores);
            }
            2.0 * total - w[0]
        }",
        &expect![[r#"
            [AGAIN] t2
            [AGAIN] t3
            [AGAIN] t5
            [KEPT] t8, in each iteration
            [JOINT] for point
        "#]],
    );
}

#[test]
fn iterations_that_read_what_others_wrote_do_not() {
    check(
        "fn f(w: &[f64], #[no_grad] points: &[f64]) -> f64 {
            let mut total = 0.0;
            let mut scores = vec![0.0; 4];
            for point in points {
                for c in 0..3 { scores[c] = g(w, *point); }
                total += h(&scores);
            }
            total
        }",
        &expect![[r#"
            [AGAIN] t2
            [AGAIN] t3
            [AGAIN] t5
            [KEPT] t8, in each iteration
        "#]],
    );
}

#[test]
fn a_sum_whose_cotangent_depends_on_its_value_does_not() {
    check(
        "fn f(w: &[f64], #[no_grad] points: &[f64]) -> f64 {
            let mut total = 0.0;
            for point in points { total += g(w, *point); }
            total * total
        }",
        &expect![[r#"
            [MEMORY] total
            [AGAIN] t1
            [AGAIN] t2
            [AGAIN] t4
            [AGAIN] t7
            [AGAIN] t8
        "#]],
    );
}

#[test]
fn of_a_checkpoint_only_what_enters_is_kept() {
    check(
        "fn f(x: &[f64], w: f64, n: usize) -> f64 {
            let mut s = w;
            let mut table = vec![w; 3];
            let tail = &x[1..];
            for i in 0..n {
                let y = checkpoint! {
                    let a = (s * tail[i]).sin();
                    a.exp() * table[0]
                };
                s = s * y;
                table[0] = s;
            }
            s
        }",
        &expect![[r#"
            [MEMORY] n
            [AGAIN] t2
            [AGAIN] t3
            [PARTIAL] cos beside a
            [AGAIN] t6
            [AGAIN] t7
            [KEPT] y, in each iteration
            [KEPT] t10, in each iteration
            [RUNS AGAIN] r2: s copied on entry, table copied on entry, tail borrowed again
        "#]],
    );
}

#[test]
fn of_steps_from_snapshots_nothing_is_kept() {
    check(
        "fn f(x: f64, n: usize) -> f64 {
            let mut s = x;
            checkpoint!(snapshots = 3, for _ in 0..n {
                s = (s * x).sin();
            });
            s
        }",
        &expect![[r#"
            [MEMORY] x
            [MEMORY] n
            [AGAIN] t1
            [PARTIAL] cos beside t3
            [RUNS AGAIN] r1: 
        "#]],
    );
}
