//! Functions that a macro by example writes.
#![deny(warnings)]

use autograd_runtime::prelude::*;

macro_rules! power {
    ($name:ident, $x:ident => $body:expr) => {
        #[differentiable]
        fn $name($x: f64) -> f64 {
            $body
        }
    };
}

power!(square, x => x * x);
power!(cube, y => y * y * y);

macro_rules! hygienic {
    ($name:ident, $t:ty, $e:expr) => {
        #[differentiable]
        fn $name(x: $t, scale: &[$t]) -> $t {
            let mut y = x * $e;
            for i in 0..scale.len() {
                y += scale[i] * x;
            }
            let z = {
                let y = y * $e;
                y
            };
            z
        }
    };
}

hygienic!(single, f32, 2.0);
hygienic!(double, f64, 1.0 + 1.0);

macro_rules! model {
    ($model:ident { $($field:ident),* } $method:ident) => {
        #[derive(Differentiable, Clone)]
        struct $model { $($field: f64),* }

        impl $model {
            #[differentiable]
            fn $method(&self) -> f64 {
                let mut s = 0.0;
                $( s += self.$field * self.$field; )*
                s
            }
        }
    };
}

model!(Model { a, b } norm);

fn main() {
    assert_eq!(square::grad(3.0), 6.0);
    assert_eq!(cube::grad(2.0), 12.0);
    assert_eq!(single::grad(1.0, &[3.0]), (10.0, vec![2.0]));
    assert_eq!(double::grad(1.0, &[3.0]), (10.0, vec![2.0]));
    assert_eq!(Model { a: 1.0, b: 2.0 }.norm_grad().b, 4.0);
}
