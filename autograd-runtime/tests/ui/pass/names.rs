//! The user's names look like generated ones.
#![deny(warnings)]
#![allow(clippy::let_and_return)]

use autograd_runtime::prelude::*;

#[differentiable]
fn adjoints(x: f64, x_bar: f64, value: f64, pullback: f64) -> f64 {
    let t0 = x * x_bar;
    let t1 = value * pullback;
    let t0_bar = t0 * t1;
    let stack1 = t0_bar + t1;
    let value_bar = stack1 * x;
    let cotangent = value_bar + t0;
    cotangent
}

#[differentiable]
fn storage(this: &[f64], g: &mut_free::Scale, arg0: f64, slot: f64) -> f64 {
    let mut stack1 = arg0;
    let mut frame = slot;
    for i in 0..this.len() {
        let stack = stack1 * this[i];
        stack1 = stack * frame;
        frame = frame + stack;
    }
    let residuals = stack1 * g.this;
    let result = residuals + frame;
    let tape = result;
    tape
}

mod mut_free {
    use autograd_runtime::prelude::*;

    #[derive(Differentiable, Clone)]
    pub struct Scale {
        pub this: f64,
    }
}

#[derive(Differentiable, Clone)]
struct Grad {
    grad: f64,
    zero: f64,
}

impl Grad {
    #[differentiable]
    fn value(&self, that: f64, gradient: f64) -> f64 {
        let _bar = self.grad * that;
        let tangent = self.zero * gradient;
        _bar * tangent
    }
}

#[differentiable]
fn grad(x_grad: f64, grad_into: f64) -> f64 {
    x_grad * grad_into
}

#[differentiable]
fn vjp(x_vjp: f64) -> f64 {
    let seed = x_vjp;
    let forward = seed * seed;
    let reverse = forward;
    reverse
}

#[differentiable]
#[allow(non_snake_case)]
fn types(Witness: f64, Slot: f64, Stack: f64) -> f64 {
    Witness * Slot * Stack
}

#[allow(dead_code)]
mod shadowed {
    // Names of the prelude that mean something else here.
    pub struct Vec;
    pub struct Option;
    pub struct Some;
    pub struct None;
    pub struct Box;
    pub trait Clone {}
    pub trait Default {}
    pub trait Into {}
    pub trait FnOnce {}

    use autograd_runtime::prelude::*;

    #[differentiable]
    pub fn f(x: f64, v: &[f64], flag: bool) -> f64 {
        let mut s = x;
        for i in 0..v.len() {
            if flag {
                s *= v[i];
            }
        }
        s
    }
}

fn main() {
    // ((x·b·v·p + v·p)·x + x·b: derivative with respect to x at x=1, b=2, v=3, p=5.
    let (x, b, v, p) = (1.0, 2.0, 3.0, 5.0);
    let expected = (
        2.0 * x * b * v * p + v * p + b,
        x * x * v * p + x,
        x * x * b * p + p * x,
        x * x * b * v + v * x,
    );
    assert_eq!(adjoints::grad(x, b, v, p), expected);
    let (_, scale, arg, slot) = storage::grad(&[2.0], &mut_free::Scale { this: 3.0 }, 5.0, 7.0);
    // arg·2·slot·3 + slot + 2·arg
    assert_eq!((scale.this, arg, slot), (70.0, 44.0, 31.0));
    let (model, this, gradient) = Grad { grad: 2.0, zero: 3.0 }.value_grad(5.0, 7.0);
    assert_eq!((model.grad, model.zero, this, gradient), (105.0, 70.0, 42.0, 30.0));
    assert_eq!(grad::grad(2.0, 3.0), (3.0, 2.0));
    assert_eq!(vjp::vjp(3.0).1(1.0), 6.0);
    assert_eq!(types::grad(2.0, 3.0, 5.0), (15.0, 10.0, 6.0));
    assert_eq!(shadowed::f::grad(1.0, &[2.0, 3.0], true), (6.0, vec![3.0, 2.0]));
}
