//! How a product is divided among threads.

use super::product::Product;
use super::vector::Scalar;
use std::ops::Range;

/// The fewest multiplications that are worth another thread: some microseconds.
const GRAIN: usize = 1 << 20;
/// How many times that makes it worth to divide finer than there are threads, so that a thread that
/// is held up holds up less.
const FINE: usize = 8;
/// The fewest rows, columns or terms for which the processor has more to do than the memory.
const FEW: usize = 8;
/// Parts have whole tiles, of the largest there are.
const ROWS: usize = 8;
const COLUMNS: usize = 48;

/// A division of `C`, by rows or by columns. The sum for an element of `C` does not depend on it.
pub(super) struct Division {
    by_rows: bool,
    /// How many rows or columns there are.
    pub(super) len: usize,
    /// How many of them each part has, but for the last.
    pub(super) chunk: usize,
}

impl Division {
    /// The division of a product for so many threads.
    pub(super) fn of<T: Scalar>(p: &Product<T>, threads: usize) -> Self {
        // By rows unless there are too few of them: the rows of `B` are read the faster the longer.
        let by_rows = p.m >= p.n.min(threads * 2 * ROWS);
        let grains = p.m.saturating_mul(p.k).saturating_mul(p.n) / GRAIN;
        let most = if grains < FINE * threads { threads } else { 4 * threads };
        // What reads a matrix for few multiplications waits for memory, on however many threads.
        let waits = p.m.min(p.k).min(p.n) < FEW;
        let parts = if threads == 1 || waits { 1 } else { grains.clamp(1, most) };
        let chunk = |len: usize, whole| {
            if parts == 1 { len } else { len.div_ceil(parts).next_multiple_of(whole) }
        };
        if by_rows {
            Self::by_rows(p.m, chunk(p.m, ROWS))
        } else {
            Self::by_columns(p.n, chunk(p.n, COLUMNS))
        }
    }

    /// Parts of `chunk` rows of `len`.
    pub(super) const fn by_rows(len: usize, chunk: usize) -> Self {
        Self { by_rows: true, len, chunk }
    }

    /// Parts of `chunk` columns of `len`.
    pub(super) const fn by_columns(len: usize, chunk: usize) -> Self {
        Self { by_rows: false, len, chunk }
    }

    /// A part of the product.
    pub(super) fn part<T: Scalar>(&self, p: Product<T>, part: Range<usize>) -> Product<T> {
        if self.by_rows {
            p.rows(part.start, part.len())
        } else {
            p.columns(part.start, part.len())
        }
    }
}
