//! What the analyses find, printed.
#![allow(clippy::needless_raw_string_hashes, reason = "the form in which snapshots are blessed")]

use super::{lowered, target};
use crate::analysis::activity;
use crate::analysis::selection::{self, Selection};
use crate::diag::Diagnostics;
use crate::ir::print::print;
use expect_test::{expect, Expect};

fn check_ir(source: &str, expected: &Expect) {
    expected.assert_eq(&print(&lowered(&target(source))));
}

fn check_activity(source: &str, expected: &Expect) {
    let target = target(source);
    let function = lowered(&target);
    let mut diag = Diagnostics::default();
    let activity = activity::analyse(&function, &target, &mut diag);
    assert!(diag.is_empty(), "{:?}", diag.messages());
    expected.assert_eq(&activity::print(&function, &activity));
}

#[test]
fn expressions_become_operations_in_order() {
    check_ir(
        "fn f(x: f64, w: &[f64], i: usize) -> f64 {
            let y = (w[i + 1] * x).sin();
            let x = y - 2.0;
            -x / y
        }",
        &expect![[r#"
            fn(x: active, w: active, i) {
              t1 = i + 1
              t2 = load w[t1]
              t3 = t2 * x
              y = sin(t3)
              x_2 = y - 2.0
              t6 = neg x_2
              t7 = t6 / y
              yield t7
            }
        "#]],
    );
}

#[test]
fn control_flow_owns_regions() {
    check_ir(
        "fn f(x: f64, w: &[f64]) -> f64 {
            let mut s = 0.0;
            for v in w {
                if *v > x { s += v * x; } else { s *= x; }
            }
            s
        }",
        &expect![[r#"
            fn(x: active, w: active) {
              s = 0.0
              t1 = ref w
              t2 = len(t1)
              for t3, v in w {
                t4 = opaque { * v > x }
                if t4 {
                  t5 = ref v
                  t6 = t5 * x
                  store s += t6
                } else {
                  t7 = load s
                  t8 = t7 * x
                  store s <- t8
                }
              }
              t9 = load s
              yield t9
            }
        "#]],
    );
}

#[test]
fn activity_follows_the_flow() {
    check_activity(
        "fn f(x: f64, #[no_grad] c: f64, n: usize) -> f64 {
            let inactive = c * 2.0;
            let unused = x * inactive;
            let stopped = x.detach();
            let mut s = x;
            s = c;
            let constant = s * inactive;
            s = x * constant;
            let length = n as f64;
            s * stopped * length
        }",
        &expect![[r#"
            [ACTIVE] x
            [NONE] c
            [NONE] n
            [NONE] inactive
            [VARIED] unused
            [USEFUL] stopped
            [ACTIVE] s
            [USEFUL] constant
            [USEFUL] length
        "#]],
    );
}

#[test]
fn activity_goes_around_loops() {
    check_activity(
        "fn f(x: f64, n: usize) -> f64 {
            let mut a = 0.0;
            let mut b = 0.0;
            let mut c = 1.0;
            for _ in 0..n {
                c = b + 1.0;
                b = a * 2.0;
                a = x;
            }
            no_grad! { a = 1.0; }
            a * c
        }",
        &expect![[r#"
            [ACTIVE] x
            [NONE] n
            [ACTIVE] a
            [ACTIVE] b
            [ACTIVE] c
        "#]],
    );
}

#[test]
fn what_is_not_selected_may_have_an_infinite_derivative() {
    let source = "fn f(x: &[f64], n: usize) -> f64 {
        let used = x[0] * 2.0;
        let in_both = x[1].sqrt();
        let in_one = x[2].sqrt();
        let smaller = x[3].sqrt();
        let scaled = smaller * used;
        let many_times = x[4].sqrt();
        let listed = x[5].sqrt();
        let list = [listed, used];
        let mut sum = scaled.min(1.0);
        for _ in 0..n {
            let inner = x[6].sqrt();
            sum += many_times + inner;
        }
        sum += if used > 1.0 { in_both * 2.0 } else { in_both };
        if used > 1.0 {
            sum += in_one;
        }
        sum + used + list[n]
    }";
    let function = lowered(&target(source));
    expect![[r#"
        [MEMORY] x
        [SELECTION] in_one
        [SELECTION] smaller
        [SELECTION] scaled
        [MEMORY] many_times
        [MEMORY] listed
        [MEMORY] list
    "#]]
    .assert_eq(&selection::print(&function, &Selection::new(&function)));
}
