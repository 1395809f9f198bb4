//! Adding into an accumulator that may still be the symbolic zero.

use crate::kernel::pool;
use crate::kernel::{Binary, Unary};
use crate::{Real, Tensor};

/// The elements of `acc`, written out as zeros of the given shape if it is the symbolic zero.
pub(super) fn written_out<'a, const R: usize, T: Real>(
    acc: &'a mut Tensor<R, T>,
    shape: &[usize; R],
) -> &'a mut [T] {
    if acc.is_symbolic_zero() {
        acc.shape = *shape;
        acc.data = pool::filled(T::ZERO, shape.iter().product());
    }
    debug_assert_eq!(acc.shape, *shape, "the adjoint has another shape than its primal");
    &mut acc.data
}

/// Adds the same contribution to every element.
pub(super) fn add_everywhere<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    shape: &[usize; R],
    contribution: T,
) {
    if acc.is_symbolic_zero() {
        acc.shape = *shape;
        acc.data = pool::filled(contribution, shape.iter().product());
    } else {
        Unary::AddScalar(contribution).update(&mut acc.data);
    }
}

/// Adds `scale x` for every element of `x`.
pub(super) fn add_scaled<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    x: &Tensor<R, T>,
    scale: T,
) {
    if acc.is_symbolic_zero() {
        acc.shape = x.shape;
        acc.data = Unary::MulScalar(scale).map(&x.data);
    } else {
        debug_assert_eq!(acc.shape, x.shape, "the adjoint has another shape than its primal");
        Binary::AddScaled(scale).update_left(&mut acc.data, &x.data);
    }
}

/// Adds `f(x)` for every element of `x`.
pub(super) fn add_mapped<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    x: &Tensor<R, T>,
    f: impl Fn(T) -> T,
) {
    if acc.is_symbolic_zero() {
        acc.shape = x.shape;
        acc.data = pool::collected(x.data.iter().map(|&x| f(x)));
    } else {
        debug_assert_eq!(acc.shape, x.shape, "the adjoint has another shape than its primal");
        acc.data.iter_mut().zip(&x.data).for_each(|(acc, &x)| *acc += f(x));
    }
}
