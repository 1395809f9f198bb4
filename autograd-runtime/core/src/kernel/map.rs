//! Element-wise computations: the loops over arrays.

use super::dispatch::{Program, Set, run, run_on};
use super::lane::Lane;
use super::threads;
use crate::Real;
use crate::kernel::pool;
use std::marker::PhantomData;
use std::ops::Range;

/// The fewest elements that are worth another thread: a cheap operation on them takes as long as it may
/// take to wake one, some ten microseconds.
const WORTH: usize = 1 << 18;
/// Parts have so many elements, so that a thread that is held up holds up little.
const PART: usize = 1 << 15;

/// An element-wise computation of `INPUTS` values that gives `OUTPUTS`, written once for all lanes.
///
/// Large arrays are divided among threads, which is why it is `Sync`.
pub trait ElementwiseKernel<T: Real, const INPUTS: usize, const OUTPUTS: usize>: Sync {
    /// The values for one lane of each input. To be marked `#[inline(always)]`.
    fn eval<L: Lane<Scalar = T>>(&self, inputs: [L; INPUTS]) -> [L; OUTPUTS];
}

/// Runs a kernel on the elements of `inputs` and writes what it gives to `outputs`.
///
/// The result for an element does not depend on where it stands.
///
/// # Panics
/// If the slices are not all of one length.
#[inline]
#[track_caller]
pub fn map<T: Real, const INPUTS: usize, const OUTPUTS: usize>(
    kernel: &impl ElementwiseKernel<T, INPUTS, OUTPUTS>,
    inputs: [&[T]; INPUTS],
    outputs: [&mut [T]; OUTPUTS],
) {
    let len = outputs.first().map_or(0, |output| output.len());
    let fits = inputs.iter().all(|input| input.len() == len)
        && outputs.iter().all(|output| output.len() == len);
    assert!(fits, "the inputs and outputs of an element-wise computation are not of one length");
    let inputs = inputs.map(<[T]>::as_ptr);
    let outputs = outputs.map(<[T]>::as_mut_ptr);
    // SAFETY: the slices have so many elements, and those that are written are borrowed mutably.
    unsafe { Map::new(kernel, inputs, outputs, len) }.run_divided();
}

/// [`map`] into new memory.
///
/// # Panics
/// If the slices are not all of one length.
#[inline]
#[track_caller]
pub fn collect<T: Real, const INPUTS: usize, const OUTPUTS: usize>(
    kernel: &impl ElementwiseKernel<T, INPUTS, OUTPUTS>,
    inputs: [&[T]; INPUTS],
) -> [Vec<T>; OUTPUTS] {
    let len = inputs.first().map_or(0, |input| input.len());
    let fits = inputs.iter().all(|input| input.len() == len);
    assert!(fits, "the inputs of an element-wise computation are not of one length");
    let mut vectors = [const { Vec::new() }; OUTPUTS];
    let mut outputs = [std::ptr::null_mut(); OUTPUTS];
    for (vector, output) in vectors.iter_mut().zip(&mut outputs) {
        *vector = pool::with_capacity(len);
        *output = vector.as_mut_ptr();
    }
    // SAFETY: the slices have so many elements, and the vectors have room for as many.
    unsafe { Map::new(kernel, inputs.map(<[T]>::as_ptr), outputs, len) }.run_divided();
    for vector in &mut vectors {
        // SAFETY: all of the elements have been written, each by `store_to` or `store_first_to`.
        unsafe { vector.set_len(len) };
    }
    vectors
}

/// A kernel and the arrays that it runs on.
pub(super) struct Map<'a, T, K, const INPUTS: usize, const OUTPUTS: usize> {
    kernel: &'a K,
    inputs: [*const T; INPUTS],
    outputs: [*mut T; OUTPUTS],
    len: usize,
    borrowed: PhantomData<&'a mut [T]>,
}

impl<'a, T, K, const INPUTS: usize, const OUTPUTS: usize> Map<'a, T, K, INPUTS, OUTPUTS> {
    /// # Safety
    /// While this lives, `len` elements of each input can be read and as many of each output written,
    /// by this alone. An output may be in the place of an input, otherwise they do not overlap.
    pub(super) unsafe fn new(
        kernel: &'a K,
        inputs: [*const T; INPUTS],
        outputs: [*mut T; OUTPUTS],
        len: usize,
    ) -> Self {
        Self { kernel, inputs, outputs, len, borrowed: PhantomData }
    }

    /// The elements of a range.
    ///
    /// # Safety
    /// There are so many, and nothing else of them runs at the same time.
    unsafe fn part(&self, range: Range<usize>) -> Self {
        // Loops, since `map` of an array would be compiled anew for each kernel.
        let (mut inputs, mut outputs) = (self.inputs, self.outputs);
        for input in &mut inputs {
            // SAFETY: the caller's.
            *input = unsafe { input.add(range.start) };
        }
        for output in &mut outputs {
            // SAFETY: the caller's.
            *output = unsafe { output.add(range.start) };
        }
        Self { kernel: self.kernel, inputs, outputs, len: range.len(), borrowed: PhantomData }
    }
}

