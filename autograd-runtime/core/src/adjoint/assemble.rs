//! Adjoints of what puts tensors together: each adds the part of the cotangent that is its own.

use super::accumulate::written_out;
use super::axis::is_zero;
use super::select::add;
use crate::ops::assemble::{for_each_interior_row, row_len};
use crate::ops::lanes::Lanes;
use crate::ops::rank::{AnyRank, ExpandRank, Expanded, Rank};
use crate::witness::Witness;
use crate::{Real, Tensor};

/// `x̄ += ȳ[offset..offset + n]` along the axis, for the operand `x` that has size `n` there and
/// follows operands of the sizes whose sum is `offset`.
pub fn concat_operand<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Tensor<R, T>,
    x: &Witness<Tensor<R, T>>,
    offset: usize,
    axis: usize,
) {
    if dy.is_symbolic_zero() {
        return;
    }
    let (own, all) = (Lanes::of("concat", x.shape(), axis), Lanes::of("concat", &dy.shape, axis));
    let acc = written_out(acc, x.shape());
    for (acc, dy) in own.blocks_mut(acc).zip(all.blocks(&dy.data)) {
        add(acc, &dy[offset * all.inner..][..acc.len()]);
    }
}

/// `x̄ += ȳ[position]` along the axis, for the operand number `position`.
pub fn stack_operand<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Expanded<R, T>,
    x: &Witness<Tensor<R, T>>,
    position: usize,
    axis: usize,
) where
    Rank<R>: ExpandRank,
{
    if is_zero(dy) {
        return;
    }
    let lanes = Lanes::of("stack", dy.dimensions(), axis);
    let acc = written_out(acc, x.shape());
    for (acc, dy) in lanes.rows_mut(acc).zip(lanes.blocks(dy.elements())) {
        add(acc, &dy[position * lanes.inner..][..lanes.inner]);
    }
}

/// `x̄ += ȳ` without the border.
pub fn pad_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Tensor<R, T>,
    x: &Witness<Tensor<R, T>>,
    padding: [(usize, usize); R],
) {
    if dy.is_symbolic_zero() {
        return;
    }
    let acc = written_out(acc, x.shape());
    let mut rows = acc.chunks_exact_mut(row_len(x.shape()).max(1));
    for_each_interior_row(x.shape(), &dy.shape, &padding, |start| {
        if let Some(row) = rows.next() {
            add(row, &dy.data[start..][..row.len()]);
        }
    });
}

/// `v̄ += Σ ȳ` over the border, for the padding value `v`.
pub fn pad_value<const R: usize, T: Real>(
    acc: &mut T,
    dy: &Tensor<R, T>,
    padding: [(usize, usize); R],
) {
    if dy.is_symbolic_zero() {
        return;
    }
    let inside: [usize; R] = std::array::from_fn(|d| dy.shape[d] - padding[d].0 - padding[d].1);
    let mut border_start = 0;
    for_each_interior_row(&inside, &dy.shape, &padding, |start| {
        *acc += dy.data[border_start..start].iter().sum::<T>();
        border_start = start + row_len(&inside);
    });
    *acc += dy.data[border_start..].iter().sum::<T>();
}

#[cfg(test)]
mod tests;
