//! The blocks of a part of a pass, one after the other.

use super::axes::Axes;
use super::division::Area;
use super::pass::{Out, Pass};
use super::{Dest, Source, Total};
use crate::Real;
use crate::kernel::lane::MAX_LEN;
use crate::kernel::pool;
use crate::kernel::threads::Shared;
use std::ops::Range;

/// The elements that are computed before sums are put together.
const BLOCK: usize = 1024;
/// Rows shorter than this are visited several at once.
const SHORT: usize = 64;
/// Rows that are added to one partial sum, so that the rounding error grows slowly.
const ROWS: usize = 128;

/// What is computed next.
pub(super) struct Next<'w, T, const I: usize, const O: usize> {
    pub(super) sources: [Source<'w, T>; I],
    pub(super) dests: [Dest<'w, T>; O],
    pub(super) len: usize,
}

/// The way over the elements of an area, of which nobody else writes those of the outputs. A block is a
/// part of a long row, or some short rows.
pub(super) struct Walk<'a, T, const I: usize, const O: usize> {
    axes: &'a Axes<I, O>,
    /// The number of elements of the pass.
    len: usize,
    area: Area,
    inputs: [&'a [T]; I],
    outs: [Out<'a, T>; O],
    totals: [Total<T>; O],
    /// Of short rows, what is repeated among them, side by side.
    gathered: [Vec<T>; I],
    /// Of short rows, what is summed over their axes; of long rows, the sums of some of them.
    partial: [Vec<T>; O],
    /// How many rows make a block; 0 if they are long.
    at_once: usize,
    /// The rows of the block, and its elements in a long row.
    rows: Range<usize>,
    elements: Range<usize>,
}

impl<'a, T: Real, const I: usize, const O: usize> Walk<'a, T, I, O> {
    pub(super) fn new(pass: &'a Pass<'_, T, I, O>, outs: [Out<'a, T>; O], area: Area) -> Self {
        let (n, count) = (pass.axes.row(), area.rows.len());
        let is_short = n < SHORT && count > 1;
        let at_once = if is_short { (BLOCK / n / MAX_LEN * MAX_LEN).min(count) } else { 0 };
        let mut walk = Self {
            axes: &pass.axes,
            len: pass.len,
            inputs: pass.inputs,
            outs,
            totals: [Total::ZERO; O],
            gathered: [const { Vec::new() }; I],
            partial: [const { Vec::new() }; O],
            at_once,
            rows: area.rows.start..area.rows.start,
            elements: area.columns.end..area.columns.end,
            area,
        };
        walk.make_room();
        walk
    }

    fn make_room(&mut self) {
        let block = self.at_once * self.axes.row();
        for (i, (gathered, data)) in self.gathered.iter_mut().zip(&self.inputs).enumerate() {
            if self.at_once > 0 && data.len() != self.len && !self.axes.is_same(i) {
                *gathered = pool::with_capacity(block);
            }
        }
        for (o, (partial, out)) in self.partial.iter_mut().zip(&self.outs).enumerate() {
            let Out::Add(data) = out else { continue };
            if self.at_once > 0 && data.len() != self.len {
                *partial = pool::with_capacity(block);
            } else if self.at_once == 0 && self.area.rows.len() > ROWS && self.axes.sums_rows(o) {
                *partial = pool::filled(T::ZERO, self.area.columns.len());
            }
        }
    }

    /// The next block. Inlined, as all that is done for each row: a row may be as short as a few registers.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<Next<'_, T, I, O>> {
        let Area { rows, columns } = &self.area;
        if self.at_once > 0 {
            self.rows = self.rows.end..rows.end.min(self.rows.end + self.at_once);
            return (!self.rows.is_empty()).then(|| self.short_rows());
        }
        if self.elements.end == columns.end {
            self.elements.end = columns.start;
            self.rows = self.rows.end..self.rows.end + 1;
        }
        self.elements = self.elements.end..columns.end.min(self.elements.end + BLOCK);
        (self.rows.start < rows.end).then(|| self.part_of_row())
    }

    /// Puts together what a block has left behind.
    #[inline(always)]
    pub(super) fn finish(&mut self) {
        if self.at_once > 0 {
            return self.finish_short_rows();
        }
        let visited = self.rows.end - self.area.rows.start;
        let is_last = self.rows.end == self.area.rows.end;
        if self.elements.end == self.area.columns.end && (visited.is_multiple_of(ROWS) || is_last) {
            self.finish_rows();
        }
    }

    #[inline(never)]
    fn finish_rows(&mut self) {
        for (out, partial) in self.outs.iter().zip(&mut self.partial) {
            if let (Out::Add(data), false) = (out, partial.is_empty()) {
                // SAFETY: they belong to the area.
                let data = unsafe { data.part(self.area.columns.clone()).as_mut() };
                for (sum, part) in data.iter_mut().zip(partial) {
                    *sum += std::mem::take(part);
                }
            }
        }
    }

    #[inline(never)]
    fn finish_short_rows(&mut self) {
        for (o, (out, partial)) in self.outs.iter().zip(&mut self.partial).enumerate() {
            if let (Out::Add(data), false) = (out, partial.is_empty()) {
                // SAFETY: they belong to the area.
                unsafe { self.axes.scatter(o, partial, self.rows.clone(), *data) };
            }
        }
    }

    /// The sums over all elements.
    pub(super) fn end(self) -> [Total<T>; O] {
        self.gathered.into_iter().chain(self.partial).for_each(pool::give);
        self.totals
    }

    #[inline(always)]
    fn part_of_row(&mut self) -> Next<'_, T, I, O> {
        let (row, Range { start, end }) = (self.rows.start, self.elements.clone());
        let mut sources = [Source::Same(T::ZERO); I];
        for (i, (source, data)) in sources.iter_mut().zip(&self.inputs).enumerate() {
            if data.is_empty() {
                continue;
            }
            let (at, step) = self.axes.input(i, row);
            *source = match step {
                0 => Source::Same(data[at]),
                _ => Source::Elements(&data[at + start..at + end]),
            };
        }
        let mut dests = [const { Dest::None }; O];
        let sums = self.totals.iter_mut().zip(&mut self.partial);
        for (o, ((total, partial), dest)) in sums.zip(&mut dests).enumerate() {
            *dest = match self.outs[o] {
                Out::None => Dest::None,
                Out::Sum => Dest::Sum(total),
                Out::Write(data) => {
                    let (at, _) = self.axes.output(o, row);
                    Dest::Write(data.part(at + start..at + end))
                }
                Out::Add(_) if !partial.is_empty() => {
                    let before = self.area.columns.start;
                    Dest::Add(&mut partial[start - before..end - before])
                }
                Out::Add(data) => match self.axes.output(o, row) {
                    // SAFETY: the element belongs to the area, and this is its only block now.
                    (at, 0) => unsafe { Dest::Element(&mut data.part(at..at + 1).as_mut()[0]) },
                    // SAFETY: as above.
                    (at, _) => unsafe { Dest::Add(data.part(at + start..at + end).as_mut()) },
                },
            };
        }
        Next { sources, dests, len: end - start }
    }

    #[inline(never)]
    fn short_rows(&mut self) -> Next<'_, T, I, O> {
        let n = self.axes.row();
        let place = self.rows.start * n..self.rows.end * n;
        let mut sources = [Source::Same(T::ZERO); I];
        for (i, (source, gathered)) in sources.iter_mut().zip(&mut self.gathered).enumerate() {
            let data = self.inputs[i];
            if data.is_empty() {
                continue;
            }
            *source = if data.len() == self.len {
                Source::Elements(&data[place.clone()])
            } else if self.axes.is_same(i) {
                Source::Same(data[0])
            } else {
                self.axes.gather(i, data, self.rows.clone(), gathered);
                Source::Elements(gathered)
            };
        }
        let mut dests = [const { Dest::None }; O];
        let outputs = dests.iter_mut().zip(&self.outs).zip(&mut self.partial);
        for (((dest, out), partial), total) in outputs.zip(&mut self.totals) {
            *dest = match *out {
                Out::None => Dest::None,
                Out::Sum => Dest::Sum(total),
                Out::Write(data) => Dest::Write(data.part(place.clone())),
                // SAFETY: the elements belong to the area, and this is its only block now.
                Out::Add(data) if data.len() == self.len => unsafe {
                    Dest::Add(data.part(place.clone()).as_mut())
                },
                Out::Add(_) => {
                    partial.resize(place.len(), T::ZERO);
                    Dest::Write(Shared::new(partial))
                }
            };
        }
        Next { sources, dests, len: place.len() }
    }
}
