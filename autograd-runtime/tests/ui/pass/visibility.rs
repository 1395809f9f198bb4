//! Visibility carries over to the companion.
#![deny(warnings)]

mod a {
    pub mod b {
        use autograd_runtime::prelude::*;

        #[differentiable]
        pub(crate) fn in_crate(x: f64) -> f64 {
            x * x
        }

        #[differentiable]
        pub(super) fn in_super(x: f64) -> f64 {
            x * x
        }

        #[differentiable]
        pub(in crate::a) fn in_path(x: f64) -> f64 {
            x * x
        }

        #[derive(Differentiable, Clone)]
        pub(crate) struct Model {
            pub(crate) w: f64,
            pub(super) b: f64,
        }

        impl Model {
            #[differentiable]
            pub(crate) fn at(&self, x: f64) -> f64 {
                self.w * x + self.b
            }
        }
    }

    pub fn both(x: f64) -> f64 {
        let g = b::Model { w: 2.0, b: 1.0 }.at_grad(x).0;
        b::in_super::grad(x) + b::in_path::grad(x) + g.b
    }
}

use a::b::in_crate;

fn main() {
    assert_eq!(in_crate::grad(3.0), 6.0);
    assert_eq!(in_crate(3.0), 9.0);
    assert_eq!(a::both(3.0), 13.0);
}
