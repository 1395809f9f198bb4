use autograd_runtime::prelude::*;

#[derive(Differentiable, Clone)]
struct Rng {
    s: f64,
}
impl Rng {
    fn next(&mut self) -> usize {
        self.s = self.s * 3.0;
        1
    }
}
#[differentiable]
fn f(x: f64) -> f64 {
    let mut r = Rng { s: x };
    let v = [1.0, 2.0];
    let k = v[r.next()];
    r.s * k
}
fn main() {
    assert_eq!(f::grad(2.0), 6.0);
}
