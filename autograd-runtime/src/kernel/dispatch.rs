//! The choice of a set of instructions, and the loops over arrays that run on its lanes.

use super::lane::Lane;
use crate::Real;

/// The lanes of a scalar for each set of instructions.
pub trait Lanes: Sized {
    /// What every machine of this architecture has.
    type Baseline: Lane<Scalar = Self>;
}

impl Lanes for f32 {
    type Baseline = f32;
}

impl Lanes for f64 {
    type Baseline = f64;
}

/// An element-wise computation of `INPUTS` values that gives `OUTPUTS`, written once for all lanes.
pub trait ElementwiseKernel<T: Real, const INPUTS: usize, const OUTPUTS: usize> {
    /// The values for one lane of each input. To be marked `#[inline(always)]`.
    fn eval<L: Lane<Scalar = T>>(&self, inputs: [L; INPUTS]) -> [L; OUTPUTS];
}

/// A computation that is written once for all lanes. `run` is to be marked `#[inline(always)]`.
pub(crate) trait Pass<T: Real> {
    /// Computes on lanes.
    fn run<L: Lane<Scalar = T>>(self);
}

/// Runs a computation on the lanes of the best set of instructions.
pub(crate) fn dispatch<T: Real>(pass: impl Pass<T>) {
    pass.run::<T::Baseline>();
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
    run::<T, T::Baseline, INPUTS, OUTPUTS>(kernel, inputs, outputs, len);
}

fn run<T: Real, L: Lane<Scalar = T>, const INPUTS: usize, const OUTPUTS: usize>(
    kernel: &impl ElementwiseKernel<T, INPUTS, OUTPUTS>,
    inputs: [&[T]; INPUTS],
    mut outputs: [&mut [T]; OUTPUTS],
    len: usize,
) {
    let mut at = 0;
    while at < len {
        let end = len.min(at + L::LEN);
        let lanes = kernel.eval(inputs.map(|input| L::load_partial(&input[at..end], T::ZERO)));
        for (lane, output) in lanes.into_iter().zip(&mut outputs) {
            lane.store_partial(&mut output[at..end]);
        }
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Hypotenuse;

    impl ElementwiseKernel<f64, 2, 2> for Hypotenuse {
        #[inline(always)]
        fn eval<L: Lane<Scalar = f64>>(&self, [a, b]: [L; 2]) -> [L; 2] {
            let square = a * a + b * b;
            [square.sqrt(), square]
        }
    }

    #[test]
    fn several_inputs_and_outputs() {
        for len in [0, 1, 5, 37] {
            let a: Vec<f64> = (0..len).map(|i| 3.0 * f64::from(i)).collect();
            let b: Vec<f64> = (0..len).map(|i| 4.0 * f64::from(i)).collect();
            let (mut c, mut square) = (a.clone(), a.clone());
            map(&Hypotenuse, [&a, &b], [&mut c, &mut square]);
            for i in 0..len {
                let expected = 5.0 * f64::from(i);
                assert_eq!(c[i as usize], expected);
                assert_eq!(square[i as usize], expected * expected);
            }
        }
    }

    #[test]
    #[should_panic(expected = "not of one length")]
    fn inputs_of_different_lengths() {
        map(&Hypotenuse, [&[1.0], &[1.0, 2.0]], [&mut [0.0], &mut [0.0]]);
    }
}
