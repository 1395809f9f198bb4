//! What follows from `#[shape(…)]`: the shapes of variables, printed, and the operations that do not fit.
#![allow(clippy::needless_raw_string_hashes, reason = "the form in which snapshots are blessed")]

use super::{lowered, target};
use crate::analysis::shape;
use crate::diag::Diagnostics;
use expect_test::{expect, Expect};

/// The shapes of the variables that the user named, and the errors.
fn shapes(source: &str) -> (String, Vec<String>) {
    let target = target(source);
    let function = lowered(&target);
    let mut diag = Diagnostics::default();
    let shapes = shape::analyse(&function, &target, &mut diag);
    let named = |line: &str| {
        let name = line.split(':').next().unwrap_or_default();
        function.ids().any(|var| {
            let var = function.var(var);
            var.ident == name && var.source.is_some()
        })
    };
    let text = shape::print(&function, &shapes);
    let lines: Vec<&str> = text.lines().filter(|line| named(line)).collect();
    (lines.join("\n") + "\n", diag.messages())
}

fn check(source: &str, expected: &Expect) {
    let (text, errors) = shapes(source);
    assert!(errors.is_empty(), "{errors:?}");
    expected.assert_eq(&text);
}

/// The first lines of the errors of a function with these statements, in which `x` is `[n, d]`, `w` is
/// `[d, k]`, `b` is `[k]`, `c` is `[4, 3]` and `u` is not known.
fn errors(statements: &str) -> Vec<String> {
    let source = format!(
        "fn f(
            #[shape(n, d)] x: &Tensor<2>,
            #[shape(d, k)] w: &Tensor<2>,
            #[shape(k)] b: &Tensor<1>,
            #[shape(4, 3)] c: &Tensor<2>,
            u: &Tensor<2>,
            rows: &[usize],
        ) -> f32 {{ {statements} x.sum() }}"
    );
    let first = |message: &String| message.lines().next().unwrap_or_default().to_owned();
    shapes(&source).1.iter().map(first).collect()
}

