//! Adjoints of the reductions and scans along one axis, and of softmax.

use super::accumulate::written_out;
use super::reduce::attains;
use crate::kernel::Unary;
use crate::kernel::pool::{self, Scratch};
use crate::ops::lanes::{Lanes, add_block, map_block, sum_block, sum_of};
use crate::ops::rank::{AnyRank, Rank, ReduceRank, Reduced};
use crate::witness::Witness;
use crate::{Real, Tensor};

/// `x̄ += ȳ`, repeated along the axis.
pub fn sum_axis_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Reduced<R, T>,
    x: &Witness<Tensor<R, T>>,
    axis: usize,
) where
    Rank<R>: ReduceRank,
{
    if !is_zero(dy) {
        spread(acc, dy.elements(), x, axis, T::ONE);
    }
}

/// `x̄ += ȳ`, repeated along the axis.
pub fn sum_axis_keepdim_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Tensor<R, T>,
    x: &Witness<Tensor<R, T>>,
    axis: usize,
) {
    if !dy.is_symbolic_zero() {
        spread(acc, &dy.data, x, axis, T::ONE);
    }
}

/// `x̄ += ȳ / n`, repeated along the axis of length `n`.
pub fn mean_axis_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Reduced<R, T>,
    x: &Witness<Tensor<R, T>>,
    axis: usize,
) where
    Rank<R>: ReduceRank,
{
    if !is_zero(dy) {
        spread(acc, dy.elements(), x, axis, T::from_usize(x.shape()[axis]));
    }
}

/// `x̄ += ȳ / n`, repeated along the axis of length `n`.
pub fn mean_axis_keepdim_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Tensor<R, T>,
    x: &Witness<Tensor<R, T>>,
    axis: usize,
) {
    if !dy.is_symbolic_zero() {
        spread(acc, &dy.data, x, axis, T::from_usize(x.shape()[axis]));
    }
}

/// `x̄ᵢ += ȳ / k` where `xᵢ = y`, for the `k` elements of a lane that attain its maximum.
pub fn max_axis_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Reduced<R, T>,
    x: &Tensor<R, T>,
    y: &Reduced<R, T>,
    axis: usize,
) where
    Rank<R>: ReduceRank,
{
    if is_zero(dy) {
        return;
    }
    let lanes = Lanes::of("max_axis", &x.shape, axis);
    let acc = written_out(acc, &x.shape);
    let mut share = Scratch::of(pool::filled(T::ZERO, lanes.inner));
    let per_lane = lanes.rows(dy.elements()).zip(lanes.rows(y.elements()));
    let blocks = lanes.blocks_mut(acc).zip(lanes.blocks(&x.data));
    for ((acc, x), (dy, y)) in blocks.zip(per_lane) {
        count_hits(x, y, &mut share);
        share.iter_mut().zip(dy).for_each(|(hits, &dy)| *hits = dy / *hits);
        add_block(
            acc,
            (x, x),
            (&share, y),
            |x, _, share, y| {
                if attains(x, y) { share } else { T::ZERO }
            },
        );
    }
}

/// The number of elements of each lane that attain its extremum.
fn count_hits<T: Real>(x: &[T], y: &[T], hits: &mut [T]) {
    let hit = |x, y| if attains(x, y) { T::ONE } else { T::ZERO };
    if let &[y] = y {
        hits[0] = sum_of(x, |x| hit(x, y));
        return;
    }
    hits.fill(T::ZERO);
    for row in x.chunks_exact(y.len()) {
        for ((hits, &x), &y) in hits.iter_mut().zip(row).zip(y) {
            *hits += hit(x, y);
        }
    }
}

/// `x̄ᵢ += ȳ / k` where `xᵢ = y`, for the `k` elements of a lane that attain its minimum.
pub fn min_axis_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Reduced<R, T>,
    x: &Tensor<R, T>,
    y: &Reduced<R, T>,
    axis: usize,
) where
    Rank<R>: ReduceRank,
{
    max_axis_input(acc, dy, x, y, axis);
}

