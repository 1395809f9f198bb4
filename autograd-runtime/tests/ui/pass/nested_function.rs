//! A differentiable function inside a function, also inside a block and a method.
#![deny(warnings)]

use autograd_runtime::prelude::*;

fn outer(x: f64) -> f64 {
    #[differentiable]
    fn inner(x: f64) -> f64 {
        x * x
    }
    inner::grad(x)
}

struct Nothing;

impl Nothing {
    fn method(&self) -> f64 {
        let g = {
            #[differentiable]
            fn cube(x: f64) -> f64 {
                x * x * x
            }
            cube::grad(2.0)
        };
        g
    }
}

fn main() {
    #[differentiable]
    fn local(x: f64, y: &[f64]) -> f64 {
        #[differentiable]
        fn deeper(x: f64) -> f64 {
            x.exp()
        }
        deeper(x) * y[0]
    }
    assert_eq!(outer(3.0), 6.0);
    assert_eq!(Nothing.method(), 12.0);
    assert_eq!(local::grad(0.0, &[2.0]), (2.0, vec![1.0]));
    assert_eq!(local(0.0, &[2.0]), 2.0);
}
