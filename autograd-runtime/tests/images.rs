//! Convolutions and pooling: PyTorch's numbers, and gradients of whole programs.

mod support;

use autograd_runtime::nn::{AvgPool2d, Conv2d, Flatten, Linear, MaxPool2d, Tanh};
use autograd_runtime::prelude::*;
use autograd_runtime::private::gemm_count;
use autograd_runtime::{Conv2dOptions, Pool2dOptions, TangentVisitor};
use support::{check, signed, weights};

type T4 = Tensor<4, f64>;

/// The elements of what PyTorch computed.
fn reference(case: &str, quantity: &str) -> Vec<f64> {
    let rows = include_str!("data/images.csv").lines().map(|row| row.split(',').collect());
    let row = rows.into_iter().find(|row: &Vec<&str>| row[0] == case && row[1] == quantity);
    row.expect("there is such a row")[2..].iter().map(|x| x.parse().unwrap()).collect()
}

/// The integers that `make_images.py` fills its tensors with.
fn integers<const R: usize>(shape: [usize; R], step: usize, modulus: usize) -> Tensor<R, f64> {
    let number = |i: usize| ((i * step + 3) % modulus) as f64 - (modulus / 2) as f64;
    let len = shape.iter().product();
    Tensor::from_vec(shape, (0..len).map(number).collect()).unwrap()
}

#[track_caller]
fn same<const R: usize>(case: &str, quantity: &str, actual: &Tensor<R, f64>) {
    let expected = reference(case, quantity);
    assert_eq!(actual.len(), expected.len(), "{case}, {quantity}");
    for (a, e) in actual.iter().zip(&expected) {
        let close = (a - e).abs() <= 1e-13 * e.abs().max(1.0);
        assert!(close, "{case}, {quantity}: {actual:?} is not {expected:?}");
    }
}

#[differentiable]
fn convolve(x: &T4, w: &T4, b: &Tensor<1, f64>, #[no_grad] options: Conv2dOptions) -> T4 {
    x.conv2d_with_bias(w, b, options)
}

#[test]
fn convolutions_of_pytorch() {
    let plain = Conv2dOptions::new();
    let all = plain.stride([2, 1]).padding([2, 1]).dilation([1, 2]).groups(2);
    for (case, image, kernel, options) in [
        ("conv_plain", [2, 2, 4, 5], [3, 2, 3, 2], plain),
        ("conv_all_options", [1, 4, 7, 6], [4, 2, 3, 2], all),
        ("conv_depthwise", [2, 3, 4, 4], [3, 1, 3, 3], plain.padding(1).groups(3)),
        ("conv_one_pixel", [2, 3, 2, 2], [2, 3, 1, 1], plain),
    ] {
        let (x, w) = (integers(image, 7, 11), integers(kernel, 5, 7));
        let b = integers([kernel[0]], 2, 5);
        let (y, pullback) = convolve::vjp(&x, &w, &b, options);
        same(case, "y", &y);
        assert_eq!(y, convolve(&x, &w, &b, options));
        let (dx, dw, db) = pullback(integers(y.shape(), 3, 5));
        same(case, "dx", &dx);
        same(case, "dw", &dw);
        same(case, "db", &db);
    }
}

#[differentiable]
fn largest(x: &T4, #[no_grad] options: Pool2dOptions) -> T4 {
    x.max_pool2d(options)
}

#[differentiable]
fn means(x: &T4, #[no_grad] options: Pool2dOptions) -> T4 {
    x.avg_pool2d(options)
}

#[test]
fn pooling_of_pytorch() {
    for (case, image, options) in [
        ("side_by_side", [2, 2, 4, 5], Pool2dOptions::new(2)),
        ("overlapping", [1, 2, 5, 6], Pool2dOptions::new([3, 2]).stride([1, 2]).padding(1)),
        ("all_but_covering", [1, 1, 5, 5], Pool2dOptions::new(2).stride(3).padding(1)),
    ] {
        let x = integers(image, 7, 11);
        let (y, pullback) = largest::vjp(&x, options);
        same(&format!("max_{case}"), "y", &y);
        same(&format!("max_{case}"), "dx", &pullback(integers(y.shape(), 3, 5)));
        assert_eq!(y, largest(&x, options));
        let (y, pullback) = means::vjp(&x, options);
        assert_eq!(y, means(&x, options));
        same(&format!("avg_{case}"), "y", &y);
        same(&format!("avg_{case}"), "dx", &pullback(integers(y.shape(), 3, 5)));
    }
}

