use autograd_runtime::prelude::*;
use std::ops::Add;

#[derive(Differentiable, Clone, Copy)]
struct Pair(f64, f64);

impl Add for Pair {
    type Output = Pair;

    #[differentiable(impl)]
    fn add(self, other: Pair) -> Pair {
        Pair(self.0 + other.0, self.1 + other.1)
    }
}

fn main() {}
