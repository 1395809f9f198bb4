//! How a product is divided among threads.

use super::product::Product;
use super::vector::Scalar;
use std::ops::Range;

/// The fewest multiplications that are worth another thread.
const GRAIN: usize = 1 << 20;
/// Rows come in whole tiles, and columns in whole panels, of any instruction set.
const ROWS: usize = 24;
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
        // Parts of the columns cannot share what a kernel makes of the rows of `A`, nor the other way
        // round; tiles are wider than high.
        let by_rows = p.m >= p.n.min(4 * ROWS);
        let work = p.m.saturating_mul(p.k).saturating_mul(p.n);
        let parts = if threads == 1 { 1 } else { (work / GRAIN).clamp(1, 2 * threads) };
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
