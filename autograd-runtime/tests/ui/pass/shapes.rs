//! Declared shapes in a crate without warnings.
#![deny(warnings, unused, nonstandard_style, rust_2018_idioms, clippy::pedantic)]

mod renamed {
    pub use autograd_runtime as ad;
}
use renamed::ad::prelude::*;

trait Layer: autograd_runtime::Differentiable {
    #[differentiable(crate = crate::renamed::ad)]
    fn forward(&self, x: &Tensor<2>) -> Tensor<2>;
}

#[derive(Differentiable, Clone)]
#[autograd(crate = crate::renamed::ad)]
struct Linear {
    w: Tensor<2>,
}

impl Layer for Linear {
    #[differentiable(impl, crate = crate::renamed::ad)]
    fn forward(&self, #[shape(n, n)] x: &Tensor<2>) -> Tensor<2> {
        x.matmul(&self.w)
    }
}

/// A function that begins with an item, and has the attribute that the check asks for.
#[differentiable(crate = crate::renamed::ad)]
#[track_caller]
fn scaled(#[shape(n, _)] x: &Tensor<2>, #[shape(n)] r#type: &[f32], #[shape(r#type)] v: &[f32]) -> f32 {
    const SCALE: f32 = 2.0;
    x.sum() * SCALE + r#type[0] * v[0]
}

/// Recursive, so that the type of its pullback is erased.
#[differentiable(crate = crate::renamed::ad)]
fn recursive(#[shape(n)] x: &Tensor<1>, #[shape(n)] y: &Tensor<1>, depth: usize) -> f32 {
    if depth == 0 {
        return x.dot(y);
    }
    recursive(x, y, depth - 1) * 2.0
}

fn main() {
    let linear = Linear { w: Tensor::eye(2) };
    let x = Tensor::<2>::ones([2, 2]);
    let (y, _pullback) = linear.forward_vjp(&x);
    assert_eq!(y, linear.forward(&x));
    assert_eq!(scaled::grad(&x, &[3.0, 1.0], &[5.0]), (Tensor::full([2, 2], 2.0), vec![5.0, 0.0], vec![3.0]));
    let v = Tensor::<1>::ones([3]);
    assert_eq!(recursive::grad(&v, &v, 2).0, Tensor::full([3], 4.0));
    let plain: fn(&Tensor<1>, &Tensor<1>, usize) -> f32 = recursive;
    assert!(plain(&v, &v, 0) > 2.0);
}