// SAFETY: it stands for borrowed slices and a kernel, which threads may share; who runs a part promises
// that nobody else writes the same elements.
unsafe impl<T: Send + Sync, K: Sync, const INPUTS: usize, const OUTPUTS: usize> Sync
    for Map<'_, T, K, INPUTS, OUTPUTS>
{
}

impl<T, K, const INPUTS: usize, const OUTPUTS: usize> Map<'_, T, K, INPUTS, OUTPUTS>
where
    T: Real,
    K: ElementwiseKernel<T, INPUTS, OUTPUTS>,
{
    /// Runs the kernel on all elements, on several threads if there are many.
    #[inline]
    pub(super) fn run_divided(self) {
        if self.len < WORTH || threads::count() == 1 {
            return run(self);
        }
        let set = Set::best();
        threads::for_each_chunk(self.len, PART, |range| {
            // SAFETY: each element is in one range, and the machine has the set.
            unsafe { run_on(set, self.part(range)) }
        });
    }
}

impl<T, K, const INPUTS: usize, const OUTPUTS: usize> Program for Map<'_, T, K, INPUTS, OUTPUTS>
where
    T: Real,
    K: ElementwiseKernel<T, INPUTS, OUTPUTS>,
{
    type Scalar = T;
    type Output = ();

    #[inline(always)]
    fn run<L: Lane<Scalar = T>>(self) {
        let mut at = 0;
        let mut lanes = [L::splat(T::ZERO); INPUTS];
        while at + L::LEN <= self.len {
            for (lane, input) in lanes.iter_mut().zip(self.inputs) {
                // SAFETY: `at + L::LEN` elements can be read.
                *lane = unsafe { L::load_from(input.add(at)) };
            }
            for (lane, output) in self.kernel.eval(lanes).into_iter().zip(self.outputs) {
                // SAFETY: `at + L::LEN` elements can be written.
                unsafe { lane.store_to(output.add(at)) };
            }
            at += L::LEN;
        }
        if at < self.len {
            // The same computation on a lane that is filled up: an element's value does not depend
            // on where it stands.
            let rest = self.len - at;
            for (lane, input) in lanes.iter_mut().zip(self.inputs) {
                // SAFETY: `at + rest` elements can be read.
                *lane = unsafe { L::load_first_from(input.add(at), rest, T::ZERO) };
            }
            for (lane, output) in self.kernel.eval(lanes).into_iter().zip(self.outputs) {
                // SAFETY: `at + rest` elements can be written.
                unsafe { lane.store_first_to(output.add(at), rest) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::dispatch::tests::on_each_set;
    use crate::kernel::threads::with_threads;

    struct Hypotenuse;

    impl ElementwiseKernel<f64, 2, 2> for Hypotenuse {
        #[inline(always)]
        fn eval<L: Lane<Scalar = f64>>(&self, [a, b]: [L; 2]) -> [L; 2] {
            let square = a * a + b * b;
            [square.sqrt(), square]
        }
    }

    /// Lengths on both sides of every lane's.
    const LENGTHS: [u16; 10] = [0, 1, 2, 3, 5, 8, 15, 16, 17, 37];

    #[test]
    fn several_inputs_and_outputs() {
        on_each_set(|set| {
            for len in LENGTHS {
                let a: Vec<f64> = (0..len).map(|i| 3.0 * f64::from(i)).collect();
                let b: Vec<f64> = (0..len).map(|i| 4.0 * f64::from(i)).collect();
                let (mut c, mut square) = (a.clone(), a.clone());
                map(&Hypotenuse, [&a, &b], [&mut c, &mut square]);
                for (i, (&c, &square)) in (0..len).zip(c.iter().zip(&square)) {
                    let expected = 5.0 * f64::from(i);
                    assert_eq!((c, square), (expected, expected * expected), "{set:?}");
                }
                assert_eq!(collect(&Hypotenuse, [&a, &b]), [c, square]);
            }
        });
    }

    #[test]
    fn the_number_of_threads_changes_no_bit() {
        for len in [WORTH - 1, WORTH, WORTH + 1, WORTH + PART + 17] {
            let a: Vec<f64> = (0..len).map(|i| i as f64 * 0.1).collect();
            let [c, square] = with_threads(1, || collect(&Hypotenuse, [&a, &a]));
            for threads in [2, 3, 7] {
                let [mut d, mut other] = [c.clone(), a.clone()];
                with_threads(threads, || map(&Hypotenuse, [&a, &a], [&mut d, &mut other]));
                assert!((&c, &square) == (&d, &other), "{threads} threads, {len}");
            }
        }
    }

    #[test]
    #[should_panic(expected = "not of one length")]
    fn inputs_of_different_lengths() {
        map(&Hypotenuse, [&[1.0], &[1.0, 2.0]], [&mut [0.0], &mut [0.0]]);
    }
}
