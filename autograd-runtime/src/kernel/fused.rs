//! One pass over several arrays: an element-wise kernel with broadcasting, sums, and accumulation.
//!
//! The elements are visited in rows as long as possible: neighbouring axes along which all operands
//! go on with one stride are one axis. In a row each operand advances by one element or stays. Rows
//! that are too short for vector registers are visited several at once, what is repeated among them
//! being copied side by side.

use super::dispatch::{self, Program};
use super::lane::{Lane, MAX_LEN};
use super::map::ElementwiseKernel;
use super::pool;
use crate::Real;

mod axes;

use axes::Axes;

/// The elements that are computed before sums are put together.
const BLOCK: usize = 1024;
/// Rows shorter than this are visited several at once.
const SHORT: usize = 64;
/// Rows that are added to one partial sum, so that the rounding error grows slowly.
const ROWS: usize = 128;

/// An operand: a tensor of the dimensions `shape`, which are repeated to those of the pass.
#[derive(Clone, Copy)]
pub struct Input<'a, T> {
    pub(crate) data: &'a [T],
    pub(crate) shape: &'a [usize],
    /// Whether it is a cotangent. One without elements is zero.
    pub(crate) is_cotangent: bool,
}

/// Where an output goes.
pub(crate) enum Sink<'a, T> {
    /// Nowhere.
    None,
    /// The sum over all elements is added to a scalar.
    Sum(&'a mut T),
    /// Written over what is there.
    Write(&'a mut [T]),
    /// Added to a tensor of the dimensions `shape`, over the axes along which it is repeated too.
    Add { data: &'a mut [T], shape: &'a [usize] },
}

/// Runs a kernel over all elements of the dimensions `shape`.
pub(crate) fn run<T: Real, K, const I: usize, const O: usize>(
    kernel: &K,
    shape: &[usize],
    inputs: [Input<'_, T>; I],
    sinks: [Sink<'_, T>; O],
) where
    K: ElementwiseKernel<T, I, O>,
{
    let len: usize = shape.iter().product();
    if len == 0 {
        return;
    }
    let mut axes = Axes::<I, O>::new();
    for d in 0..shape.len() {
        let strides = inputs.each_ref().map(|input| {
            if input.data.is_empty() { 0 } else { axes::stride(input.shape, d, shape.len()) }
        });
        let written = sinks.each_ref().map(|sink| match sink {
            Sink::None | Sink::Sum(_) => 0,
            Sink::Write(_) => axes::stride(shape, d, shape.len()),
            Sink::Add { shape: own, .. } => axes::stride(own, d, shape.len()),
        });
        axes.push(shape[d], strides, written);
    }
    dispatch::run(Fused { kernel, axes, len, inputs: inputs.map(|input| input.data), sinks });
}

struct Fused<'k, 'a, T, K, const I: usize, const O: usize> {
    kernel: &'k K,
    axes: Axes<I, O>,
    len: usize,
    inputs: [&'a [T]; I],
    sinks: [Sink<'a, T>; O],
}

impl<T: Real, K, const I: usize, const O: usize> Program for Fused<'_, '_, T, K, I, O>
where
    K: ElementwiseKernel<T, I, O>,
{
    type Scalar = T;
    type Output = ();

    #[inline(always)]
    fn run<L: Lane<Scalar = T>>(mut self) {
        let mut totals = [Total { sum: T::ZERO, lost: T::ZERO }; O];
        if self.axes.row() < SHORT && self.axes.rows(self.len) > 1 {
            self.short_rows::<L>(&mut totals);
        } else {
            self.long_rows::<L>(&mut totals);
        }
        for (sink, total) in self.sinks.iter_mut().zip(totals) {
            if let Sink::Sum(sum) = sink {
                **sum += total.value();
            }
        }
    }
}

/// What an input is in a block.
#[derive(Clone, Copy)]
enum Source<'a, T> {
    Elements(&'a [T]),
    Same(T),
}

/// Where an output of a block goes.
enum Dest<'a, T> {
    None,
    Write(&'a mut [T]),
    Add(&'a mut [T]),
    Sum(&'a mut Total<T>),
    Element(&'a mut T),
}

impl<'k, 'a, T: Real, K, const I: usize, const O: usize> Fused<'k, 'a, T, K, I, O>
where
    K: ElementwiseKernel<T, I, O>,
{
    /// Rows that fill registers, one after the other, each in blocks.
    #[inline(always)]
    fn long_rows<L: Lane<Scalar = T>>(&mut self, totals: &mut [Total<T>; O]) {
        let (n, rows) = (self.axes.row(), self.axes.rows(self.len));
        let kernel: &'k K = self.kernel;
        let mut partial = self.partial_sums(n, rows);
        for row in 0..rows {
            let mut start = 0;
            while start < n {
                let end = n.min(start + BLOCK);
                let sources = self.sources(row, start, end);
                let mut dests = self.dests(&mut partial, totals, row, start, end);
                block::<T, L, K, I, O>(kernel, &sources, &mut dests, end - start);
                start = end;
            }
            if (row + 1) % ROWS == 0 || row + 1 == rows {
                self.add_partial_sums(&mut partial);
            }
        }
        partial.into_iter().for_each(pool::recycle);
    }

    /// Room for the sums of some rows, for each output that sums many rows to one.
    fn partial_sums(&self, n: usize, rows: usize) -> [Vec<T>; O] {
        let mut partial = [const { Vec::new() }; O];
        for (o, (partial, sink)) in partial.iter_mut().zip(&self.sinks).enumerate() {
            if matches!(sink, Sink::Add { .. }) && rows > ROWS && self.axes.sums_rows(o) {
                *partial = pool::filled(T::ZERO, n);
            }
        }
        partial
    }

    fn add_partial_sums(&mut self, partial: &mut [Vec<T>; O]) {
        for (sink, partial) in self.sinks.iter_mut().zip(partial) {
            if let Sink::Add { data, .. } = sink {
                for (sum, part) in data.iter_mut().zip(partial) {
                    *sum += std::mem::take(part);
                }
            }
        }
    }

    fn sources(&self, row: usize, start: usize, end: usize) -> [Source<'a, T>; I] {
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
        sources
    }

    fn dests<'d>(
        &'d mut self,
        partial: &'d mut [Vec<T>; O],
        totals: &'d mut [Total<T>; O],
        row: usize,
        start: usize,
        end: usize,
    ) -> [Dest<'d, T>; O] {
        let mut o = 0;
        let mut partial = partial.iter_mut();
        let mut totals = totals.iter_mut();
        let axes = &self.axes;
        self.sinks.each_mut().map(|sink| {
            let (at, step) = axes.output(o, row);
            o += 1;
            let (partial, total) = (partial.next(), totals.next());
            match (sink, partial, total) {
                (Sink::Sum(_), _, Some(total)) => Dest::Sum(total),
                (Sink::Write(data), ..) => Dest::Write(&mut data[at + start..at + end]),
                (Sink::Add { .. }, Some(partial), _) if !partial.is_empty() => {
                    Dest::Add(&mut partial[start..end])
                }
                (Sink::Add { data, .. }, ..) => match step {
                    0 => Dest::Element(&mut data[at]),
                    _ => Dest::Add(&mut data[at + start..at + end]),
                },
                _ => Dest::None,
            }
        })
    }

    /// Rows that are too short for registers, as many at once as make a block.
    #[inline(always)]
    fn short_rows<L: Lane<Scalar = T>>(&mut self, totals: &mut [Total<T>; O]) {
        let (n, rows) = (self.axes.row(), self.axes.rows(self.len));
        let at_once = (BLOCK / n / MAX_LEN * MAX_LEN).min(rows);
        let mut gathered = [(); I].map(|()| pool::with_capacity::<T>(at_once * n));
        let mut scattered = [(); O].map(|()| pool::with_capacity::<T>(at_once * n));
        let mut first = 0;
        while first < rows {
            let last = rows.min(first + at_once);
            let len = (last - first) * n;
            let mut sources = [Source::Same(T::ZERO); I];
            for (i, (source, gathered)) in sources.iter_mut().zip(&mut gathered).enumerate() {
                let data = self.inputs[i];
                if data.is_empty() {
                    continue;
                }
                *source = if self.axes.is_same(i) {
                    Source::Same(data[0])
                } else if data.len() == self.len {
                    Source::Elements(&data[first * n..first * n + len])
                } else {
                    self.axes.gather(i, data, first..last, gathered);
                    Source::Elements(gathered)
                };
            }
            let mut dests = [const { Dest::None }; O];
            let outputs = dests.iter_mut().zip(&mut self.sinks).zip(&mut scattered);
            for (((dest, sink), scattered), total) in outputs.zip(totals.iter_mut()) {
                *dest = match sink {
                    Sink::None => Dest::None,
                    Sink::Sum(_) => Dest::Sum(total),
                    Sink::Write(data) => Dest::Write(&mut data[first * n..first * n + len]),
                    Sink::Add { data, .. } if data.len() == self.len => {
                        Dest::Add(&mut data[first * n..first * n + len])
                    }
                    Sink::Add { .. } => {
                        scattered.resize(len, T::ZERO);
                        Dest::Write(scattered)
                    }
                };
            }
            block::<T, L, K, I, O>(self.kernel, &sources, &mut dests, len);
            for (o, (sink, scattered)) in self.sinks.iter_mut().zip(&mut scattered).enumerate() {
                if let (Sink::Add { data, .. }, false) = (sink, scattered.is_empty()) {
                    self.axes.scatter(o, scattered, first..last, data);
                }
            }
            first = last;
        }
        gathered.into_iter().chain(scattered).for_each(pool::recycle);
    }
}

/// The kernel over the elements of a block.
#[inline(always)]
fn block<T: Real, L: Lane<Scalar = T>, K, const I: usize, const O: usize>(
    kernel: &K,
    sources: &[Source<'_, T>; I],
    dests: &mut [Dest<'_, T>; O],
    len: usize,
) where
    K: ElementwiseKernel<T, I, O>,
{
    let zero = L::splat(T::ZERO);
    let mut same = [zero; I];
    for i in 0..I {
        if let Source::Same(x) = sources[i] {
            same[i] = L::splat(x);
        }
    }
    let mut sums = [zero; O];
    let mut at = 0;
    while at + L::LEN <= len {
        let mut lanes = same;
        for i in 0..I {
            if let Source::Elements(elements) = sources[i] {
                lanes[i] = L::load(&elements[at..at + L::LEN]);
            }
        }
        let results = kernel.eval(lanes);
        for o in 0..O {
            match &mut dests[o] {
                Dest::Write(to) => results[o].store(&mut to[at..at + L::LEN]),
                Dest::Add(to) => {
                    let to = &mut to[at..at + L::LEN];
                    (L::load(to) + results[o]).store(to);
                }
                Dest::Sum(_) | Dest::Element(_) => sums[o] = sums[o] + results[o],
                Dest::None => {}
            }
        }
        at += L::LEN;
    }
    let mut rests = [T::ZERO; O];
    if at < len {
        let mut lanes = same;
        for i in 0..I {
            if let Source::Elements(elements) = sources[i] {
                let rest = &elements[at..len];
                // SAFETY: the slice has so many elements.
                lanes[i] = unsafe { L::load_first_from(rest.as_ptr(), rest.len(), T::ZERO) };
            }
        }
        let results = kernel.eval(lanes);
        for o in 0..O {
            let mut scalars = [T::ZERO; MAX_LEN];
            results[o].store(&mut scalars);
            let scalars = &scalars[..len - at];
            match &mut dests[o] {
                Dest::Write(to) => to[at..len].copy_from_slice(scalars),
                Dest::Add(to) => {
                    for (to, x) in to[at..len].iter_mut().zip(scalars) {
                        *to += *x;
                    }
                }
                Dest::Sum(_) | Dest::Element(_) => {
                    for x in scalars {
                        rests[o] += *x;
                    }
                }
                Dest::None => {}
            }
        }
    }
    for o in 0..O {
        match &mut dests[o] {
            Dest::Sum(total) => total.add(sums[o].reduce_sum() + rests[o]),
            Dest::Element(sum) => **sum += sums[o].reduce_sum() + rests[o],
            _ => {}
        }
    }
}

/// A sum of many numbers, with what its roundings lost.
#[derive(Clone, Copy)]
struct Total<T> {
    sum: T,
    lost: T,
}

impl<T: Real> Total<T> {
    #[inline]
    fn add(&mut self, x: T) {
        let sum = self.sum + x;
        self.lost +=
            if self.sum.abs() >= x.abs() { (self.sum - sum) + x } else { (x - sum) + self.sum };
        self.sum = sum;
    }

    fn value(self) -> T {
        // What is infinite has lost nothing.
        if self.lost.is_finite() { self.sum + self.lost } else { self.sum }
    }
}

#[cfg(test)]
mod tests;
