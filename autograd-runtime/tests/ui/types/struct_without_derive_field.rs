use autograd_runtime::prelude::*;

struct Inner {
    w: f64,
}

#[derive(Differentiable)]
struct Outer {
    inner: Inner,
    b: f64,
}

fn main() {}
