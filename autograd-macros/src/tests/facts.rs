//! What the analyses find, printed.
#![allow(clippy::needless_raw_string_hashes, reason = "the form in which snapshots are blessed")]

use super::{activity_of, lowered, target};
use crate::analysis::activity;
use crate::analysis::fusion::{self, Fusion};
use crate::analysis::index::Index;
use crate::analysis::selection::{self, Selection};
use crate::ir::print::print;
use expect_test::{expect, Expect};

fn check_ir(source: &str, expected: &Expect) {
    expected.assert_eq(&print(&lowered(&target(source))));
}

fn check_activity(source: &str, expected: &Expect) {
    let target = target(source);
    let function = lowered(&target);
    let activity = activity_of(&function, &target);
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

fn check_fusion(source: &str, expected: &Expect) {
    let target = target(source);
    let function = lowered(&target);
    let activity = activity_of(&function, &target);
    let index = Index::new(&function);
    let fusion = Fusion::new(&function, &target, &activity, &index);
    expected.assert_eq(&fusion::print(&function, &fusion));
}

#[test]
fn a_chain_with_its_reduction_is_one_group() {
    check_fusion(
        "fn f(#[no_grad] x: &Tensor<2>, w: &Tensor<1>, b: &Tensor<1>) -> f32 {
            ((x * w + b).tanh() * x.sigmoid()).sum()
        }",
        &expect![[r#"
            group 0 (x, w, b) -> t10
              t3 = mul(x, w)
              t5 = add(t3, b)
              t6 = tanh(t5)
              t8 = sigmoid(x)
              t9 = mul(t6, t8)
              t10 = sum(t9)
              ends: it is reduced
        "#]],
    );
}

#[test]
fn other_operations_end_a_group() {
    check_fusion(
        "fn f(x: &Tensor<2>, w: &Tensor<2>, b: &Tensor<1>, p: &Params) -> f32 {
            let h = (x.matmul(w) + b).relu();
            let k = (h.matmul(&p.w) + &p.b).gelu();
            let l = k.softmax(1);
            (l - 1.0).square().mean()
        }",
        &expect![[r#"
            group 0 (b, t3) -> h
              t5 = add(t3, b)
              h = relu(t5)
              ends: a value is read by another operation
            group 1 (t8, t9) -> k
              t10 = add(t8, t9)
              k = gelu(t10)
              ends: a value is read by another operation
            group 2 (l) -> t15
              t13 = sub(l, 1.0)
              t14 = square(t13)
              t15 = mean(t14)
              ends: it is reduced
        "#]],
    );
}

#[test]
fn an_output_has_the_shape_of_the_pass() {
    check_fusion(
        "fn f(x: &Tensor<2>, y: &Tensor<2>, s: f32) -> (Tensor<2>, f32) {
            let a = x.exp() * s;
            let b = a.square() - y;
            (a, b.powi(3).sum())
        }",
        &expect![[r#"
            group 0 (x) -> a
              t2 = exp(x)
              a = mul(t2, s)
              ends: what follows may be larger
            group 1 (y, a) -> t8
              t4 = square(a)
              b = sub(t4, y)
              t7 = powi(b, 3)
              t8 = sum(t7)
              ends: it is reduced
        "#]],
    );
}

#[test]
fn what_is_smaller_is_computed_before() {
    check_fusion(
        "fn f(x: &Tensor<2>, w: &Tensor<1>) -> f32 {
            let scale = (w * 2.0).exp();
            (x * scale).abs().sum()
        }",
        &expect![[r#"
            group 0 (w) -> scale
              t2 = mul(w, 2.0)
              scale = exp(t2)
              ends: what follows is of a higher rank
            group 1 (x, scale) -> t7
              t5 = mul(x, scale)
              t6 = abs(t5)
              t7 = sum(t6)
              ends: it is reduced
        "#]],
    );
}

#[test]
fn stops_writes_and_moves_end_a_group() {
    check_fusion(
        "fn f(x: &Tensor<2>, y: Tensor<2>) -> f32 {
            let a = x * 2.0 + 1.0;
            let b = a.detach() * x;
            let c = y.exp() + 1.0;
            let d = scale(y);
            let e = c * 2.0;
            let mut s = 0.0;
            let g = (b * e).abs();
            s += d.sum();
            s * (g - x).square().sum()
        }",
        &expect![[r#"
            group 0 (x) -> a
              t2 = mul(x, 2.0)
              a = add(t2, 1.0)
              ends: a value is read by another operation
            group 1 (y) -> c
              t7 = exp(y)
              c = add(t7, 1.0)
              ends: an input is moved
            group 2 (x, t4, c) -> g
              b = mul(t4, x)
              e = mul(c, 2.0)
              t11 = mul(b, e)
              g = abs(t11)
              ends: memory may change
            group 3 (x, g) -> t18
              t16 = sub(g, x)
              t17 = square(t16)
              t18 = sum(t17)
              ends: it is reduced
        "#]],
    );
}
