//! Second derivatives in a crate that denies what can be denied.
#![deny(warnings, missing_docs, unused, unreachable_pub, clippy::all, clippy::pedantic)]

use autograd_runtime::prelude::*;

/// Types.
pub mod types {
    use autograd_runtime::prelude::*;

    /// Over `f64`.
    #[derive(Differentiable, Clone, Debug)]
    #[autograd(order = 2)]
    pub struct Point {
        /// One coordinate.
        pub x: f64,
        /// The other.
        pub(crate) y: f64,
        #[no_grad]
        label: &'static str,
    }

    impl Point {
        /// A point.
        #[must_use]
        pub fn new(x: f64, y: f64) -> Self {
            Self { x, y, label: "point" }
        }

        /// Its name.
        #[must_use]
        pub fn label(&self) -> &'static str {
            self.label
        }

        /// The squared distance.
        #[differentiable(order = 2)]
        #[must_use]
        pub fn squared(&self, other: &Self) -> f64 {
            assert!(!self.label().is_empty());
            (self.x - other.x).powi(2) + self.weighted(other.y)
        }

        #[differentiable(order = 2)]
        fn weighted(&self, y: f64) -> f64 {
            (self.y - y).powi(2)
        }
    }

    /// Generic.
    #[derive(Differentiable, Clone, Debug)]
    #[autograd(order = 2)]
    pub enum Shape<T: Real> {
        /// Nothing.
        Nothing,
        /// A disc.
        Disc(T),
    }

    impl<T: Real> Shape<T> {
        /// The squared radius.
        #[differentiable(order = 2)]
        pub fn squared(&self, scale: T) -> T {
            match self {
                Self::Nothing => scale,
                Self::Disc(radius) => *radius * *radius * scale,
            }
        }
    }
}

/// Of types in another module.
#[differentiable(order = 2)]
#[must_use]
pub fn total(points: &[types::Point], shape: &types::Shape<f64>, k: f64) -> f64 {
    let mut sum = shape.squared(k);
    for point in points {
        sum += point.x * point.y * k;
    }
    sum
}

#[differentiable(order = 2)]
fn cube(x: f64) -> f64 {
    x * x * x
}

/// Nested.
#[differentiable]
#[must_use]
pub fn slope(x: f64) -> f64 {
    cube::grad(x) * x
}

fn main() {
    let (p, q) = (types::Point::new(1.0, 2.0), types::Point::new(0.5, 0.0));
    let hessian = p.squared_hessian(&q);
    assert_eq!((hessian[[0, 0]], hessian[[0, 2]], hessian[[1, 1]]), (2.0, -2.0, 2.0));
    let shape = types::Shape::Disc(3.0);
    assert_eq!(shape.squared_hessian(2.0)[[0, 1]], 6.0);
    assert_eq!(total::hessian(&[p, q], &shape, 2.0)[[0, 1]], 2.0);
    assert_eq!(slope::grad(2.0), 36.0);
}
