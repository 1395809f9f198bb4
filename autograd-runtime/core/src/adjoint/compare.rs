//! Adjoints of the choice between two tensors.

use super::accumulate::written_out;
use crate::{Real, Tensor};

/// `ā += ȳ` where the mask is true, nothing elsewhere.
pub fn where_a<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Tensor<R, T>,
    mask: &Tensor<R, bool>,
) {
    add_where(acc, dy, mask, true);
}

/// `b̄ += ȳ` where the mask is false, nothing elsewhere.
pub fn where_b<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Tensor<R, T>,
    mask: &Tensor<R, bool>,
) {
    add_where(acc, dy, mask, false);
}

fn add_where<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Tensor<R, T>,
    mask: &Tensor<R, bool>,
    taken: bool,
) {
    if dy.is_symbolic_zero() {
        return;
    }
    let acc = written_out(acc, &dy.shape);
    for ((acc, &dy), &mask) in acc.iter_mut().zip(&dy.data).zip(&mask.data) {
        *acc += if mask == taken { dy } else { T::ZERO };
    }
}
