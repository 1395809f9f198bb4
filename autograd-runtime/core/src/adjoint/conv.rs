//! Adjoints of convolutions.

use super::accumulate::written_out;
use crate::ops::conv::Convolution;
use crate::ops::lanes::sum_of;
use crate::private::Witness;
use crate::{Conv2dOptions, Real, Tensor};

/// `x̄[n, c, i s + k d - p, j s + l d - p] += Σ ȳ[n, o, i, j] w[o, c, k, l]`
pub fn conv2d_input<T: Real>(
    acc: &mut Tensor<4, T>,
    dy: &Tensor<4, T>,
    weight: &Tensor<4, T>,
    x: &Witness<Tensor<4, T>>,
    options: Conv2dOptions,
) {
    if dy.is_symbolic_zero() {
        return;
    }
    let convolution = Convolution::new(*x.shape(), weight.shape, options);
    convolution.add_input(written_out(acc, x.shape()), &dy.data, &weight.data);
}

/// `w̄[o, c, k, l] += Σ ȳ[n, o, i, j] x[n, c, i s + k d - p, j s + l d - p]`
pub fn conv2d_weight<T: Real>(
    acc: &mut Tensor<4, T>,
    dy: &Tensor<4, T>,
    x: &Tensor<4, T>,
    weight: &Witness<Tensor<4, T>>,
    options: Conv2dOptions,
) {
    if dy.is_symbolic_zero() {
        return;
    }
    let convolution = Convolution::new(x.shape, *weight.shape(), options);
    convolution.add_weight(written_out(acc, weight.shape()), &dy.data, &x.data);
}

/// `b̄[o] += Σ ȳ[n, o, i, j]`
pub fn conv2d_bias<T: Real>(acc: &mut Tensor<1, T>, dy: &Tensor<4, T>) {
    if dy.is_symbolic_zero() {
        return;
    }
    let [_, outputs, rows, columns] = dy.shape;
    let acc = written_out(acc, &[outputs]);
    for (position, plane) in dy.data.chunks_exact((rows * columns).max(1)).enumerate() {
        acc[position % outputs] += sum_of(plane, |dy| dy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adjoint::difference::{check, sample};

    #[test]
    fn agrees_with_central_differences() {
        let plain = Conv2dOptions::new();
        for (x, w, options) in [
            ([2, 3, 4, 5], [4, 3, 3, 2], plain),
            ([2, 3, 4, 3], [2, 3, 3, 2], plain.padding([1, 2]).stride([2, 1])),
            ([1, 2, 5, 5], [3, 2, 3, 3], plain.dilation(2).padding(2)),
            ([2, 4, 3, 3], [6, 2, 3, 3], plain.groups(2).padding(1)),
            ([2, 3, 4, 4], [3, 1, 2, 2], plain.groups(3).stride(2)),
            ([3, 2, 2, 2], [2, 2, 1, 1], plain),
            ([1, 1, 1, 1], [1, 1, 1, 1], plain),
            ([1, 1, 1, 1], [1, 1, 3, 3], plain.padding(3).stride(3)),
            ([0, 2, 3, 3], [2, 2, 3, 3], plain),
            ([1, 2, 3, 3], [0, 2, 3, 3], plain),
        ] {
            let (x, w, b) = (sample(x, 1), sample(w, 2), sample([w[0]], 3));
            let (of_x, of_w) = (Witness::of(&x), Witness::of(&w));
            check(
                &x,
                |x| x.conv2d(&w, options),
                |acc, dy| conv2d_input(acc, dy, &w, &of_x, options),
            );
            check(
                &w,
                |w| x.conv2d(w, options),
                |acc, dy| conv2d_weight(acc, dy, &x, &of_w, options),
            );
            check(&b, |b| x.conv2d_with_bias(&w, b, options), conv2d_bias);
        }
    }
}
