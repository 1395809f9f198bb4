//! Loops along one axis of a tensor, and the sums that everything here is made of.
//!
//! Seen from one axis, a row-major tensor is `outer` *blocks* of `len` *rows* of `inner` elements;
//! the *lanes* that a reduction folds up run across the rows of a block. A value per lane (a sum, a
//! maximum) is therefore a row of `inner` values per block. For the last axis `inner` is 1 and a
//! block is one lane, contiguous in memory; that case has its own loops.

use crate::Real;
use crate::kernel::pool::{self, Scratch};

/// Independent accumulators of a sum: enough to keep vector registers of any width busy.
const ACCUMULATORS: usize = 16;
/// Sums longer than this are split in halves, so that the rounding error grows with the logarithm
/// of the length.
const LEAF: usize = 1024;
/// The width of the column strips in which rows are summed: what stays in the first-level cache.
const STRIP: usize = 256;
/// Rows that are summed into one partial sum, for the same reason as `LEAF`.
const ROWS: usize = 128;

/// How a tensor looks from one of its axes.
#[derive(Clone, Copy)]
pub(crate) struct Lanes {
    /// The product of the dimensions before the axis.
    pub(crate) outer: usize,
    /// The dimension along the axis.
    pub(crate) len: usize,
    /// The product of the dimensions behind the axis.
    pub(crate) inner: usize,
}

impl Lanes {
    /// The view from `axis`; panics in the name of `op` if there is no such axis.
    #[track_caller]
    pub(crate) fn of(op: &str, shape: &[usize], axis: usize) -> Self {
        assert!(
            axis < shape.len(),
            "{op}: {shape:?} has no axis {axis}, its rank is {}",
            shape.len()
        );
        Self {
            outer: shape[..axis].iter().product(),
            len: shape[axis],
            inner: shape[axis + 1..].iter().product(),
        }
    }

    /// The number of lanes.
    pub(crate) fn count(self) -> usize {
        self.outer * self.inner
    }

    /// The blocks of a whole tensor; none if it has no elements.
    pub(crate) fn blocks<T>(self, x: &[T]) -> std::slice::ChunksExact<'_, T> {
        x.chunks_exact((self.len * self.inner).max(1))
    }

    /// The blocks of a whole tensor, to be changed.
    pub(crate) fn blocks_mut<T>(self, x: &mut [T]) -> std::slice::ChunksExactMut<'_, T> {
        x.chunks_exact_mut((self.len * self.inner).max(1))
    }

    /// The rows of per-lane values, one for each block.
    pub(crate) fn rows<T>(self, x: &[T]) -> std::slice::ChunksExact<'_, T> {
        x.chunks_exact(self.inner.max(1))
    }

    /// The rows of per-lane values, to be changed.
    pub(crate) fn rows_mut<T>(self, x: &mut [T]) -> std::slice::ChunksExactMut<'_, T> {
        x.chunks_exact_mut(self.inner.max(1))
    }
}

/// The dimensions without `axis`.
pub(crate) fn without_axis(shape: &[usize], axis: usize) -> Scratch<usize> {
    let (before, after) = (&shape[..axis], &shape[axis + 1..]);
    Scratch::of(pool::collected(before.iter().chain(after).copied()))
}

/// The larger of two, NaN if either is: the order of `torch.amax`.
#[inline(always)]
pub(crate) fn larger<T: Real>(a: T, b: T) -> T {
    if a.is_nan() || b <= a { a } else { b }
}

/// The smaller of two, NaN if either is.
#[inline(always)]
pub(crate) fn smaller<T: Real>(a: T, b: T) -> T {
    if a.is_nan() || b >= a { a } else { b }
}

/// Folds two slices of one length with `step`, in several accumulators that start at `init` and are
/// put together with `join`.
pub(crate) fn fold<T: Copy, U: Copy>(
    a: &[T],
    b: &[U],
    init: T,
    step: impl Fn(T, T, U) -> T + Copy,
    join: impl Fn(T, T) -> T + Copy,
) -> T {
    if a.len() > LEAF {
        let half = (a.len() / 2).next_multiple_of(ACCUMULATORS);
        let left = fold(&a[..half], &b[..half], init, step, join);
        return join(left, fold(&a[half..], &b[half..], init, step, join));
    }
    if a.len() < 2 * ACCUMULATORS {
        // Short lanes are common: ten class scores do not pay for sixteen accumulators.
        return fold_in::<4, T, U>(a, b, init, step, join);
    }
    fold_in::<ACCUMULATORS, T, U>(a, b, init, step, join)
}

/// [`fold`] in `N` accumulators, a power of two.
#[inline(always)]
fn fold_in<const N: usize, T: Copy, U: Copy>(
    a: &[T],
    b: &[U],
    init: T,
    step: impl Fn(T, T, U) -> T,
    join: impl Fn(T, T) -> T,
) -> T {
    let mut partial = [init; N];
    let (a, b) = (a.chunks_exact(N), b.chunks_exact(N));
    let (a_rest, b_rest) = (a.remainder(), b.remainder());
    for (a, b) in a.zip(b) {
        for ((p, &a), &b) in partial.iter_mut().zip(a).zip(b) {
            *p = step(*p, a, b);
        }
    }
    for ((p, &a), &b) in partial.iter_mut().zip(a_rest).zip(b_rest) {
        *p = step(*p, a, b);
    }
    let mut width = N;
    while width > 1 {
        width /= 2;
        for i in 0..width {
            partial[i] = join(partial[i], partial[i + width]);
        }
    }
    partial[0]
}

