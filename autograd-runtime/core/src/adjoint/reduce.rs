//! Adjoints of the reductions to a scalar.

use super::accumulate::{add_everywhere, add_mapped, add_scaled};
use crate::witness::Witness;
use crate::{Real, Tensor};

/// `x̄ += ȳ`.
pub fn sum_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &T,
    x: &Witness<Tensor<R, T>>,
) {
    add_everywhere(acc, x.shape(), *dy);
}

/// `x̄ += ȳ / n`.
pub fn mean_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &T,
    x: &Witness<Tensor<R, T>>,
) {
    let len = x.shape().iter().product();
    add_everywhere(acc, x.shape(), *dy / T::from_usize(len));
}

/// `x̄ᵢ += ȳ / k` where `xᵢ = y`, for the `k` elements that attain the maximum.
pub fn max_input<const R: usize, T: Real>(acc: &mut Tensor<R, T>, dy: &T, x: &Tensor<R, T>, y: &T) {
    let hits = x.data.iter().filter(|&&x| attains(x, *y)).count();
    let share = *dy / T::from_usize(hits);
    add_mapped(acc, x, |x| if attains(x, *y) { share } else { T::ZERO });
}

/// `x̄ᵢ += ȳ / k` where `xᵢ = y`, for the `k` elements that attain the minimum.
pub fn min_input<const R: usize, T: Real>(acc: &mut Tensor<R, T>, dy: &T, x: &Tensor<R, T>, y: &T) {
    max_input(acc, dy, x, y);
}

/// `x̄ᵢ += ȳ · 2 (xᵢ - mean) / (n - 1)`; NaN for a single element, whose variance is NaN.
pub fn var_input<const R: usize, T: Real>(acc: &mut Tensor<R, T>, dy: &T, x: &Tensor<R, T>) {
    let mean = x.mean();
    let factor = (*dy + *dy) / (T::from_usize(x.data.len()) - T::ONE);
    add_mapped(acc, x, |x| factor * (x - mean));
}

/// `x̄ᵢ += ȳ xᵢ / y`, and 0 at the origin.
pub fn norm_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &T,
    x: &Tensor<R, T>,
    y: &T,
) {
    if *y == T::ZERO {
        add_everywhere(acc, &x.shape, T::ZERO);
        return;
    }
    let factor = *dy / *y;
    add_scaled(acc, x, factor);
}

/// Whether `x` is the extremum `y` of its lane; the NaNs are if there are any.
#[inline(always)]
pub(super) fn attains<T: Real>(x: T, y: T) -> bool {
    x == y || (x.is_nan() && y.is_nan())
}

#[cfg(test)]
mod tests;
