//! The blocks of a pass, one after the other.

use super::axes::Axes;
use super::{Dest, Sink, Source, Total};
use crate::Real;
use crate::kernel::lane::MAX_LEN;
use crate::kernel::pool;
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

/// The way over all elements. A block is a part of a long row, or some short rows.
pub(super) struct Walk<'a, T, const I: usize, const O: usize> {
    axes: Axes<I, O>,
    len: usize,
    inputs: [&'a [T]; I],
    sinks: [Sink<'a, T>; O],
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
    pub(super) fn new(
        axes: Axes<I, O>,
        len: usize,
        inputs: [&'a [T]; I],
        sinks: [Sink<'a, T>; O],
    ) -> Self {
        let (n, count) = (axes.row(), axes.rows(len));
        let is_short = n < SHORT && count > 1;
        let at_once = if is_short { (BLOCK / n / MAX_LEN * MAX_LEN).min(count) } else { 0 };
        let mut walk = Self {
            axes,
            len,
            inputs,
            sinks,
            totals: [Total { sum: T::ZERO, lost: T::ZERO }; O],
            gathered: [const { Vec::new() }; I],
            partial: [const { Vec::new() }; O],
            at_once,
            rows: 0..0,
            elements: 0..0,
        };
        walk.make_room(n, count);
        walk
    }

    fn make_room(&mut self, n: usize, count: usize) {
        for (i, (gathered, data)) in self.gathered.iter_mut().zip(&self.inputs).enumerate() {
            if self.at_once > 0 && data.len() != self.len && !self.axes.is_same(i) {
                *gathered = pool::with_capacity(self.at_once * n);
            }
        }
        for (o, (partial, sink)) in self.partial.iter_mut().zip(&self.sinks).enumerate() {
            let Sink::Add { data, .. } = sink else { continue };
            if self.at_once > 0 && data.len() != self.len {
                *partial = pool::with_capacity(self.at_once * n);
            } else if self.at_once == 0 && count > ROWS && self.axes.sums_rows(o) {
                *partial = pool::filled(T::ZERO, n);
            }
        }
    }

    /// The next block.
    pub(super) fn next(&mut self) -> Option<Next<'_, T, I, O>> {
        let (n, count) = (self.axes.row(), self.axes.rows(self.len));
        if self.at_once > 0 {
            self.rows = self.rows.end..count.min(self.rows.end + self.at_once);
            return (!self.rows.is_empty()).then(|| self.short_rows(n));
        }
        if self.elements.end == n {
            self.elements.end = 0;
        }
        if self.elements.end == 0 {
            self.rows = self.rows.end..self.rows.end + 1;
        }
        self.elements = self.elements.end..n.min(self.elements.end + BLOCK);
        (self.rows.start < count).then(|| self.part_of_row())
    }

    /// Puts together what a block has left behind.
    pub(super) fn finish(&mut self) {
        if self.at_once > 0 {
            for (o, (sink, partial)) in self.sinks.iter_mut().zip(&mut self.partial).enumerate() {
                if let (Sink::Add { data, .. }, false) = (sink, partial.is_empty()) {
                    self.axes.scatter(o, partial, self.rows.clone(), data);
                }
            }
            return;
        }
        let rows = self.rows.end;
        let row_ends = self.elements.end == self.axes.row();
        if row_ends && (rows.is_multiple_of(ROWS) || rows == self.axes.rows(self.len)) {
            for (sink, partial) in self.sinks.iter_mut().zip(&mut self.partial) {
                if let Sink::Add { data, .. } = sink {
                    for (sum, part) in data.iter_mut().zip(partial) {
                        *sum += std::mem::take(part);
                    }
                }
            }
        }
    }

    /// Gives the sums to where they go.
    pub(super) fn end(self) {
        for (sink, total) in self.sinks.into_iter().zip(self.totals) {
            if let Sink::Sum(sum) = sink {
                *sum += total.value();
            }
        }
        self.gathered.into_iter().chain(self.partial).for_each(pool::give);
    }

    fn part_of_row(&mut self) -> Next<'_, T, I, O> {
        let (row, Range { start, end }) = (self.rows.start, self.elements.clone());
        let mut sources = [Source::Same(T::ZERO); I];
        for (i, (source, data)) in sources.iter_mut().zip(self.inputs).enumerate() {
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
        let outputs = dests.iter_mut().zip(&mut self.sinks).zip(&mut self.partial);
        for (o, (((dest, sink), partial), total)) in outputs.zip(&mut self.totals).enumerate() {
            let (at, step) = self.axes.output(o, row);
            *dest = match sink {
                Sink::None => Dest::None,
                Sink::Sum(_) => Dest::Sum(total),
                Sink::Write(data) => Dest::Write(&mut data[at + start..at + end]),
                Sink::Add { .. } if !partial.is_empty() => Dest::Add(&mut partial[start..end]),
                Sink::Add { data, .. } => match step {
                    0 => Dest::Element(&mut data[at]),
                    _ => Dest::Add(&mut data[at + start..at + end]),
                },
            };
        }
        Next { sources, dests, len: end - start }
    }

    fn short_rows(&mut self, n: usize) -> Next<'_, T, I, O> {
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
        let outputs = dests.iter_mut().zip(&mut self.sinks).zip(&mut self.partial);
        for (((dest, sink), partial), total) in outputs.zip(&mut self.totals) {
            *dest = match sink {
                Sink::None => Dest::None,
                Sink::Sum(_) => Dest::Sum(total),
                Sink::Write(data) => Dest::Write(&mut data[place.clone()]),
                Sink::Add { data, .. } if data.len() == self.len => {
                    Dest::Add(&mut data[place.clone()])
                }
                Sink::Add { .. } => {
                    partial.resize(place.len(), T::ZERO);
                    Dest::Write(partial)
                }
            };
        }
        Next { sources, dests, len: place.len() }
    }
}