#[test]
fn shapes_follow_the_operations() {
    check(
        "fn f(#[shape(n, d)] x: &Tensor<2>, #[shape(d, k)] w: &Tensor<2>, #[shape(k)] b: &Tensor<1>, s: f32, axis: usize) -> f32 {
            let h = (x.matmul(w) + b).relu() * s;
            let scaled = SCALE * &h;
            let row = b.matmul(&w.t());
            let column = w.matmul(b);
            let soft = h.softmax(1);
            let mask = h.gt(0.5).where_(&soft, &h);
            let sums = mask.sum_axis(0);
            let kept = mask.mean_axis_keepdim(1);
            let most = mask.max_axis(1);
            let turned = mask.permute([1, 0]);
            let detached = turned.detach();
            let soft_somewhere = turned.softmax(axis);
            let sum_somewhere = turned.sum_axis(axis);
            let kept_somewhere = turned.sum_axis_keepdim(axis);
            let centred = &mask - &kept;
            let alias = &centred;
            let other = alias.maximum(b).powi(2);
            h.sum() + other.norm()
        }",
        &expect![[r#"
            x: [n, d]
            w: [d, k]
            b: [k]
            h: [n, k]
            scaled: [n, k]
            row: [d]
            column: [d]
            soft: [n, k]
            mask: [n, k]
            sums: [k]
            kept: [n, 1]
            most: [n]
            turned: [k, n]
            detached: [k, n]
            soft_somewhere: [k, n]
            sum_somewhere: [_]
            kept_somewhere: [_, _]
            centred: [n, k]
            other: [n, k]
        "#]],
    );
}

#[test]
fn integers_are_dimensions() {
    check(
        "fn f<const C: usize>(#[shape(n, d)] x: &Tensor<2>, #[shape(n, C, m)] y: &Tensor<3>, #[shape(r)] rows: &[usize], m: usize, q: usize) -> f32 {
            let [n, d] = x.shape();
            let shape = y.shape();
            let first = shape[0];
            let size = 2 * n * d / 2;
            let flat = x.reshape([n * d]);
            let fours = y.reshape([first, C * m]);
            let unknown = y.reshape([first, q]);
            let spread = flat.broadcast_to([3, d * n]);
            let zeros = Tensor::zeros([n, 2 + 3]);
            let eye = Tensor::<2>::eye(d);
            let length = rows.len() * x.len();
            let picked = x.index_rows(rows);
            let head = x.slice(0, 0..2);
            let tail = x.slice(0, 2..);
            let part = x.slice(1, ..m);
            let one = y.select(1, 0);
            let padded = x.pad([(0, 0), (1, 1)], 0.0);
            let more = head.pad([(1, 0), (0, 0)], 0.0);
            flat.sum() + y.sum()
        }",
        &expect![[r#"
            x: [n, d]
            y: [n, C, m]
            rows: list [r]
            m: m
            n: n
            d: d
            shape: (n, C, m)
            first: n
            size: _
            flat: [d * n]
            fours: [n, C * m]
            unknown: [n, _]
            spread: [3, d * n]
            zeros: [n, 5]
            eye: [d, d]
            length: d * n * r
            picked: [r, d]
            head: [2, d]
            tail: [_, d]
            part: [n, m]
            one: [n, m]
            padded: [n, _]
            more: [3, d]
        "#]],
    );
}

#[test]
fn tensors_are_put_together() {
    check(
        "fn f(#[shape(n, d)] x: &Tensor<2>, #[shape(_, d)] y: &Tensor<2>, #[shape(2, d)] z: &Tensor<2>) -> f32 {
            let below = Tensor::concat(&[z, z], 0);
            let mixed = Tensor::concat(&[x, z], 0);
            let stacked = Tensor::stack(&[x, y], 0);
            let pair = (x.t(), x + y);
            let product = pair.1.matmul(&pair.0);
            let (a, b) = pair;
            product.sum() + below.sum()
        }",
        &expect![[r#"
            x: [n, d]
            y: [_, d]
            z: [2, d]
            below: [4, d]
            mixed: [_, d]
            stacked: [2, n, d]
            pair: ([d, n], [n, d])
            product: [n, n]
            a: [d, n]
            b: [n, d]
        "#]],
    );
}

#[test]
fn branches_and_loops_are_joined() {
    check(
        "fn f(#[shape(n, d)] x: &Tensor<2>, #[shape(d, d)] w: &Tensor<2>, #[shape(n, k)] y: &Tensor<2>, layers: &[Tensor<2>], m: usize) -> f32 {
            let either = if m > 2 { x.clone() } else { y.clone() };
            let early = if m > 3 { return x.sum(); } else { x.exp() };
            let mut same = x.clone();
            let mut wider = x.clone();
            let mut later;
            for layer in layers {
                same = same.matmul(w).tanh();
                wider = wider.matmul(layer);
                later = wider.exp();
            }
            let mut left = x.clone();
            while m > 4 {
                if m > 5 { left = y.clone(); break; }
                left = left + 1.0;
            }
            same += x;
            let before = same.exp();
            same = y.clone();
            let after = same.exp();
            let annotated: Tensor<2> = made(m);
            let end = wider.exp();
            after.sum() + left.sum()
        }",
        &expect![[r#"
            x: [n, d]
            w: [d, d]
            y: [n, k]
            either: [n, _]
            early: [n, d]
            same: [n, _]
            wider: [_, _]
            later: [_, _]
            left: [n, _]
            before: [n, d]
            after: [n, k]
            annotated: [_, _]
            end: [_, _]
        "#]],
    );
}

#[test]
fn nothing_is_known_without_a_declaration() {
    let (text, errors) = shapes("fn f(x: &Tensor<2>) -> f32 { x.softmax(7).sum() }");
    assert_eq!((text.as_str(), errors.len()), ("\n", 0));
}

#[test]
fn what_is_not_known_fits() {
    let statements = [
        "x.matmul(u);",
        "u.matmul(w);",
        "x + u;",
        "made(x).matmul(w);",
        "let mut a = x.clone(); change(&mut a); a.matmul(x);",
        "let mut a = x.clone(); if rows.len() > 1 { a = x.t(); } a.matmul(x);",
        "let mut a = x.clone(); loop { if rows.len() > 1 { a = x.t(); break; } } a.matmul(x);",
        "let mut shape = x.shape(); shape[0] = 5; c.reshape(shape);",
        "let mut m = 12; m += 1; c.reshape([m]);",
        "u.reshape([3, 4]);",
        "x.sum_axis(rows.len());",
    ];
    for statement in statements {
        assert_eq!(errors(statement), [""; 0], "{statement}");
    }
}

#[test]
fn what_does_not_fit_is_named() {
    let cases = [
        ("x.matmul(x);", "matmul: `x` is [n, d], `x` is [n, d]: the inner dimensions `d` and `n` differ"),
        ("c.matmul(w);", "matmul: `c` is [4, 3], `w` is [d, k]: the inner dimensions 3 and `d` differ"),
        ("x.exp().matmul(b);", "matmul: the left side is [n, d], `b` is [k]: the inner dimensions `d` and `k` differ"),
        ("x + w;", "`+`: `x` is [n, d], `w` is [d, k]: the dimensions `d` and `k` differ"),
        ("b * x;", "`*`: `b` is [k], `x` is [n, d]: the dimensions `k` and `d` differ"),
        ("c.minimum(&c.t());", "minimum: `c` is [4, 3], the right side is [3, 4]: the dimensions 3 and 4 differ"),
        ("c.gt(x);", "gt: `c` is [4, 3], `x` is [n, d]: the dimensions 4 and `n` differ"),
        ("x.gt(1.0).where_(x, w);", "where_: the receiver is [n, d], `w` is [d, k]: the dimensions `n` and `d` differ"),
        ("b.dot(&c.sum_axis(0));", "dot: `b` is [k], the argument is [3]: the dimensions `k` and 3 differ"),
        ("x.softmax(2);", "softmax: `x` is [n, d], which has no axis 2"),
        ("x.sum_axis(0).mean_axis(1);", "mean_axis: the receiver is [d], which has no axis 1"),
        ("c.select(0, 4);", "select: `c` is [4, 3], whose axis 0 has no index 4"),
        ("c.slice(1, 1..=3);", "slice: `c` is [4, 3], whose axis 1 ends before 4"),
        ("x.permute([0, 0]);", "permute: `x` is [n, d], and [0, 0] does not name each of its axes once"),
        ("c.reshape([5, 2]);", "reshape: `c` is [4, 3], and is to be [5, 2]: the numbers of elements, 12 and 10, differ"),
        ("let [n, d] = x.shape(); x.reshape([n, 2 * d]);", "reshape: `x` is [n, d], and is to be [n, 2 * d]: the numbers of elements, `d * n` and `2 * d * n`, differ"),
        ("c.broadcast_to([2, 4, 4]);", "broadcast_to: `c` is [4, 3], and is to be [2, 4, 4]: the dimensions 3 and 4 differ"),
        ("Tensor::concat(&[x, w], 1);", "concat: `x` is [n, d], `w` is [d, k]: the dimensions `n` and `d` differ"),
        ("Tensor::concat(&[x, w], 2);", "concat: `x` is [n, d]: there is no axis 2"),
        ("Tensor::stack(&[x, c], 0);", "stack: `x` is [n, d], `c` is [4, 3]: the dimensions `n` and 4 differ"),
        ("let mut a = x.clone(); a -= w;", "`-=`: `a` is [n, d], `w` is [d, k]: the dimensions `d` and `k` differ"),
        ("let mut a = b.reshape([1, b.shape()[0]]); a += x.matmul(w);", "`+=`: `a` is [1, k], the right side is [n, k]: the dimensions 1 and `n` differ"),
        ("let f = |t: &Tensor<2>| t.matmul(x); f(x); f(x);", "matmul: `t` is [n, d], `x` is [n, d]: the inner dimensions `d` and `n` differ"),
        ("let pair = (x.t(), 1.0); pair.0.matmul(w);", "matmul: `pair.0` is [d, n], `w` is [d, k]: the inner dimensions `n` and `d` differ"),
        ("let mut a = x.clone(); for _ in rows { a = a.matmul(w); a = a.matmul(w); }", "matmul: `a` is [n, k], `w` is [d, k]: the inner dimensions `k` and `d` differ"),
    ];
    for (statements, expected) in cases {
        assert_eq!(errors(statements), [expected], "{statements}");
    }
}

#[test]
fn all_that_does_not_fit_is_reported() {
    let found = errors("x.matmul(x); if rows.len() > 3 { x.softmax(3); } w + b; x + b;");
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn help_says_what_to_declare() {
    let source = "fn f(#[shape(n, d)] x: &Tensor<2>, #[shape(k, 3)] w: &Tensor<2>) -> f32 {
        x.matmul(w).sum() + (x + w).sum() + w.reshape([7]).sum()
    }";
    let (_, errors) = shapes(source);
    expect![[r#"
        matmul: `x` is [n, d], `w` is [k, 3]: the inner dimensions `d` and `k` differ

        help: each name stands for any length; if `d` and `k` are one dimension, give both one name in `#[shape(…)]`

        `+`: `x` is [n, d], `w` is [k, 3]: the dimensions `d` and 3 differ

        help: a name stands for any length; if `d` is always 3, write 3 in its place in `#[shape(…)]`

        reshape: `w` is [k, 3], and is to be [7]: the numbers of elements, `3 * k` and 7, differ

        help: each name in `#[shape(…)]` stands for any length, and different names for different ones"#]].assert_eq(&errors.join("\n\n"));
}
