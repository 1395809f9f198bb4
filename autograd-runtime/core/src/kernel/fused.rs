//! One pass over several arrays: an element-wise kernel with broadcasting, sums, and accumulation.
//!
//! The elements are visited in rows as long as possible: neighbouring axes along which all operands
//! go on with one stride are one axis. In a row each operand advances by one element or stays. Rows
//! that are too short for vector registers are visited several at once, what is repeated among them
//! being copied side by side.

use super::dispatch::{Program, Set, run_on};
use super::lane::{Lane, MAX_LEN};
use super::map::ElementwiseKernel;
use super::threads::Shared;
use crate::Real;

mod axes;
mod division;
mod pass;
mod walk;

use axes::Axes;
use pass::Pass;
use walk::Walk;

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
    /// Appended to a list that has room for them.
    New(&'a mut Vec<T>),
    /// Added to a tensor of the dimensions `shape`, over the axes along which it is repeated too.
    Add { data: &'a mut [T], shape: &'a [usize] },
}

/// Runs a kernel over all elements of the dimensions `shape`.
pub(crate) fn run<T: Real, K, const I: usize, const O: usize>(
    kernel: &K,
    shape: &[usize],
    inputs: [Input<'_, T>; I],
    mut sinks: [Sink<'_, T>; O],
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
            Sink::New(_) => axes::stride(shape, d, shape.len()),
            Sink::Add { shape: own, .. } => axes::stride(own, d, shape.len()),
        });
        axes.push(shape[d], strides, written);
    }
    let pass = Pass::new(axes, len, inputs.map(|input| input.data), &mut sinks);
    let set = Set::best();
    // SAFETY: the machine has the best set that it has.
    let totals = pass.run(&|walk| unsafe { run_on(set, Fused { kernel, walk }) });
    for (sink, total) in sinks.into_iter().zip(totals) {
        match sink {
            Sink::Sum(sum) => *sum += total.value(),
            // SAFETY: there was room, and all elements have been written, each in its block.
            Sink::New(list) => unsafe { list.set_len(list.len() + len) },
            Sink::None | Sink::Add { .. } => {}
        }
    }
}

/// A kernel, and where it goes.
struct Fused<'k, 'a, T, K, const I: usize, const O: usize> {
    kernel: &'k K,
    walk: Walk<'a, T, I, O>,
}

impl<T: Real, K, const I: usize, const O: usize> Program for Fused<'_, '_, T, K, I, O>
where
    K: ElementwiseKernel<T, I, O>,
{
    type Scalar = T;
    type Output = [Total<T>; O];

    #[inline(always)]
    fn run<L: Lane<Scalar = T>>(mut self) -> [Total<T>; O] {
        while let Some(mut next) = self.walk.next() {
            block::<T, L, K, I, O>(self.kernel, &next.sources, &mut next.dests, next.len);
            self.walk.finish();
        }
        self.walk.end()
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
    /// What was there is not read, and need not be initialised.
    Write(Shared<'a, T>),
    Add(&'a mut [T]),
    Sum(&'a mut Total<T>),
    Element(&'a mut T),
}

/// What is done with an output of a block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    None,
    Write,
    Add,
    Sum,
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
    // Copies that nothing which is written can change: they stay in registers.
    let mut same = [zero; I];
    let mut from = [std::ptr::null(); I];
    for i in 0..I {
        match sources[i] {
            Source::Same(x) => same[i] = L::splat(x),
            Source::Elements(elements) => {
                assert!(elements.len() == len, "an input of a block");
                from[i] = elements.as_ptr();
            }
        }
    }
    let mut kinds = [Kind::None; O];
    let mut to = [std::ptr::null_mut(); O];
    for o in 0..O {
        kinds[o] = match &mut dests[o] {
            Dest::None => Kind::None,
            Dest::Sum(_) | Dest::Element(_) => Kind::Sum,
            Dest::Write(elements) => {
                assert!(elements.len() == len, "an output of a block");
                to[o] = elements.start();
                Kind::Write
            }
            Dest::Add(elements) => {
                assert!(elements.len() == len, "an output of a block");
                to[o] = elements.as_mut_ptr();
                Kind::Add
            }
        };
    }
    let mut sums = [zero; O];
    let mut at = 0;
    while at + L::LEN <= len {
        let mut lanes = same;
        for i in 0..I {
            if !from[i].is_null() {
                // SAFETY: there are `len` elements, and `at + L::LEN` is not more.
                lanes[i] = unsafe { L::load_from(from[i].add(at)) };
            }
        }
        let results = kernel.eval(lanes);
        for o in 0..O {
            // One question after the other: a table of jumps takes longer than a short kernel.
            if kinds[o] == Kind::Write {
                // SAFETY: as above; nothing else reads or writes them meanwhile.
                unsafe { results[o].store_to(to[o].add(at)) }
            } else if kinds[o] == Kind::Add {
                // SAFETY: as above.
                unsafe {
                    let to = to[o].add(at);
                    (L::load_from(to) + results[o]).store_to(to);
                }
            } else if kinds[o] == Kind::Sum {
                sums[o] = sums[o] + results[o];
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
                // SAFETY: there are `len` elements, `len - at` from there on.
                Dest::Write(_) => unsafe { results[o].store_first_to(to[o].add(at), len - at) },
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
    const ZERO: Self = Self { sum: T::ZERO, lost: T::ZERO };

    /// Adds the sum of a part.
    fn add_total(&mut self, other: Self) {
        self.add(other.sum);
        self.lost += other.lost;
    }

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
