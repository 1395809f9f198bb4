use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: f64, k: usize) -> f64 {
    let mut y = x;
    while y > 1.0 {
        y *= 0.5;
    }
    let g = |y: f64| x * y;
    let n = x as i64;
    let a = &mut y;
    *a *= 2.0;
    let z = match k {
        0 => y,
        _ => x,
    };
    if z < 0.0 {
        return x;
    }
    z * n as f64 * g(2.0) * unsafe { std::hint::black_box(x) }
}

fn main() {}
