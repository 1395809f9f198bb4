//! Adjoints of operations on lists.

use crate::{Real, Tangent, Tensor, private::Witness};

/// Adjoint of `x.to_vec()`: element by element.
pub fn to_vec_input<T: Tangent>(acc: &mut [T], dy: &[T]) {
    for (a, b) in acc.iter_mut().zip(dy) {
        a.accumulate_ref(b);
    }
}

/// Adjoint of `x.item()`: the only element of `x` receives the cotangent.
pub fn item_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &T,
    x: &Witness<Tensor<R, T>>,
) {
    acc.accumulate(Tensor { shape: *x.shape(), data: vec![*dy] });
}
