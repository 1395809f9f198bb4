//! Snapshots of emitted code. Bless them with `UPDATE_EXPECT=1 cargo test -p autograd-macros`.

use super::augmented;
use expect_test::expect_file;

#[test]
fn straight_line() {
    let source = "fn f(x: f64, y: f64) -> f64 {
        let a = x * y;
        let b = a.sin() + x / y;
        b * b.exp()
    }";
    expect_file!["snapshots/straight_line.rs"].assert_eq(&augmented(source));
}

#[test]
fn loop_over_a_slice() {
    let source = "fn f(x: f64, w: &[f64]) -> f64 {
        let mut s = 0.0;
        for i in 0..w.len() {
            s += (w[i] * x).sin();
        }
        if s > 1.0 { s * 2.0 } else { s.exp() }
    }";
    expect_file!["snapshots/loop_over_a_slice.rs"].assert_eq(&augmented(source));
}

#[test]
fn recurrence() {
    let source = "fn f(a: f64, b: f64, n: usize) -> f64 {
        let mut s = a;
        for _ in 0..n {
            s = (a * s + b).sin();
        }
        s
    }";
    expect_file!["snapshots/recurrence.rs"].assert_eq(&augmented(source));
}

#[test]
fn documentation_has_a_table_of_derivatives() {
    let text = super::expand(
        "/// A product.
        pub fn f(x: f64, #[no_grad] r#type: f64, w: &[f64]) -> f64 { x * r#type * w[0] }",
    );
    let table = "
# Derivatives

| call | gives |
| --- | --- |
| `f::value_and_grad(x, type, w)` | the value, and the gradient with respect to `x`, `w` |
| `f::grad(x, type, w)` | the gradient with respect to `x`, `w` |
| `f::value_and_grad_into(x, type, w, &mut gradient)` | the value; adds the gradient |
| `f::vjp(x, type, w)` | the value, and a function of its cotangent |
| `f::jvp(x, type, w, tangents)` | the value, and its tangent |
";
    let written: String = text
        .lines()
        .take_while(|line| !line.starts_with("pub fn"))
        .map(|line| line.trim_start_matches("///").trim_end().to_owned() + "\n")
        .collect();
    assert!(written.contains(table), "{written}");
    assert!(!super::expand("pub fn f(x: f64) -> f64 { x }").contains("# Derivatives"));
}

/// The page that explains the stages shows what they print.
#[test]
fn the_page_on_generated_code() {
    let page = include_str!("../../../docs/generated-code.md");
    let blocks: Vec<&str> = page.split("```").skip(1).step_by(2).collect();
    let source = blocks[0].trim_start_matches("rust\n").replace("#[differentiable]\n", "");
    let code = augmented(&source).replace("\n    ", "\n").replacen("    ", "", 1);
    let shown = super::stages(&source).into_iter().chain([code]);
    for (text, block) in shown.zip(&blocks[2..]) {
        let (_, block) = block.split_once('\n').expect("a block begins with its language");
        assert_eq!(text, block);
    }
}

#[test]
fn detached_branch() {
    let source = "fn f(x: f64, y: f64) -> f64 {
        let frozen = (x * y).sin().exp().detach();
        let constant = no_grad! { y.tanh() * x };
        x * frozen + constant * y
    }";
    expect_file!["snapshots/detached_branch.rs"].assert_eq(&augmented(source));
}

#[test]
fn filled_list() {
    let source = "fn f(x: &[f64], k: f64) -> f64 {
        let y: Vec<f64> = x.iter().map(|v| (k * v).sin()).collect();
        y[0] * y[1]
    }";
    expect_file!["snapshots/filled_list.rs"].assert_eq(&augmented(source));
}

#[test]
fn restored_list() {
    let source = "fn f(x: &[f64]) -> f64 {
        let mut y = [0.5; 3];
        for i in 0..3 {
            let mut s = x[i];
            for j in 0..3 {
                s += y[j] * y[j];
            }
            y[i] = s;
        }
        y[2]
    }";
    expect_file!["snapshots/restored_list.rs"].assert_eq(&augmented(source));
}

#[test]
fn exchanged_lists() {
    let source = "fn f(x: &[f64], n: usize) -> f64 {
        let mut a = x.to_vec();
        let mut b = vec![0.0; x.len()];
        for _ in 0..n {
            for i in 0..x.len() {
                b[i] = a[i] * x[i];
            }
            std::mem::swap(&mut a, &mut b);
        }
        a[0]
    }";
    expect_file!["snapshots/exchanged_lists.rs"].assert_eq(&augmented(source));
}

#[test]
fn two_layers() {
    let source = "fn f(#[no_grad] x: &Tensor<2>, w1: &Tensor<2>, w2: &Tensor<2>, #[no_grad] y: &Tensor<2>) -> f32 {
        let h = x.matmul(w1).relu();
        let r = h.matmul(w2) - y;
        r.square().sum()
    }";
    expect_file!["snapshots/two_layers.rs"].assert_eq(&augmented(source));
}

#[test]
fn calls_and_structs() {
    let source = "fn f(p: &Params, v: &[f64], x: f64) -> f64 {
        let y = energy(p, v) * p.scale;
        let z = p.potential(&v[1..], y);
        z + pair(x, y).0
    }";
    expect_file!["snapshots/calls_and_structs.rs"].assert_eq(&augmented(source));
}

#[test]
fn in_place() {
    let source = "fn f(w: &[f64]) -> f64 {
        let mut v = w.to_vec();
        for i in 1..v.len() {
            v[i] = v[i] * v[i - 1] + v[i].cos();
        }
        let mut total = 0.0;
        for x in &v {
            total += x * x;
        }
        total
    }";
    expect_file!["snapshots/in_place.rs"].assert_eq(&augmented(source));
}

#[test]
fn fused_chain() {
    let source = "fn f(#[no_grad] x: &Tensor<2>, w: &Tensor<1>, b: &Tensor<1>) -> f32 {
        ((x * w + b).tanh() * x.sigmoid()).sum()
    }";
    expect_file!["snapshots/fused_chain.rs"].assert_eq(&augmented(source));
}

#[test]
fn fused_layer() {
    let source =
        "fn f(#[no_grad] x: &Tensor<2>, w: &Tensor<2>, b: &Tensor<1>, slope: f32) -> Tensor<2> {
        let h = (x.matmul(w) + b).leaky_relu(0.1);
        h.matmul(w) * slope - 1.0
    }";
    expect_file!["snapshots/fused_layer.rs"].assert_eq(&augmented(source));
}