/// `Σ f(xᵢ)`.
pub(crate) fn sum_of<T: Real>(x: &[T], f: impl Fn(T) -> T + Copy) -> T {
    sum_of_pairs(x, x, |x, _| f(x))
}

/// `Σ f(aᵢ, bᵢ)` over two slices of one length.
pub(crate) fn sum_of_pairs<T: Real, U: Copy>(a: &[T], b: &[U], f: impl Fn(T, U) -> T + Copy) -> T {
    fold(a, b, T::ZERO, |sum, a, b| sum + f(a, b), |left, right| left + right)
}

/// Sums `f` over each lane of a block: `out[j] = Σᵢ f(a[i][j], b[i][j])`.
pub(crate) fn sum_block<T: Real>(a: &[T], b: &[T], out: &mut [T], f: impl Fn(T, T) -> T + Copy) {
    match out.len() {
        0 => {}
        1 => out[0] = sum_of_pairs(a, b, f),
        inner if inner <= STRIP / 2 => sum_narrow_rows(a, b, out, f),
        _ => sum_wide_rows(a, b, out, f),
    }
}

/// Sums rows of few elements: several rows side by side make one strip, which is folded in the end.
fn sum_narrow_rows<T: Real>(a: &[T], b: &[T], out: &mut [T], f: impl Fn(T, T) -> T + Copy) {
    let inner = out.len();
    out.fill(T::ZERO);
    let width = STRIP / inner * inner;
    for (a, b) in a.chunks(width * ROWS).zip(b.chunks(width * ROWS)) {
        let mut partial = [T::ZERO; STRIP];
        for (a, b) in a.chunks(width).zip(b.chunks(width)) {
            for ((p, &a), &b) in partial.iter_mut().zip(a).zip(b) {
                *p += f(a, b);
            }
        }
        // The rows of the strip, folded in halves: far fewer roundings than one after the other.
        let mut rows = width / inner;
        while rows > 1 {
            let half = rows.div_ceil(2);
            let (kept, folded) = partial[..rows * inner].split_at_mut(half * inner);
            kept.iter_mut().zip(folded).for_each(|(kept, folded)| *kept += *folded);
            rows = half;
        }
        for (sum, &p) in out.iter_mut().zip(&partial) {
            *sum += p;
        }
    }
}

/// Sums rows of many elements, one strip of columns at a time.
fn sum_wide_rows<T: Real>(a: &[T], b: &[T], out: &mut [T], f: impl Fn(T, T) -> T + Copy) {
    let inner = out.len();
    out.fill(T::ZERO);
    for (strip, out) in out.chunks_mut(STRIP).enumerate() {
        let columns = strip * STRIP..strip * STRIP + out.len();
        for (a, b) in a.chunks(inner * ROWS).zip(b.chunks(inner * ROWS)) {
            let mut partial = [T::ZERO; STRIP];
            for (a, b) in a.chunks_exact(inner).zip(b.chunks_exact(inner)) {
                let (a, b) = (&a[columns.clone()], &b[columns.clone()]);
                for ((p, &a), &b) in partial.iter_mut().zip(a).zip(b) {
                    *p += f(a, b);
                }
            }
            for (sum, &p) in out.iter_mut().zip(&partial) {
                *sum += p;
            }
        }
    }
}

/// Picks one element of each lane of a block, which is not empty: with [`larger`] the maximum.
pub(crate) fn pick_block<T: Real>(block: &[T], out: &mut [T], pick: impl Fn(T, T) -> T + Copy) {
    let inner = out.len();
    if inner == 1 {
        out[0] = fold(block, block, block[0], |best, x, _| pick(best, x), pick);
        return;
    }
    out.copy_from_slice(&block[..inner]);
    for row in block[inner..].chunks_exact(inner) {
        for (best, &x) in out.iter_mut().zip(row) {
            *best = pick(*best, x);
        }
    }
}

/// Replaces each element by `f` of it and of its lane's value.
pub(crate) fn map_block<T: Real>(block: &mut [T], lane: &[T], f: impl Fn(T, T) -> T) {
    if let &[value] = lane {
        for x in block {
            *x = f(*x, value);
        }
        return;
    }
    for row in block.chunks_exact_mut(lane.len()) {
        for (x, &value) in row.iter_mut().zip(lane) {
            *x = f(*x, value);
        }
    }
}

/// Adds `f(a, b, s, t)` to each element of `acc`, with `a` and `b` of the same shape and the lane's
/// values `s` and `t`.
pub(crate) fn add_block<T: Real>(
    acc: &mut [T],
    (a, b): (&[T], &[T]),
    (s, t): (&[T], &[T]),
    f: impl Fn(T, T, T, T) -> T,
) {
    if let (&[s], &[t]) = (s, t) {
        for ((acc, &a), &b) in acc.iter_mut().zip(a).zip(b) {
            *acc += f(a, b, s, t);
        }
        return;
    }
    let inner = s.len();
    let rows = a.chunks_exact(inner).zip(b.chunks_exact(inner));
    for (acc, (a, b)) in acc.chunks_exact_mut(inner).zip(rows) {
        for ((((acc, &a), &b), &s), &t) in acc.iter_mut().zip(a).zip(b).zip(s).zip(t) {
            *acc += f(a, b, s, t);
        }
    }
}
