//! Patterns as parameters and in `let`.
#![deny(warnings)]

use autograd_runtime::prelude::*;

#[differentiable]
fn pair((a, b): (f64, f64), [c, d]: [f64; 2]) -> f64 {
    a * b * c + d
}

#[derive(Differentiable, Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiable]
fn fields(Point { x, y: height }: Point, scale: f64) -> f64 {
    x * height * scale
}

#[differentiable]
fn nested(((a, n), _): ((f64, usize), f64), mut b: f64) -> f64 {
    b *= 2.0;
    a * b * n as f64
}

#[differentiable]
fn borrowed(&(a, b): &(f64, f64), (c, _): &(f64, f64)) -> f64 {
    a * b * c
}

#[differentiable]
fn wild(_: f64, x: f64) -> f64 {
    x * x
}

fn main() {
    assert_eq!(pair::grad((2.0, 3.0), [5.0, 7.0]), ((15.0, 10.0), [6.0, 1.0]));
    let (g, gs) = fields::grad(Point { x: 2.0, y: 3.0 }, 5.0);
    assert_eq!((g.x, g.y, gs), (15.0, 10.0, 6.0));
    let (((ga, NoTangent), gz), gb) = nested::grad(((2.0, 3), 4.0), 5.0);
    assert_eq!((ga, gz, gb), (30.0, 0.0, 12.0));
    assert_eq!(borrowed::grad(&(2.0, 3.0), &(5.0, 7.0)), ((15.0, 10.0), (6.0, 0.0)));
    assert_eq!(wild::grad(1.0, 2.0), (0.0, 4.0));
}
