//! `#[shape(…)]`: what is declared of arguments is looked at once, wherever the function is entered.
#![allow(
    clippy::needless_pass_by_value,
    clippy::ptr_arg,
    reason = "the check is written for each way to pass an argument"
)]

#[path = "shapes/predicted.rs"]
mod predicted;

use autograd_runtime::prelude::*;
use std::panic::{UnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::{Arc, Mutex, PoisonError};

#[differentiable]
fn layer(
    #[no_grad]
    #[shape(n, d)]
    x: &Tensor<2>,
    #[shape(d, k)] w: &Tensor<2>,
    #[shape(k)] b: &Tensor<1>,
) -> f32 {
    (x.matmul(w) + b).tanh().sum()
}

/// The same without declarations.
#[differentiable]
fn undeclared(#[no_grad] x: &Tensor<2>, w: &Tensor<2>, b: &Tensor<1>) -> f32 {
    (x.matmul(w) + b).tanh().sum()
}

fn arguments() -> (Tensor<2>, Tensor<2>, Tensor<1>) {
    (Tensor::randn([3, 4], 1), Tensor::randn([4, 2], 2), Tensor::randn([2], 3))
}

#[test]
fn declarations_change_no_gradient() {
    let (x, w, b) = arguments();
    assert_eq!(layer(&x, &w, &b), undeclared(&x, &w, &b));
    assert_eq!(layer::value_and_grad(&x, &w, &b), undeclared::value_and_grad(&x, &w, &b));
    let tangents = || (Tensor::randn([4, 2], 4), Tensor::randn([2], 5));
    assert_eq!(layer::jvp(&x, &w, &b, tangents()), undeclared::jvp(&x, &w, &b, tangents()));
    layer::gradcheck(&x, &w, &b).expect("the gradient is that of central differences");
}

/// The message of the panic, which must point into this file.
fn message<T>(run: impl FnOnce() -> T + UnwindSafe) -> String {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let file = Arc::new(Mutex::new(String::new()));
    let seen = Arc::clone(&file);
    let hook = take_hook();
    set_hook(Box::new(move |info| {
        let location = info.location().expect("a panic has a location");
        location.file().clone_into(&mut seen.lock().unwrap());
    }));
    let outcome = catch_unwind(run);
    set_hook(hook);
    let Err(payload) = outcome else { panic!("the arguments do not fit, and nothing was said") };
    assert_eq!(*file.lock().unwrap(), file!(), "the panic points at the caller");
    payload.downcast_ref::<String>().cloned().expect("the message is a text")
}

#[test]
fn every_entry_looks_at_the_shapes() {
    let expected = "layer: `w` is [5, 2], its dimension 0 was declared `d`, which is 4 in `x`";
    let x = || Tensor::<2>::ones([3, 4]);
    let w = || Tensor::<2>::ones([5, 2]);
    let b = || Tensor::<1>::ones([2]);
    assert_eq!(message(|| layer(&x(), &w(), &b())), expected);
    assert_eq!(message(|| layer::value_and_grad(&x(), &w(), &b())), expected);
    assert_eq!(message(|| layer::grad(&x(), &w(), &b())), expected);
    assert_eq!(message(|| layer::vjp(&x(), &w(), &b())), expected);
    assert_eq!(message(|| layer::jvp(&x(), &w(), &b(), (w(), b()))), expected);
    let into = || {
        let mut gradient = (w(), b());
        layer::value_and_grad_into(&x(), &w(), &b(), &mut gradient)
    };
    assert_eq!(message(into), expected);
}

/// The loop runs forward and in reverse together, in a function of its own.
#[differentiable]
fn distances(#[shape(n)] a: &[f64], #[shape(n)] b: &Vec<f64>, #[shape(3)] c: [f64; 3]) -> f64 {
    let mut sum = 0.0;
    for i in 0..a.len() {
        let d = a[i] - b[i];
        sum += (d * d + c[0]).sqrt();
    }
    sum + c[1] * c[2]
}

#[test]
fn lists_have_one_dimension() {
    let expected = "distances: `b` is [1], its dimension 0 was declared `n`, which is 2 in `a`";
    let (a, c) = ([1.0, 2.0], [1.0; 3]);
    assert_eq!(message(move || distances(&a, &vec![1.0], c)), expected);
    assert_eq!(message(move || distances::grad(&a, &vec![1.0], c)), expected);
    assert_eq!(message(move || distances::vjp(&a, &vec![1.0], c)), expected);
    let (da, db, dc) = distances::grad(&[1.0], &vec![1.0], [4.0, 2.0, 3.0]);
    assert_eq!((da, db, dc), (vec![0.0], vec![0.0], [0.25, 3.0, 2.0]));
}

struct Model;

impl Model {
    /// The names of parameters and const parameters have values.
    #[differentiable(associated)]
    fn rows<const D: usize>(
        #[shape(count, D, _)] x: Tensor<3>,
        #[shape(n, n, 1)] mut y: Tensor<3>,
        #[no_grad] _sizes: [f32; D],
        count: usize,
    ) -> f32 {
        y += 1.0;
        x.sum() * y.sum() / count as f32
    }
}

#[test]
fn dimensions_may_be_numbers_and_values() {
    let x = || Tensor::<3>::ones([2, 3, 4]);
    let y = || Tensor::<3>::ones([2, 2, 1]);
    assert_eq!(Model::rows(x(), y(), [0.0; 3], 2), 96.0);
    let (dx, dy) = Model::rows_grad(x(), y(), [0.0; 3], 2);
    assert_eq!((dx, dy), (Tensor::full([2, 3, 4], 4.0), Tensor::full([2, 2, 1], 12.0)));
    let square = "rows: `y` is [2, 3, 1], its dimension 1 was declared `n`, which is 2 in an earlier dimension";
    let cases: [(Tensor<3>, Tensor<3>, usize, &str); 4] = [
        (x(), y(), 3, "rows: `x` is [2, 3, 4], its dimension 0 was declared `count`, which is 3"),
        (
            Tensor::ones([2, 2, 4]),
            y(),
            2,
            "rows: `x` is [2, 2, 4], its dimension 1 was declared `D`, which is 3",
        ),
        (x(), Tensor::ones([2, 3, 1]), 2, square),
        (
            x(),
            Tensor::ones([2, 2, 5]),
            2,
            "rows: `y` is [2, 2, 5], its dimension 2 was declared `1`",
        ),
    ];
    for (x, y, count, expected) in cases {
        assert_eq!(message(|| Model::rows(x.clone(), y.clone(), [0.0; 3], count)), expected);
        assert_eq!(message(|| Model::rows_grad(x.clone(), y.clone(), [0.0; 3], count)), expected);
    }
}

#[differentiable]
fn in_place(#[shape(n, d)] x: &mut Tensor<2>, #[shape(d)] b: &Tensor<1>) {
    const TWICE: f32 = 2.0;
    *x = &*x * TWICE + b;
}

#[test]
fn tensors_that_change_are_looked_at_on_entry() {
    let expected = "in_place: `b` is [2], its dimension 0 was declared `d`, which is 3 in `x`";
    let b = || Tensor::<1>::ones([2]);
    assert_eq!(message(|| in_place(&mut Tensor::ones([1, 3]), &b())), expected);
    assert_eq!(message(|| in_place::vjp(&mut Tensor::ones([1, 3]), &b())), expected);
}

/// Its second derivatives are taken of another function.
#[differentiable(order = 2)]
fn cubes(#[shape(n)] x: &[f64], #[shape(n)] w: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += w[i] * x[i] * x[i] * x[i];
    }
    sum
}

