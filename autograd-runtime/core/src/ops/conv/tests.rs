//! Convolutions against their definition.

use crate::adjoint::difference::{close, sample};
use crate::{Conv2dOptions, Tensor};

/// By the formula, element by element.
fn definition(
    x: &Tensor<4, f64>,
    w: &Tensor<4, f64>,
    bias: &[f64],
    options: Conv2dOptions,
) -> Tensor<4, f64> {
    let Conv2dOptions { stride, padding, dilation, groups } = options;
    let ([images, _, rows, columns], [outputs, inputs, height, width]) = (x.shape(), w.shape());
    let count = |axis: usize, size: usize, kernel: usize| {
        (size + 2 * padding[axis] - dilation[axis] * (kernel - 1) - 1) / stride[axis] + 1
    };
    let shape = [images, outputs, count(0, rows, height), count(1, columns, width)];
    Tensor::from_fn(shape, |[n, o, i, j]| {
        let mut sum = bias.get(o).copied().unwrap_or(0.0);
        for c in 0..inputs {
            for k in 0..height {
                for l in 0..width {
                    let y = (i * stride[0] + k * dilation[0]).wrapping_sub(padding[0]);
                    let z = (j * stride[1] + l * dilation[1]).wrapping_sub(padding[1]);
                    if y < rows && z < columns {
                        let channel = o / (outputs / groups) * inputs + c;
                        sum += x[[n, channel, y, z]] * w[[o, c, k, l]];
                    }
                }
            }
        }
        sum
    })
}

#[test]
fn agrees_with_the_definition() {
    let plain = Conv2dOptions::new();
    for (x, w, options) in [
        ([2, 3, 5, 6], [4, 3, 3, 2], plain),
        ([2, 3, 5, 6], [4, 3, 3, 2], plain.padding([1, 2]).stride([2, 1])),
        ([1, 2, 7, 7], [3, 2, 3, 3], plain.dilation(2).padding(2)),
        ([2, 4, 5, 5], [6, 2, 3, 3], plain.groups(2).padding(1)),
        ([2, 3, 4, 4], [3, 1, 2, 2], plain.groups(3).stride(2)),
        ([3, 5, 2, 2], [2, 5, 1, 1], plain),
        ([1, 1, 1, 1], [1, 1, 1, 1], plain),
        ([1, 1, 1, 1], [1, 1, 3, 3], plain.padding(3).stride(3)),
        ([0, 2, 3, 3], [2, 2, 3, 3], plain),
        ([1, 0, 3, 3], [2, 0, 3, 3], plain),
        ([1, 2, 3, 3], [0, 2, 3, 3], plain),
        ([1, 2, 0, 3], [2, 2, 1, 1], plain.padding(1)),
        // More images than are convolved at a time.
        ([70, 3, 12, 12], [2, 3, 3, 3], plain.padding(1)),
    ] {
        let (x, w) = (sample(x, 1), sample(w, 2));
        let bias = sample([w.shape()[0]], 3);
        for (y, bias) in [
            (x.conv2d(&w, options), &[][..]),
            (x.conv2d_with_bias(&w, &bias, options), bias.as_slice()),
        ] {
            let expected = definition(&x, &w, bias, options);
            assert_eq!(y.shape(), expected.shape());
            close(y.as_slice(), expected.as_slice());
        }
    }
}

fn convolve(x: [usize; 4], w: [usize; 4], options: Conv2dOptions) {
    let _ = sample(x, 1).conv2d(&sample(w, 1), options);
}

#[test]
#[should_panic(
    expected = "conv2d: [2, 3, 8, 8] x [16, 4, 3, 3]: 3 channels and 16 outputs in groups of number 1 do not fit kernels of 4 channels"
)]
fn channels_that_differ() {
    convolve([2, 3, 8, 8], [16, 4, 3, 3], Conv2dOptions::new());
}

#[test]
#[should_panic(expected = "4 channels and 3 outputs in groups of number 2")]
fn groups_that_do_not_divide() {
    convolve([1, 4, 3, 3], [3, 2, 1, 1], Conv2dOptions::new().groups(2));
}

#[test]
#[should_panic(expected = "in groups of number 0")]
fn no_groups() {
    convolve([1, 1, 1, 1], [1, 1, 1, 1], Conv2dOptions::new().groups(0));
}

#[test]
#[should_panic(
    expected = "conv2d: [1, 1, 2, 9] x [1, 1, 5, 5]: no window of the kernel fits, with stride [1, 1], padding [1, 1] and dilation [1, 1]"
)]
fn kernels_that_are_too_large() {
    convolve([1, 1, 2, 9], [1, 1, 5, 5], Conv2dOptions::new().padding(1));
}

#[test]
#[should_panic(expected = "a bias of shape [1] for 2 output channels")]
fn bias_that_does_not_fit() {
    let (x, w) = (sample([1, 1, 1, 1], 1), sample([2, 1, 1, 1], 1));
    let _ = x.conv2d_with_bias(&w, &sample([1], 1), Conv2dOptions::new());
}