/// `x̄ += ȳ exp(x - y)`; 0 where the whole lane is `-∞`.
pub fn logsumexp_axis_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Reduced<R, T>,
    x: &Tensor<R, T>,
    y: &Reduced<R, T>,
    axis: usize,
) where
    Rank<R>: ReduceRank,
{
    if is_zero(dy) {
        return;
    }
    let lanes = Lanes::of("logsumexp_axis", &x.shape, axis);
    let acc = written_out(acc, &x.shape);
    let per_lane = lanes.rows(dy.elements()).zip(lanes.rows(y.elements()));
    let blocks = lanes.blocks_mut(acc).zip(lanes.blocks(&x.data));
    for ((acc, x), (dy, y)) in blocks.zip(per_lane) {
        let mut e = Scratch::of(pool::copied(x));
        map_block(&mut e, y, |x, y| x - y);
        Unary::Exp.update(&mut e);
        add_block(acc, (&e, &e), (dy, y), |e, _, dy, y| {
            // `-∞ - (-∞)` would be NaN.
            if y == -T::INFINITY { T::ZERO } else { dy * e }
        });
    }
}

/// `x̄ᵢ += ȳᵢ + ȳᵢ₊₁ + …`: the running sum from the end.
pub fn cumsum_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Tensor<R, T>,
    axis: usize,
) {
    if dy.is_symbolic_zero() {
        return;
    }
    let lanes = Lanes::of("cumsum", &dy.shape, axis);
    let mut sums = Scratch::of(pool::filled(T::ZERO, lanes.inner));
    let acc = written_out(acc, &dy.shape);
    for (acc, dy) in lanes.blocks_mut(acc).zip(lanes.blocks(&dy.data)) {
        sums.fill(T::ZERO);
        let rows = acc.chunks_exact_mut(lanes.inner).zip(dy.chunks_exact(lanes.inner));
        for (acc, dy) in rows.rev() {
            for ((acc, sum), &dy) in acc.iter_mut().zip(sums.iter_mut()).zip(dy) {
                *sum += dy;
                *acc += *sum;
            }
        }
    }
}

/// `x̄ += y (ȳ - Σ ȳ y)`, the sum running along the axis.
pub fn softmax_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Tensor<R, T>,
    y: &Tensor<R, T>,
    axis: usize,
) {
    let needs_sum = |dy, y| dy * y;
    centred(acc, dy, &y.data, axis, needs_sum, |dy, y, sum| y * (dy - sum));
}

/// `x̄ += ȳ - exp(y) Σ ȳ`, the sum running along the axis.
pub fn log_softmax_input<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Tensor<R, T>,
    y: &Tensor<R, T>,
    axis: usize,
) {
    if !dy.is_symbolic_zero() {
        let needs_sum = |dy, _| dy;
        let softmax = Unary::Exp.map(&y.data);
        centred(acc, dy, &softmax, axis, needs_sum, |dy, softmax, sum| dy - softmax * sum);
    }
}

/// `x̄ += rule(ȳ, y, Σ summand(ȳ, y))`, the sum running along the axis.
fn centred<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &Tensor<R, T>,
    y: &[T],
    axis: usize,
    summand: impl Fn(T, T) -> T + Copy,
    rule: impl Fn(T, T, T) -> T,
) {
    if dy.is_symbolic_zero() {
        return;
    }
    let lanes = Lanes::of("softmax", &dy.shape, axis);
    let acc = written_out(acc, &dy.shape);
    let mut sums = Scratch::of(pool::filled(T::ZERO, lanes.inner));
    let given = lanes.blocks(&dy.data).zip(lanes.blocks(y));
    for (acc, (dy, y)) in lanes.blocks_mut(acc).zip(given) {
        sum_block(dy, y, &mut sums, summand);
        add_block(acc, (dy, y), (&sums, &sums), |dy, y, sum, _| rule(dy, y, sum));
    }
}

/// Adds `dy / divisor`, one value per lane, to every element of its lane.
fn spread<const R: usize, T: Real>(
    acc: &mut Tensor<R, T>,
    dy: &[T],
    x: &Witness<Tensor<R, T>>,
    axis: usize,
    divisor: T,
) {
    let lanes = Lanes::of("sum_axis", x.shape(), axis);
    let acc = written_out(acc, x.shape());
    for (acc, dy) in lanes.blocks_mut(acc).zip(lanes.rows(dy)) {
        map_block(acc, dy, |acc, dy| acc + dy / divisor);
    }
}

/// Whether a cotangent of unknown rank is the symbolic zero.
pub(super) fn is_zero<X: AnyRank>(dy: &X) -> bool {
    dy.elements().is_empty() && dy.dimensions().iter().all(|&d| d == 0)
}

#[cfg(test)]
mod tests;
