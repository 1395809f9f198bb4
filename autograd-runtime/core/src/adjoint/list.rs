//! Adjoints of operations on lists.

use crate::in_place::ListOf;
use crate::kernel::pool;
use crate::{Real, Tangent, Tensor, private::Witness};

/// Adjoint of `x.to_vec()`: element by element.
pub fn to_vec_input<T: Tangent>(acc: &mut (impl ListOf<T> + ?Sized), dy: &[T]) {
    acc.add(dy);
}

/// Adjoint of `x.item()`: the only element of `x` receives the cotangent.
pub fn item_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &T,
    x: &Witness<Tensor<R, T>>,
) {
    acc.accumulate(Tensor { shape: *x.shape(), data: pool::filled(*dy, 1) });
}
