use autograd_runtime::prelude::*;

#[differentiable]
fn f(x: &[f64]) -> f64 {
    let mut y = 0.0;
    'outer: for i in 0..x.len() {
        for j in 0..i {
            if j > 2 {
                break 'outer;
            }
            y += x[i] * x[j];
        }
    }
    let z = 'block: {
        if y > 1.0 {
            break 'block x[0];
        }
        y * y
    };
    y + z
}

fn main() {}
