//! Raw identifiers for functions, parameters, locals, fields and methods.
#![deny(warnings)]

use autograd_runtime::prelude::*;

#[differentiable]
fn r#match(r#type: f64, r#loop: &[f64]) -> f64 {
    let r#fn = r#type * r#loop[0];
    let mut r#if = r#fn;
    for r#in in r#loop {
        r#if += r#in * r#type;
    }
    r#if
}

#[derive(Differentiable, Clone)]
struct Model {
    r#use: f64,
}

impl Model {
    #[differentiable]
    fn r#move(&self, r#ref: f64) -> f64 {
        self.r#use * r#ref
    }
}

#[differentiable]
fn caller(x: f64) -> f64 {
    let m = Model { r#use: x };
    m.r#move(x) * r#match(x, &[2.0])
}

fn main() {
    // type·loop₀ + type·loop₀
    assert_eq!(r#match::grad(3.0, &[2.0]), (4.0, vec![6.0]));
    let (g, gx) = Model { r#use: 2.0 }.move_grad(3.0);
    assert_eq!((g.r#use, gx), (3.0, 2.0));
    // x² · 4x
    assert_eq!(caller::grad(1.0), 12.0);
}
