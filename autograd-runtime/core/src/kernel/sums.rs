//! Sums and maxima of arrays, on lanes.
//!
//! A sum runs in several lanes at a time, and what they come to after a number of steps is summed
//! pairwise: the rounding error grows with the logarithm of the length.

use super::dispatch::{Program, Set, run, run_on};
use super::lane::Lane;
use super::pool::{self, Scratch};
use super::threads::{self, Shared};
use crate::Real;
use std::ops::Range;

/// The lanes that are summed at a time, so that one addition need not wait for another.
const ACCUMULATORS: usize = 4;
/// The steps after which the lanes are put together.
const STEPS: usize = 64;

/// What a thread sums at a time, if there are several: `2ᵏ` blocks, whatever the lanes are, so that it is
/// what one thread would have put together.
const PART: usize = 1 << 16;
/// The fewest elements whose sum is worth another thread, which may take some ten microseconds to wake.
const WORTH: usize = 1 << 19;
/// The fewest elements whose exponentials are.
const WORTH_EXP: usize = 1 << 16;
/// About how many of them a thread takes at a time.
const PART_EXP: usize = 1 << 13;

/// What is summed.
pub(super) trait Summand {
    type Scalar: Real;
    fn len(&self) -> usize;
    /// The `n` elements from `at` on, of which there are as many; what is beyond is arbitrary. `n` is
    /// not more than `L::LEN`. To be marked `#[inline(always)]`.
    fn lane<L: Lane<Scalar = Self::Scalar>>(&mut self, at: usize, n: usize) -> L;
}

/// What several threads may sum.
pub(super) trait Divisible: Summand + Sync {
    /// The elements of a range.
    fn part(&self, range: Range<usize>) -> Self;
}

/// The `n` elements of a slice from `at` on, and `fill` for the others of a lane.
///
/// # Panics
/// If there are not so many.
#[inline(always)]
fn load<L: Lane>(x: &[L::Scalar], at: usize, n: usize, fill: L::Scalar) -> L {
    let x = &x[at..at + n];
    if n == L::LEN {
        return L::load(x);
    }
    // SAFETY: the slice has `n` elements.
    unsafe { L::load_first_from(x.as_ptr(), n, fill) }
}

/// Writes the first scalars of a lane to a slice of not more than `L::LEN`.
#[inline(always)]
fn store<L: Lane>(x: L, to: &mut [L::Scalar]) {
    if to.len() == L::LEN {
        return x.store(to);
    }
    // SAFETY: the slice has so many elements.
    unsafe { x.store_first_to(to.as_mut_ptr(), to.len()) };
}

/// The elements themselves.
pub(super) struct Terms<'a, T>(pub(super) &'a [T]);

impl<T: Real> Summand for Terms<'_, T> {
    type Scalar = T;
    fn len(&self) -> usize {
        self.0.len()
    }
    #[inline(always)]
    fn lane<L: Lane<Scalar = T>>(&mut self, at: usize, n: usize) -> L {
        load(self.0, at, n, T::ZERO)
    }
}

impl<T: Real> Divisible for Terms<'_, T> {
    fn part(&self, range: Range<usize>) -> Self {
        Self(&self.0[range])
    }
}

/// The squares of the distances from a centre.
pub(super) struct Squares<'a, T> {
    pub(super) x: &'a [T],
    pub(super) centre: T,
}

impl<T: Real> Summand for Squares<'_, T> {
    type Scalar = T;
    fn len(&self) -> usize {
        self.x.len()
    }
    #[inline(always)]
    fn lane<L: Lane<Scalar = T>>(&mut self, at: usize, n: usize) -> L {
        (load::<L>(self.x, at, n, T::ZERO) - L::splat(self.centre)).square()
    }
}

impl<T: Real> Divisible for Squares<'_, T> {
    fn part(&self, range: Range<usize>) -> Self {
        Self { x: &self.x[range], centre: self.centre }
    }
}

/// The products of the elements at the same places.
pub(super) struct Products<'a, T>(&'a [T], &'a [T]);

impl<'a, T> Products<'a, T> {
    /// # Panics
    /// If the slices are not of one length.
    pub(super) fn new(a: &'a [T], b: &'a [T]) -> Self {
        assert_eq!(a.len(), b.len(), "the lengths of the factors");
        Self(a, b)
    }
}

impl<T: Real> Summand for Products<'_, T> {
    type Scalar = T;
    fn len(&self) -> usize {
        self.0.len()
    }
    #[inline(always)]
    fn lane<L: Lane<Scalar = T>>(&mut self, at: usize, n: usize) -> L {
        load::<L>(self.0, at, n, T::ZERO) * load::<L>(self.1, at, n, T::ZERO)
    }
}