#[test]
fn second_derivatives_speak_of_the_function_itself() {
    let expected = "cubes: `w` is [1], its dimension 0 was declared `n`, which is 2 in `x`";
    let run = || cubes::hvp(&[1.0, 2.0], &[1.0], (vec![1.0, 0.0], vec![0.0]));
    assert_eq!(message(run), expected);
    let (x, w) = cubes::hvp(&[1.0, 2.0], &[1.0, 1.0], (vec![1.0, 0.0], vec![0.0; 2]));
    assert_eq!((x, w), (vec![6.0, 0.0], vec![3.0, 0.0]));
}

fn rule(x: &Tensor<1>, y: &Tensor<1>) -> (f32, impl FnOnce(f32) -> (Tensor<1>, Tensor<1>) + use<>) {
    let (dx, dy) = (y.clone(), x.clone());
    (x.dot(y), move |bar| (dx * bar, dy * bar))
}

#[differentiable(vjp = rule)]
fn ruled(#[shape(n)] x: &Tensor<1>, #[shape(n)] y: &Tensor<1>) -> f32 {
    x.dot(y)
}

#[test]
fn rules_are_called_after_the_check() {
    let expected = "ruled: `y` is [2], its dimension 0 was declared `n`, which is 1 in `x`";
    let (x, y) = (|| Tensor::<1>::ones([1]), || Tensor::<1>::ones([2]));
    assert_eq!(message(|| ruled(&x(), &y())), expected);
    assert_eq!(message(|| ruled::grad(&x(), &y())), expected);
}

macro_rules! sums {
    ($($name:ident($rows:ident, $columns:literal, $depth:expr);)*) => {$(
        #[differentiable]
        fn $name(#[shape($rows, $columns, $depth)] x: &Tensor<3>) -> f32 {
            x.sum()
        }
    )*};
}
sums! { sum_of_macro(n, 2, 3); }

#[test]
fn macros_may_write_declarations() {
    assert_eq!(sum_of_macro(&Tensor::ones([1, 2, 3])), 6.0);
    let expected = "sum_of_macro: `x` is [1, 2, 4], its dimension 2 was declared `3`";
    assert_eq!(message(|| sum_of_macro(&Tensor::ones([1, 2, 4]))), expected);
}

#[test]
fn the_graph_shows_what_follows() {
    let graph = layer::graph();
    let shape = |name: &str| graph.node(name).expect("the parameter is a node").shape();
    assert_eq!(["x", "w", "b"].map(shape), ["[n, d]", "[d, k]", "[k]"]);
    let last_tensor = graph.nodes().iter().rev().find(|node| node.operation() == "tanh");
    assert_eq!(last_tensor.expect("`tanh` is a node").shape(), "[n, k]");
    assert!(graph.to_dot().contains(r#"[label="tanh\n[n, k]""#));
    assert!(graph.to_mermaid().contains(r#"["x<br/>parameter<br/>[n, d]"]"#));
    let header = |table: String| table.lines().nth(1).unwrap_or_default().trim_end().to_owned();
    assert!(header(graph.to_string()).ends_with("shape"));
    assert!(!header(undeclared::graph().to_string()).ends_with("shape"));
}