/// Sizes as literals, settings made on the way, and an image without a gradient.
#[differentiable]
fn program(#[no_grad] x: &T4, first: &T4, second: &T4, scale: f64) -> f64 {
    let h = x.conv2d(first, Conv2dOptions::new().padding(1)).tanh().max_pool2d(2);
    let g = (h * scale).conv2d(second, Conv2dOptions::new().stride([2, 1]));
    let pooled = g.avg_pool2d([1, 2]);
    (&pooled * weights(pooled.shape())).sum()
}

#[test]
fn a_program() {
    let x = signed([2, 2, 6, 7], 1);
    let (first, second) = (signed([3, 2, 3, 3], 2), signed([2, 3, 2, 2], 3));
    let (value, (g1, g2, gs)) = program::value_and_grad(&x, &first, &second, 0.7);
    assert_eq!(value, program(&x, &first, &second, 0.7));
    check(|w| program(&x, w, &second, 0.7), &first, &g1);
    check(|w| program(&x, &first, w, 0.7), &second, &g2);
    check(|s| program(&x, &first, &second, *s), &0.7, &gs);
}

#[test]
fn an_image_without_gradient_costs_no_product() {
    let x = signed([2, 2, 6, 7], 1);
    let (first, second) = (signed([3, 2, 3, 3], 2), signed([2, 3, 2, 2], 3));
    let before = gemm_count();
    let _ = program::value_and_grad(&x, &first, &second, 0.7);
    // Two forward, two for the kernels, and one for the image between them.
    assert_eq!(gemm_count() - before, 5);
}

type Network = (Conv2d<f64>, Tanh, MaxPool2d, Conv2d<f64>, AvgPool2d, Flatten, Linear<f64>);

#[differentiable]
fn entropy(network: &Network, x: &T4, labels: &[usize]) -> f64 {
    loss::cross_entropy(&network.forward(x), labels, loss::Reduction::Mean)
}

#[test]
fn layers_in_sequence() {
    let grouped = Conv2dOptions::new().padding([0, 1]).groups(2);
    let network = (
        Conv2d::with(2, 4, 3, Conv2dOptions::new().padding(1), 1),
        Tanh,
        MaxPool2d::new(2),
        Conv2d::with(4, 2, [2, 3], grouped, 2),
        AvgPool2d::new([2, 1]),
        Flatten,
        Linear::new(6, 3, 3),
    );
    let x = signed([2, 2, 6, 6], 5);
    let (value, (gn, gx)) = entropy::value_and_grad(&network, &x, &[2, 0]);
    assert_eq!(value, entropy(&network, &x, &[2, 0]));
    check(|network| entropy(network, &x, &[2, 0]), &network, &gn);
    check(|x| entropy(&network, x, &[2, 0]), &x, &gx);
    // In the direction of the gradient a function grows by the square of its length.
    let mut direction = (gn, gx);
    let mut square = SquareOfLength(0.0);
    direction.visit_tangents(&mut square);
    let (_, tangent) = entropy::jvp(&network, &x, &[2, 0], direction);
    assert!((tangent - square.0).abs() < 1e-12 * square.0, "{tangent}, not {}", square.0);
}

struct SquareOfLength(f64);

impl TangentVisitor for SquareOfLength {
    fn visit<T: Real>(&mut self, part: &mut [T]) {
        self.0 += part.iter().map(|x| x.to_f64() * x.to_f64()).sum::<f64>();
    }
}

#[test]
fn default_initialisation() {
    let layer = Conv2d::<f64>::with(8, 64, 5, Conv2dOptions::new().groups(2), 1);
    assert_eq!(layer.weight.shape(), [64, 4, 5, 5]);
    // Uniform in ±1/√(4 · 5 · 5): a variance of a third of the bound's square.
    assert!(layer.weight.abs().max() <= 0.1 && layer.bias.abs().max() <= 0.1);
    assert!(layer.weight.abs().max() > 0.099);
    assert!((layer.weight.var() - 0.01 / 3.0).abs() < 1e-4);
    assert_eq!(layer, Conv2d::with(8, 64, 5, Conv2dOptions::new().groups(2), 1));
}

#[test]
#[should_panic(
    expected = "Conv2d: 3 inputs and 4 outputs cannot be divided into groups of number 2"
)]
fn groups_that_do_not_divide() {
    let _ = Conv2d::<f64>::with(3, 4, 1, Conv2dOptions::new().groups(2), 1);
}