impl<T: Real> Divisible for Products<'_, T> {
    fn part(&self, range: Range<usize>) -> Self {
        Self(&self.0[range.clone()], &self.1[range])
    }
}

/// `exp(x - shift)` for a row, which is written to `out` if it is wanted.
struct Exponentials<'a, T> {
    x: &'a [T],
    shift: T,
    out: Option<&'a mut [T]>,
}

impl<T: Real> Summand for Exponentials<'_, T> {
    type Scalar = T;
    fn len(&self) -> usize {
        self.x.len()
    }
    #[inline(always)]
    fn lane<L: Lane<Scalar = T>>(&mut self, at: usize, n: usize) -> L {
        let y = (load::<L>(self.x, at, n, T::ZERO) - L::splat(self.shift)).exp();
        if let Some(out) = &mut self.out {
            store(y, &mut out[at..at + n]);
        }
        y
    }
}

/// Partial sums of `2ᵏ` blocks each, at most one for each `k`, as the digits of a binary counter.
struct Pairwise<T> {
    sums: [T; usize::BITS as usize],
    blocks: usize,
}

impl<T: Real> Pairwise<T> {
    #[inline(always)]
    fn new() -> Self {
        Self { sums: [T::ZERO; usize::BITS as usize], blocks: 0 }
    }

    #[inline(always)]
    fn add(&mut self, mut block: T) {
        let mut k = 0;
        while self.blocks >> k & 1 == 1 {
            block = self.sums[k] + block;
            k += 1;
        }
        self.sums[k] = block;
        self.blocks += 1;
    }

    #[inline(always)]
    fn total(&self) -> T {
        let mut total = T::ZERO;
        let mut k = 0;
        while self.blocks >> k != 0 {
            if self.blocks >> k & 1 == 1 {
                total += self.sums[k];
            }
            k += 1;
        }
        total
    }
}

/// The sum of all elements of a summand, on lanes.
#[inline(always)]
fn sum_on<L: Lane, S: Summand<Scalar = L::Scalar>>(mut summand: S) -> L::Scalar {
    let (len, block) = (summand.len(), STEPS * ACCUMULATORS * L::LEN);
    if len <= block {
        return sum_of_block::<L, S>(&mut summand, 0, len);
    }
    let mut pairwise = Pairwise::new();
    let mut at = 0;
    while at < len {
        let end = len.min(at + block);
        pairwise.add(sum_of_block::<L, S>(&mut summand, at, end));
        at = end;
    }
    pairwise.total()
}

/// The sum of the elements from `at` to `end`.
#[inline(always)]
fn sum_of_block<L: Lane, S: Summand<Scalar = L::Scalar>>(
    summand: &mut S,
    mut at: usize,
    end: usize,
) -> L::Scalar {
    let zero = L::Scalar::ZERO;
    let mut sums = [L::splat(zero); ACCUMULATORS];
    while at + ACCUMULATORS * L::LEN <= end {
        for (i, sum) in sums.iter_mut().enumerate() {
            *sum = *sum + summand.lane(at + i * L::LEN, L::LEN);
        }
        at += ACCUMULATORS * L::LEN;
    }
    while at + L::LEN <= end {
        sums[0] = sums[0] + summand.lane(at, L::LEN);
        at += L::LEN;
    }
    if at < end {
        sums[1] = sums[1] + summand.lane::<L>(at, end - at).keep_first(end - at, zero);
    }
    ((sums[0] + sums[1]) + (sums[2] + sums[3])).reduce_sum()
}

/// The sum of all elements of a summand, on several threads if there are many.
pub(super) fn sum<S: Divisible>(summand: S) -> S::Scalar {
    let len = summand.len();
    if len < WORTH || threads::count() == 1 {
        return run(Sum(summand));
    }
    let set = Set::best();
    let mut sums = Scratch::of(pool::filled(S::Scalar::ZERO, len.div_ceil(PART)));
    let shared = Shared::new(&mut sums);
    threads::for_each_chunk(len, PART, |range| {
        let place = shared.part(range.start / PART..range.start / PART + 1);
        // SAFETY: the machine has the set; the place is that of this chunk.
        unsafe { place.as_mut()[0] = run_on(set, Sum(summand.part(range))) };
    });
    let mut pairwise = Pairwise::new();
    for sum in sums.iter() {
        pairwise.add(*sum);
    }
    pairwise.total()
}

/// The sum of a summand, as a program.
struct Sum<S>(S);

