use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &[f64], y: &[f64]) -> f64 {
    let a: f64 = x.iter().enumerate().chain(y.iter().enumerate()).map(|(i, v)| v * i as f64).sum();
    let b: f64 = x.iter().map_while(|e| Some(*e)).sum();
    let c: f64 = x.iter().scan(0.0, |s, e| if *e > *s { Some(*e) } else { None }).sum();
    let d: f64 = x.iter().flat_map(|e| [*e, 2.0 * e]).rev().sum();
    let e: f64 = x.iter().cycle().take(10).sum();
    let (mut v, mut w) = (x.to_vec(), y.to_vec());
    v.iter_mut().chain(w.iter_mut()).for_each(|v| *v *= 2.0);
    a + b + c + d + e
}

fn main() {}
