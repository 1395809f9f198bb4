//! Every kind of annotated item in a crate without warnings.
#![deny(warnings, missing_docs, unused, nonstandard_style, rust_2018_idioms, unreachable_pub)]

/// The public items.
pub mod items {
    use autograd_runtime::prelude::*;

    /// A function.
    #[differentiable]
    pub fn square(x: f64) -> f64 {
        x * x
    }

    /// A function with a list and attributes of its own.
    #[differentiable]
    #[inline]
    #[must_use]
    pub fn norm(v: &[f64]) -> f64 {
        let mut s = 0.0;
        for x in v {
            s += x * x;
        }
        s.sqrt()
    }

    /// A struct.
    #[derive(Differentiable, Clone, Debug)]
    pub struct Model {
        /// The weights.
        pub w: Vec<f64>,
        /// A bias.
        b: f64,
        /// A name.
        #[no_grad]
        pub name: &'static str,
    }

    /// A tuple struct.
    #[derive(Differentiable, Clone, Copy, Debug)]
    pub struct Point(pub f64, f64);

    /// A generic struct.
    #[derive(Differentiable, Clone, Debug)]
    pub struct Pair<T: Real> {
        /// The first.
        pub a: T,
        /// The second.
        pub b: T,
    }

    impl Model {
        /// A model.
        #[must_use]
        pub fn new() -> Self {
            Self { w: vec![1.0, 2.0], b: 0.5, name: "model" }
        }

        /// A method.
        #[differentiable]
        pub fn at(&self, x: f64) -> f64 {
            let mut y = self.b;
            for w in &self.w {
                y = y * x + w;
            }
            y
        }
    }

    impl Default for Model {
        fn default() -> Self {
            Self::new()
        }
    }

    impl Point {
        /// A point.
        #[must_use]
        pub fn new(x: f64, y: f64) -> Self {
            Self(x, y)
        }

        /// A method of a tuple struct.
        #[differentiable]
        pub fn product(self) -> f64 {
            self.0 * self.1
        }
    }

    impl<T: Real> Pair<T> {
        /// A method in a generic impl.
        #[differentiable]
        pub fn product(&self, scale: T) -> T {
            self.a * self.b * scale
        }
    }

    /// Tensors.
    #[differentiable]
    pub fn layer(#[no_grad] x: &Tensor<2>, w: &Tensor<2>) -> f32 {
        x.matmul(w).tanh().sum()
    }

    #[differentiable]
    fn private(x: f64) -> f64 {
        x.exp()
    }

    /// Calls what is private.
    #[differentiable]
    pub fn calls(x: f64) -> f64 {
        private(x) * square(x)
    }
}

fn main() {
    use items::{Model, Pair, Point, calls, layer, norm, square};
    assert_eq!(square::grad(3.0), 6.0);
    let unit = norm::grad(&[3.0, 4.0]);
    assert!((unit[0] - 0.6).abs() < 1e-12 && (unit[1] - 0.8).abs() < 1e-12);
    // (0.5x + 1)x + 2 at 2: slope x + 1.
    assert_eq!(Model::default().at_grad(2.0).1, 3.0);
    assert_eq!(Pair { a: 2.0, b: 3.0 }.product_grad(4.0).1, 6.0);
    let gradient = Point::new(2.0, 3.0).product_grad();
    assert_eq!(gradient.0, 3.0);
    assert_eq!(calls::grad(0.0), 0.0);
    let _ = layer::grad(
        &autograd_runtime::Tensor::ones([1, 1]),
        &autograd_runtime::Tensor::ones([1, 1]),
    );
}
