//! A pass over all elements, in parts.

use super::axes::{Axes, fold};
use super::division::{Area, Division};
use super::walk::Walk;
use super::{Sink, Total};
use crate::Real;
use crate::kernel::pool::{self, Scratch};
use crate::kernel::threads::{Shared, for_each_chunk};

/// The fewest elements that are worth another thread, which may take some ten microseconds to wake.
const WORTH: usize = 1 << 17;

/// Where an output goes, in memory that all parts of a pass have.
pub(super) enum Out<'a, T> {
    None,
    Sum,
    /// What was there is not read.
    Write(Shared<'a, T>),
    Add(Shared<'a, T>),
}

impl<T> Clone for Out<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Out<'_, T> {}

/// What is computed from where to where.
pub(super) struct Pass<'a, T, const I: usize, const O: usize> {
    pub(super) axes: Axes<I, O>,
    /// The number of elements.
    pub(super) len: usize,
    pub(super) inputs: [&'a [T]; I],
    pub(super) outs: [Out<'a, T>; O],
}

/// How a part of a pass is computed.
pub(super) type Visit<'v, T, const I: usize, const O: usize> =
    &'v (dyn Fn(Walk<'_, T, I, O>) -> [Total<T>; O] + Sync);

impl<'a, T: Real, const I: usize, const O: usize> Pass<'a, T, I, O> {
    pub(super) fn new(
        axes: Axes<I, O>,
        len: usize,
        inputs: [&'a [T]; I],
        sinks: &'a mut [Sink<'_, T>; O],
    ) -> Self {
        let outs = sinks.each_mut().map(|sink| match sink {
            Sink::None => Out::None,
            Sink::Sum(_) => Out::Sum,
            Sink::New(list) => Out::Write(Shared::spare(list, len)),
            Sink::Add { data, .. } => Out::Add(Shared::new(data)),
        });
        Self { axes, len, inputs, outs }
    }

    /// Computes all elements, and gives the sums over them.
    pub(super) fn run(&self, visit: Visit<'_, T, I, O>) -> [Total<T>; O] {
        let (rows, columns) = (self.axes.rows(self.len), self.axes.row());
        let division = Division::of(rows, columns, |by_columns| self.apart(by_columns));
        match division.parts() {
            1 => {
                let area = Area { rows: 0..rows, columns: 0..columns };
                visit(Walk::new(self, self.outs, area))
            }
            parts => self.run_parts(&division, parts, visit),
        }
    }

    fn run_parts(
        &self,
        division: &Division,
        parts: usize,
        visit: Visit<'_, T, I, O>,
    ) -> [Total<T>; O] {
        let apart = self.apart(division.by_columns);
        let mut sums = Scratch::of(pool::filled(T::ZERO, parts * apart));
        // The sum of each output, and what it lost: the pool keeps scalars.
        let mut totals = Scratch::of(pool::filled(T::ZERO, parts * 2 * O));
        let (all_sums, all_totals) = (Shared::new(&mut sums), Shared::new(&mut totals));
        let chunk = if self.len < WORTH { parts } else { 1 };
        for_each_chunk(parts, chunk, |range| {
            for part in range {
                let sums = all_sums.part(part * apart..(part + 1) * apart);
                let outs = self.outs_apart(division.by_columns, sums);
                let results = visit(Walk::new(self, outs, division.area(part)));
                // SAFETY: this place is that of the part.
                let totals = unsafe { all_totals.part(part * 2 * O..(part + 1) * 2 * O).as_mut() };
                for (to, Total { sum, lost }) in totals.chunks_exact_mut(2).zip(results) {
                    to.copy_from_slice(&[sum, lost]);
                }
            }
        });
        fold(&mut sums, apart, parts);
        self.add_apart(division.by_columns, &sums);
        let mut all = [Total::ZERO; O];
        for (pair, i) in totals.chunks_exact(2).zip((0..O).cycle()) {
            all[i].add_total(Total { sum: pair[0], lost: pair[1] });
        }
        all
    }

    /// How many elements are summed by several parts.
    fn apart(&self, by_columns: bool) -> usize {
        (0..O).filter_map(|o| self.is_apart(o, by_columns)).map(Shared::len).sum()
    }

    /// The elements of an output, if several parts add to the same ones.
    fn is_apart(&self, o: usize, by_columns: bool) -> Option<Shared<'a, T>> {
        match self.outs[o] {
            Out::Add(all) if self.axes.is_met_again(o, by_columns) => Some(all),
            _ => None,
        }
    }

    /// The outputs of a part, which sums to memory of its own what others add to.
    fn outs_apart<'s>(&self, by_columns: bool, sums: Shared<'s, T>) -> [Out<'s, T>; O]
    where
        'a: 's,
    {
        let (mut outs, mut at): ([Out<'s, T>; O], _) = (self.outs, 0);
        for (o, out) in outs.iter_mut().enumerate() {
            if let Some(all) = self.is_apart(o, by_columns) {
                *out = Out::Add(sums.part(at..at + all.len()));
                at += all.len();
            }
        }
        outs
    }

    /// Adds what the parts have summed on their own.
    fn add_apart(&self, by_columns: bool, sums: &[T]) {
        let mut at = 0;
        for all in (0..O).filter_map(|o| self.is_apart(o, by_columns)) {
            // SAFETY: no part runs any more.
            let to = unsafe { all.as_mut() };
            to.iter_mut().zip(&sums[at..]).for_each(|(to, sum)| *to += *sum);
            at += to.len();
        }
    }
}
