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

impl Outer {
    #[differentiable(order = 2)]
    fn loss(&self, x: f64) -> f64 {
        self.inner.w * x
    }
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

    fn offset(&self) -> f64 {
        self.w * self.w
    }

    #[differentiable(order = 2)]
    fn detached(&self, x: f64) -> f64 {
        let offset = no_grad! { self.offset() };
        (self.w - offset) * x
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
