//! Second derivatives over types, and of methods, that do not ask for them.

use autograd_runtime::nn::Linear;
use autograd_runtime::prelude::*;

#[derive(Differentiable)]
struct First {
    w: f64,
}

impl First {
    #[differentiable(order = 2)]
    fn loss(&self, x: f64) -> f64 {
        self.w * x
    }
}

#[differentiable(order = 2)]
fn of_a_struct(first: &First, k: f64) -> f64 {
    first.w * k
}

#[derive(Differentiable)]
#[autograd(order = 2)]
struct Outer {
    inner: First,
}

#[derive(Differentiable)]
#[autograd(order = 2)]
struct Model {
    w: f64,
}

impl Model {
    #[differentiable]
    fn scale(&self, x: f64) -> f64 {
        self.w * x
    }

    #[differentiable(order = 2)]
    fn loss(&self, x: f64) -> f64 {
        self.scale(x) * x
    }
}

#[derive(Differentiable)]
#[autograd(order = 2)]
struct Mixed {
    layer: Linear,
    w: f64,
}

impl Mixed {
    #[differentiable(order = 2)]
    fn penalty(&self, x: f64) -> f64 {
        self.w * x
    }
}

fn main() {}
