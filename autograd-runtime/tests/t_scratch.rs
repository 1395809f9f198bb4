mod support;
use autograd_runtime::prelude::*;
use support::*;
type T2 = Tensor<2, f64>;
macro_rules! m { ($($name:ident |$x:ident| $body:expr;)*) => {$(
#[test] fn $name() {
#[differentiable]
fn f($x: &T2) -> f64 { let y = $body; (&y * weights(y.shape())).sum() }
let x = signed([2, 3], 1);
check(f, &x, &f::grad(&x));
})*}}
m! {
 c1 |x| { let mut s = x.slice(0, 0..1).exp(); for i in 0..2 { s = s * x.slice(0, i..i + 1); } s };
 c2 |x| { let mut s = x.exp(); for _ in 0..2 { s = s * x; } s };
 c3 |x| { let mut s = x.exp(); s = s * x; s };
 c4 |x| { let mut c = x.exp(); c += x; c += 1.3; c.sin() };
 c5 |x| { let mut c = x.exp(); c *= x; c *= 1.3; c };
 c6 |x| { let mut c = x.exp(); c += x; c += &x.cos(); c };
 c7 |x| { let mut c = x.exp(); c += x; c += x.cos(); c };
 c8 |x| { let mut c = x.exp(); c += 1.0; c += 1.0; c };
 c9 |x| { let mut c = x.exp(); c = c + 1.0; c = c + 1.0; c };
 d1 |x| { let mut c = x.exp(); for i in 0..2 { c = c * (i as f64 + 0.5); } c };
 d2 |x| { let mut c = x.exp(); for i in 0..x.shape()[0] { c = c * (i as f64 + 0.5); } c };
 d3 |x| { let mut c = x.exp(); c += x; c += 1.3; c };
 d4 |x| { let mut c = x.clone(); c += x; c += 1.3; c };
 d5 |x| { let mut c = x.sin(); c += x; c += 1.3; c };
}
#[test] fn scalar() {
#[differentiable]
fn f(x: f64) -> f64 { let mut c = x.exp(); c += x; c += 1.3; c.sin() }
check(|x| f(*x), &0.7, &f::grad(0.7));
}
