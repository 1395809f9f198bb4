use autograd_runtime::prelude::*;

use std::collections::HashMap;

#[differentiable]
fn f(x: &HashMap<String, f64>, y: f64) -> f64 {
    x["a"] * y
}

fn main() {}