impl<S: Summand> Program for Sum<S> {
    type Scalar = S::Scalar;
    type Output = S::Scalar;
    #[inline(always)]
    fn run<L: Lane<Scalar = S::Scalar>>(self) -> S::Scalar {
        sum_on::<L, S>(self.0)
    }
}

/// The largest element, NaN if any is, of what is not empty.
#[inline(always)]
fn largest<L: Lane>(x: &[L::Scalar]) -> L::Scalar {
    let mut best = [L::splat(x[0]); ACCUMULATORS];
    let mut at = 0;
    while at + ACCUMULATORS * L::LEN <= x.len() {
        for (i, best) in best.iter_mut().enumerate() {
            *best = best.maximum(load(x, at + i * L::LEN, L::LEN, x[0]));
        }
        at += ACCUMULATORS * L::LEN;
    }
    while at < x.len() {
        let n = L::LEN.min(x.len() - at);
        best[0] = best[0].maximum(load(x, at, n, x[0]));
        at += n;
    }
    best[0].maximum(best[1]).maximum(best[2].maximum(best[3])).reduce_max()
}

/// The largest element, as a program.
pub(super) struct Largest<'a, T>(pub(super) &'a [T]);

impl<T: Real> Program for Largest<'_, T> {
    type Scalar = T;
    type Output = T;
    #[inline(always)]
    fn run<L: Lane<Scalar = T>>(self) -> T {
        largest::<L>(self.0)
    }
}

#[inline(always)]
fn divide<L: Lane>(x: &mut [L::Scalar], divisor: L::Scalar) {
    let mut at = 0;
    while at < x.len() {
        let n = L::LEN.min(x.len() - at);
        let y = load::<L>(x, at, n, divisor) / L::splat(divisor);
        store(y, &mut x[at..at + n]);
        at += n;
    }
}

/// What softmax and its relatives need of each row of a matrix, in two passes over it: its largest
/// element, and `Σ exp(x - largest)`. An infinite maximum is taken as 0: `∞ - ∞` would make a NaN of a
/// sum that is `∞` or 0.
pub struct ExpRows<'a, T> {
    /// The rows, one after the other.
    pub x: &'a [T],
    /// The number of columns, which is not 0.
    pub columns: usize,
    /// Whether the exponentials are to be divided by their sum: softmax.
    pub normalized: bool,
    /// Room for the exponentials, if they are wanted.
    pub exponentials: Option<&'a mut [T]>,
    /// Room for the maximum of each row.
    pub maxima: &'a mut [T],
    /// Room for the sum of each row.
    pub sums: &'a mut [T],
}

/// Computes the exponentials of rows, on several threads if there are many.
pub(super) fn exp_rows<T: Real>(rows: ExpRows<'_, T>) {
    let (columns, count) = (rows.columns, rows.sums.len());
    if rows.x.len() < WORTH_EXP || count < 2 || threads::count() == 1 {
        return run(rows);
    }
    let set = Set::best();
    let ExpRows { x, normalized, exponentials, maxima, sums, .. } = rows;
    let exponentials = exponentials.map(Shared::new);
    let (maxima, sums) = (Shared::new(maxima), Shared::new(sums));
    threads::for_each_chunk(count, PART_EXP.div_ceil(columns), |range| {
        let elements = range.start * columns..range.end * columns;
        // SAFETY: the machine has the set; a row is in one range.
        unsafe {
            let rows = ExpRows {
                x: &x[elements.clone()],
                columns,
                normalized,
                exponentials: exponentials.map(|all| all.part(elements).as_mut()),
                maxima: maxima.part(range.clone()).as_mut(),
                sums: sums.part(range).as_mut(),
            };
            run_on(set, rows);
        }
    });
}

impl<T: Real> Program for ExpRows<'_, T> {
    type Scalar = T;
    type Output = ();
    #[inline(always)]
    fn run<L: Lane<Scalar = T>>(mut self) {
        let rows = self.x.chunks_exact(self.columns).zip(self.maxima).zip(self.sums);
        for (row, ((x, maximum), total)) in rows.enumerate() {
            let shift = largest::<L>(x);
            let shift = if shift.abs() == T::INFINITY { T::ZERO } else { shift };
            let mut out = match &mut self.exponentials {
                Some(out) => Some(&mut out[row * self.columns..(row + 1) * self.columns]),
                None => None,
            };
            *maximum = shift;
            *total = sum_on::<L, _>(Exponentials { x, shift, out: out.as_deref_mut() });
            if let (true, Some(out)) = (self.normalized, out) {
                divide::<L>(out, *total);
            }
        }
    }
}

#[cfg(test)]
mod tests;
