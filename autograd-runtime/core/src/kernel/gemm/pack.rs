//! Copies of parts of the operands, in the order in which the tiles read them.

use super::product::Product;
use super::tile::TERMS;
use super::vector::{Scalar, Vector};
use std::cell::Cell;

/// A line of the cache.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u8; 64]);

thread_local! {
    /// What the latest product gave back, for the next one.
    static BUFFER: Cell<Vec<Line>> = const { Cell::new(Vec::new()) };
}

/// Room for a block of `A` and a panel of `B`.
pub(super) struct Buffer(Vec<Line>);

/// Lines for a block of `A`: as many rows as there are in a block, but whole tiles.
const LEFT: usize = (1024 + 8 * 8) * TERMS / size_of::<Line>();

impl Buffer {
    /// The buffer of this thread.
    pub(super) fn take() -> Self {
        // A panel is at most three registers of 64 bytes wide.
        let lines = LEFT + 3 * TERMS;
        let mut buffer = BUFFER.try_with(Cell::take).unwrap_or_default();
        if buffer.is_empty() {
            buffer = vec![Line([0; 64]); lines];
        }
        Self(buffer)
    }

    /// Keeps the buffer for the next product of this thread.
    pub(super) fn give_back(self) {
        // A thread that ends has no next product.
        let _ = BUFFER.try_with(|buffer| buffer.set(self.0));
    }

    /// Where the block of `A` goes.
    pub(super) fn left<T>(&mut self) -> *mut T {
        self.0.as_mut_ptr().cast()
    }

    /// Where the panel of `B` goes.
    pub(super) fn right<V: Vector>(&mut self) -> *mut V::Scalar {
        // Not through a slice of the lines, which would be all of them borrowed anew.
        self.0.as_mut_ptr().wrapping_add(LEFT).cast()
    }
}

/// Copies a block of `A`, of which the columns are contiguous, tile by tile: the rows of a tile are
/// contiguous, and its terms follow each other.
///
/// # Safety
/// That of a [`Product`], and there is room for whole tiles.
#[inline(always)]
pub(super) unsafe fn pack_left<V: Vector>(p: Product<V::Scalar>, to: *mut V::Scalar) {
    let mut to = to;
    for first in (0..p.m).step_by(V::ROWS) {
        let p = p.rows(first, V::ROWS);
        let mut from = p.a;
        for _ in 0..p.k {
            // SAFETY: these are the rows of a tile in a column of `A`, and the room for them.
            unsafe {
                if p.m == V::ROWS {
                    from.copy_to_nonoverlapping(to, V::ROWS);
                } else {
                    from.copy_to_nonoverlapping(to, p.m);
                }
            }
            from = from.wrapping_offset(p.a_strides[1]);
            to = to.wrapping_add(V::ROWS);
        }
    }
}

/// Copies a panel of `B`, its rows filled up to whole vectors, and tells the length of a row.
///
/// # Safety
/// That of a [`Product`], the instruction set of `V` is enabled, and there is room for a panel.
#[inline(always)]
pub(super) unsafe fn pack_right<V: Vector>(p: Product<V::Scalar>, to: *mut V::Scalar) -> usize {
    let row = p.n.next_multiple_of(V::LEN);
    if p.b_strides[1] != 1 {
        // SAFETY: that of this function.
        unsafe { pack_columns(p, to, row) };
        return row;
    }
    let whole = row - V::LEN;
    // SAFETY: the mask has the columns behind the whole vectors.
    unsafe {
        let mask = V::first(p.n - whole);
        let (mut from, mut to) = (p.b, to);
        for _ in 0..p.k {
            for j in (0..whole).step_by(V::LEN) {
                V::load(from.add(j)).store(to.add(j));
            }
            V::load_masked(from.add(whole), mask).store(to.add(whole));
            from = from.wrapping_offset(p.b_strides[0]);
            to = to.wrapping_add(row);
        }
    }
    row
}

/// Copies a panel of `B`, of which the rows are not contiguous, to rows of length `row`.
///
/// # Safety
/// That of a [`Product`], and there is room for the rows.
#[inline(always)]
unsafe fn pack_columns<T: Scalar>(p: Product<T>, to: *mut T, row: usize) {
    let [term, column] = p.b_strides;
    let mut terms = 0;
    let whole = p.n - p.n % 4;
    // SAFETY: these are the elements of the panel, and the rows there is room for.
    unsafe {
        if term == 1 {
            terms = p.k - p.k % 4;
            for l in (0..terms).step_by(4) {
                for j in (0..whole).step_by(4) {
                    let from = p.b.offset(j.cast_signed() * column).add(l);
                    T::transpose(from, column, to.add(l * row + j), row);
                }
            }
        }
        for l in 0..p.k {
            let from = p.b.offset(l.cast_signed() * term);
            let first = if l < terms { whole } else { 0 };
            for j in first..row {
                let x = if j < p.n { *from.offset(j.cast_signed() * column) } else { T::ZERO };
                *to.add(l * row + j) = x;
            }
        }
    }
}
