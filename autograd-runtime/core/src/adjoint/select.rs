//! Adjoints of what takes parts of a tensor: each adds the cotangent where the part came from.

use super::accumulate::written_out;
use super::axis::is_zero;
use crate::ops::lanes::Lanes;
use crate::ops::rank::{AnyRank, Rank, ReduceRank, Reduced};
use crate::ops::select::{for_each_gathered, resolve};
use crate::witness::Witness;
use crate::{Real, Tensor};
use std::ops::{Range, RangeBounds};

/// `x̄[range] += ȳ` along the axis.
pub fn slice_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Tensor<R, T>,
    x: &Witness<Tensor<R, T>>,
    axis: usize,
    range: impl RangeBounds<usize>,
) {
    if !dy.is_symbolic_zero() {
        add_rows(acc, &dy.data, x, axis, resolve(x.shape(), axis, &range));
    }
}

/// `x̄[index] += ȳ` along the axis.
pub fn select_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Reduced<R, T>,
    x: &Witness<Tensor<R, T>>,
    axis: usize,
    index: usize,
) where
    Rank<R>: ReduceRank,
{
    if !is_zero(dy) {
        add_rows(acc, dy.elements(), x, axis, index..index + 1);
    }
}

/// `x̄[indices[i]] += ȳ[i]` along the axis; what was gathered several times gets the sum.
pub fn gather_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Tensor<R, T>,
    x: &Witness<Tensor<R, T>>,
    axis: usize,
    indices: &Tensor<R, usize>,
) {
    if dy.is_symbolic_zero() {
        return;
    }
    let acc = written_out(acc, x.shape());
    let mut dy = dy.data.iter();
    for_each_gathered(x.shape(), axis, indices, |from| {
        if let Some(&dy) = dy.next() {
            acc[from] += dy;
        }
    });
}

/// `x̄[rows[i]] += ȳ[i]`; a row that was taken several times gets the sum.
pub fn index_rows_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Tensor<R, T>,
    x: &Witness<Tensor<R, T>>,
    rows: &[usize],
) {
    if dy.is_symbolic_zero() {
        return;
    }
    let inner = Lanes::of("index_rows", x.shape(), 0).inner;
    let acc = written_out(acc, x.shape());
    for (&row, dy) in rows.iter().zip(dy.data.chunks_exact(inner.max(1))) {
        add(&mut acc[row * inner..][..inner], dy);
    }
}

/// Adds `dy`, which has fewer rows along the axis, to the given rows.
fn add_rows<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &[T],
    x: &Witness<Tensor<R, T>>,
    axis: usize,
    rows: Range<usize>,
) {
    let lanes = Lanes::of("slice", x.shape(), axis);
    let acc = written_out(acc, x.shape());
    let part = rows.len() * lanes.inner;
    for (block, dy) in lanes.blocks_mut(acc).zip(dy.chunks_exact(part.max(1))) {
        add(&mut block[rows.start * lanes.inner..][..part], dy);
    }
}

/// `acc += dy` for slices of one length.
pub(super) fn add<T: Real>(acc: &mut [T], dy: &[T]) {
    acc.iter_mut().zip(dy).for_each(|(acc, &dy)| *acc += dy);
}

#[cfg(test)]
mod tests;
