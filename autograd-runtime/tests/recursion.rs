//! Functions that call themselves, directly or through others.

use autograd_runtime::prelude::*;

/// Checks value and derivative of a function of one scalar.
#[track_caller]
fn check(f: impl Fn(f64) -> f64, value_and_grad: impl Fn(f64) -> (f64, f64), points: &[f64]) {
    let h = 1e-6;
    for &x in points {
        let (value, gradient) = value_and_grad(x);
        assert_eq!(value, f(x), "the value at {x}");
        let difference = (f(x + h) - f(x - h)) / (2.0 * h);
        let error = (gradient - difference).abs();
        assert!(error <= 1e-5 * (1.0 + difference.abs()), "at {x}: {gradient}, not {difference}");
    }
}

macro_rules! checks {
    ($($test:ident: $name:ident at $points:expr;)*) => {$(
        #[test]
        fn $test() {
            check($name, $name::value_and_grad, &$points);
        }
    )*};
}

checks! {
    recursion: all_of_them at [0.1, 0.9, 1.2, -1.0];
}

#[differentiable]
fn power(x: f64, n: u32) -> f64 {
    if n == 0 { 1.0 } else { x * power(x, n - 1) }
}
#[differentiable]
fn tree(v: &[f64], x: f64) -> f64 {
    if v.len() == 1 {
        return v[0] * x;
    }
    let m = v.len() / 2;
    let l = tree(&v[..m], x);
    l * tree(&v[m..], x.sin()) + l
}
#[differentiable]
fn even(x: f64, n: u32) -> f64 {
    if n == 0 { x } else { odd(x.sin(), n - 1) * x }
}
#[differentiable]
fn odd(x: f64, n: u32) -> f64 {
    if n == 0 {
        x * x
    } else {
        let y = even(x, n - 1);
        y * y + x
    }
}
#[differentiable]
fn doubled<T: Real>(x: T, n: u32) -> T {
    if n == 0 { x } else { doubled(x * x, n - 1) + x }
}
#[derive(Differentiable, Clone)]
enum Ast {
    Const(f64),
    X,
    Add(Vec<Ast>),
    Mul(Vec<Ast>),
}
impl Ast {
    #[differentiable]
    fn eval(&self, x: f64) -> f64 {
        match self {
            Ast::Const(c) => *c,
            Ast::X => x,
            Ast::Add(ts) => {
                let mut s = 0.0;
                for t in ts {
                    s += t.eval(x);
                }
                s
            }
            Ast::Mul(ts) => {
                let mut p = 1.0;
                for t in ts {
                    p *= t.eval(x);
                }
                p
            }
        }
    }
}
#[differentiable]
fn all_of_them(x: f64) -> f64 {
    power(x, 5) + even(x, 4) + odd(x, 3) + doubled(x, 3) + tree(&[x, 2.0, x * x, 0.3], x)
}

#[test]
fn a_tree_has_a_tree_of_gradients() {
    // 3 x² + x
    let product = Ast::Mul(vec![Ast::Const(3.0), Ast::X, Ast::X]);
    let (gradient, slope) = Ast::Add(vec![product, Ast::X]).eval_grad(2.0);
    assert_eq!(slope, 13.0);
    let product = AstGrad::Mul(vec![AstGrad::Const(4.0), AstGrad::Zero, AstGrad::Zero]);
    assert_eq!(gradient, AstGrad::Add(vec![product, AstGrad::Zero]));
}
