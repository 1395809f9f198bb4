//! What is emitted grows with the function, and not faster.

use proc_macro2::{TokenStream, TokenTree};
use std::fmt::Write;

fn tokens(stream: TokenStream) -> usize {
    let one = |token| match token {
        TokenTree::Group(group) => 2 + tokens(group.stream()),
        _ => 1,
    };
    stream.into_iter().map(one).sum()
}

/// The tokens of the expansion of a function of so many groups of statements.
fn emitted(groups: usize, group: impl Fn(usize) -> String) -> usize {
    let mut source = String::from("fn f(x: f64, w: &[f64]) -> f64 { let mut s = x;");
    (0..groups).for_each(|i| source += &group(i));
    let _ = write!(source, "s }}");
    let item: TokenStream = source.parse().expect("the test's source is made of tokens");
    tokens(crate::pipeline::differentiable(TokenStream::new(), &item))
}

/// Twice as many more groups of statements are twice as many more tokens.
fn is_linear(group: impl Fn(usize) -> String) {
    let [none, some, double] = [0, 40, 80].map(|groups| emitted(groups, &group));
    assert!(some > none, "the groups emit nothing");
    let growth = (double - none) as f64 / (some - none) as f64;
    assert!(growth < 2.05, "{none}, {some} and {double} tokens");
}

#[test]
fn straight_lines() {
    is_linear(|i| format!("let a{i} = (s * x).sin() / (2.0 + x); s += a{i} * x;"));
}

#[test]
fn branches() {
    is_linear(|_| "if s > 1.0 { s += x.sin(); } else { s = s * x; }".to_owned());
}

#[test]
fn loops() {
    is_linear(|_| "for i in 0..w.len() { let t = w[i] * s; s += t.tanh(); }".to_owned());
}
