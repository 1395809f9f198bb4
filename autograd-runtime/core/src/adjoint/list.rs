//! Adjoints of operations on lists.

use crate::in_place::ListOf;
use crate::kernel::pool;
use crate::{Differentiable, Real, Tangent, Tensor, private::Witness};

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

/// The cotangent of a list with a place for each of its elements: what it was read from may have left out
/// the zeros at its end.
#[inline(always)]
pub fn written_out<T: Differentiable>(
    mut cotangent: Vec<T::Tangent>,
    shape: &Witness<Vec<T>>,
) -> Vec<T::Tangent> {
    shape.write_out(&mut cotangent);
    cotangent
}
