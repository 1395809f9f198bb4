//! A rule says what the reverse of a function is: there is no `jvp`.

use autograd_runtime::prelude::*;

#[differentiable(vjp = cube_rule)]
fn cube(x: f64) -> f64 {
    x * x * x
}

fn cube_rule(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (cube(x), move |dy| 3.0 * x * x * dy)
}

fn main() {
    assert_eq!(cube::grad(2.0), 12.0);
    cube::jvp(2.0, 1.0);
    cube::jacobian(2.0);
}
