//! Where second derivatives cannot be had.

use autograd_runtime::prelude::*;

#[differentiable(order = 3)]
fn third(x: f64) -> f64 {
    x * x
}

#[differentiable(order = "2")]
fn quoted(x: f64) -> f64 {
    x * x
}

#[differentiable(order = 2)]
fn changing(x: &mut [f64]) -> f64 {
    x[0] *= 2.0;
    x[0]
}

#[differentiable(order = 2)]
fn two_scalars<S: Real, T: Real>(x: S, y: T) -> S {
    x * x * S::from_f64(y.to_f64())
}

#[differentiable(order = 2)]
fn several_values(x: f64) -> (f64, f64) {
    (x, x * x)
}

trait Potential: Differentiable {
    #[differentiable(trait, order = 2)]
    fn energy(&self, x: f64) -> f64 {
        x * x
    }
}

#[derive(Differentiable)]
struct Model {
    w: f64,
}

impl Model {
    #[differentiable(order = 2)]
    fn generic<T: Real>(&self, x: T) -> T {
        T::from_f64(self.w.detach()) * x
    }
}

#[derive(Differentiable)]
#[autograd(order = 2)]
enum Shape {
    Disc(f64),
    Point,
}

#[derive(Differentiable)]
#[autograd(order = 2)]
struct Composed<A: Differentiable> {
    inner: A,
}

fn main() {
    third::hvp(1.0, 1.0);
    // Not further errors.
    several_values::hvp(1.0, 1.0);
    changing::hessian(&mut [1.0]);
    not_understood::hvp(1.0, 1.0);
}

#[differentiable(order = 2)]
fn not_understood(x: f64) -> f64 {
    x * x as i32 as f64
}
