use autograd_runtime::prelude::*;

macro_rules! vec { ($($x:expr),*) => { std::vec::Vec::from([$($x * 2.0),*]) } }
#[differentiable]
fn f(x: f64) -> f64 {
    vec![x][0]
}
fn main() {
    assert_eq!(f::grad(2.0), 2.0);
}
