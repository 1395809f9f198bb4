//! The choice of a set of instructions.
//!
//! What is to run on lanes is a [`Program`], generic over them. [`run`] compiles it once for each set
//! of instructions, in a function that is marked with the set, and runs the one for the best set that
//! the machine has.

use super::elementwise::{self, Binary, Unary};
use super::lane::Lane;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use super::lane::{F32x4, F64x2};
#[cfg(target_arch = "x86_64")]
use super::lane::{F32x8, F32x16, F64x4, F64x8};
use super::math::Constants;
use super::sums::{self, ExpRows, Largest, Products, Squares, Terms};
use crate::{Dual, Real};
use std::sync::atomic::{AtomicU8, Ordering};

/// Scalars with lanes for each set of instructions, and what runs on them.
pub trait Vectorized: Constants {
    /// The scalar itself.
    #[cfg(test)]
    type Single: Lane<Scalar = Self>;
    /// Those of every machine of this architecture.
    type Baseline: Lane<Scalar = Self>;
    /// Those of AVX2 with fused multiplication.
    #[cfg(target_arch = "x86_64")]
    type Avx2: Lane<Scalar = Self>;
    /// Those of AVX-512.
    #[cfg(target_arch = "x86_64")]
    type Avx512: Lane<Scalar = Self>;

    /// Runs an operation on arrays.
    ///
    /// # Safety
    /// So many elements of each input can be read and of the output written. The output may be in
    /// the place of an input, otherwise they do not overlap.
    unsafe fn unary(operation: Unary<Self>, input: *const Self, output: *mut Self, len: usize);

    /// Runs an operation on arrays.
    ///
    /// # Safety
    /// As for [`unary`](Self::unary).
    unsafe fn binary(
        operation: Binary<Self>,
        inputs: [*const Self; 2],
        output: *mut Self,
        len: usize,
    );

    /// `Σ xᵢ`.
    fn sum_of_terms(x: &[Self]) -> Self;
    /// `Σ (xᵢ - centre)²`.
    fn sum_of_squares(x: &[Self], centre: Self) -> Self;
    /// `Σ aᵢ bᵢ` over slices of one length.
    fn sum_of_products(a: &[Self], b: &[Self]) -> Self;
    /// The largest element, NaN if any is, of a slice that has one.
    fn largest(x: &[Self]) -> Self;
    /// The exponentials of rows: see [`ExpRows`].
    fn exp_rows(rows: ExpRows<'_, Self>);
}

macro_rules! lanes {
    ($([$($generics:tt)*] $t:ty: $narrow:ty, $wide:ty, $widest:ty;)*) => {$(
        impl<$($generics)*> Vectorized for $t {
            #[cfg(test)]
            type Single = $t;
            #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
            type Baseline = $narrow;
            #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
            type Baseline = $t;
            #[cfg(target_arch = "x86_64")]
            type Avx2 = $wide;
            #[cfg(target_arch = "x86_64")]
            type Avx512 = $widest;

            unsafe fn unary(
                operation: Unary<Self>,
                input: *const Self,
                output: *mut Self,
                len: usize,
            ) {
                // SAFETY: the caller's.
                unsafe { elementwise::unary(operation, [input], output, len) }
            }
            unsafe fn binary(
                operation: Binary<Self>,
                inputs: [*const Self; 2],
                output: *mut Self,
                len: usize,
            ) {
                // SAFETY: the caller's.
                unsafe { elementwise::binary(operation, inputs, output, len) }
            }
            fn sum_of_terms(x: &[Self]) -> Self {
                sums::sum(Terms(x))
            }
            fn sum_of_squares(x: &[Self], centre: Self) -> Self {
                sums::sum(Squares { x, centre })
            }
            fn sum_of_products(a: &[Self], b: &[Self]) -> Self {
                sums::sum(Products::new(a, b))
            }
            fn largest(x: &[Self]) -> Self {
                run(Largest(x))
            }
            fn exp_rows(rows: ExpRows<'_, Self>) {
                sums::exp_rows(rows);
            }
        }
    )*};
}
lanes! {
    [] f32: F32x4, F32x8, F32x16;
    [] f64: F64x2, F64x4, F64x8;
    [T: Real] Dual<T>: Self, Self, Self;
}

/// What runs on the lanes of any set of instructions.
pub(crate) trait Program {
    /// What the lanes are made of.
    type Scalar: Vectorized;
    /// The result.
    type Output;
    /// The program itself. To be marked `#[inline(always)]`, as all that it calls on lanes.
    fn run<L: Lane<Scalar = Self::Scalar>>(self) -> Self::Output;
}

/// A set of instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Set {
    /// That of a machine whose vectors are not known here.
    #[cfg(test)]
    Scalar,
    Baseline,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Set {
    /// All of them, the best one last.
    const ALL: &[Self] = &[
        #[cfg(test)]
        Self::Scalar,
        Self::Baseline,
        #[cfg(target_arch = "x86_64")]
        Self::Avx2,
        #[cfg(target_arch = "x86_64")]
        Self::Avx512,
    ];

    /// Whether the machine has it.
    pub(crate) fn is_available(self) -> bool {
        match self {
            #[cfg(test)]
            Self::Scalar => true,
            Self::Baseline => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                Self::Avx2.is_available()
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512vl")
            }
        }
    }

    /// All that the machine has.
    #[cfg(test)]
    pub(crate) fn available() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|set| set.is_available())
    }

    /// The best one that the machine has, found out once.
    #[inline]
    pub(crate) fn best() -> Self {
        /// One more than the position in [`Set::ALL`].
        static BEST: AtomicU8 = AtomicU8::new(0);
        #[cfg(test)]
        if let Some(set) = tests::forced() {
            return set;
        }
        match BEST.load(Ordering::Relaxed).checked_sub(1) {
            Some(best) => Self::ALL[usize::from(best)],
            None => Self::find_best(&BEST),
        }
    }

    #[cold]
    fn find_best(best: &AtomicU8) -> Self {
        let mut found = (1, Self::ALL[0]);
        for (position, &set) in (1..).zip(Self::ALL) {
            if set.is_available() {
                found = (position, set);
            }
        }
        best.store(found.0, Ordering::Relaxed);
        found.1
    }
}

/// Runs a program on the lanes of the best set of instructions.
#[inline]
pub(crate) fn run<P: Program>(program: P) -> P::Output {
    // SAFETY: the machine has the best set that it has.
    unsafe { run_on(Set::best(), program) }
}

/// Runs a program on the lanes of a set of instructions: the pieces of a computation all on that of the
/// thread that divides it.
///
/// # Safety
/// The machine has the set.
#[inline]
pub(crate) unsafe fn run_on<P: Program>(set: Set, program: P) -> P::Output {
    match set {
        #[cfg(test)]
        Set::Scalar => program.run::<<P::Scalar as Vectorized>::Single>(),
        Set::Baseline => run_baseline(program),
        // SAFETY: the machine has the set.
        #[cfg(target_arch = "x86_64")]
        Set::Avx2 => unsafe { run_avx2(program) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Set::Avx512 => unsafe { run_avx512(program) },
    }
}

/// Once, however often it is called.
#[inline(never)]
fn run_baseline<P: Program>(program: P) -> P::Output {
    program.run::<<P::Scalar as Vectorized>::Baseline>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_avx2<P: Program>(program: P) -> P::Output {
    program.run::<<P::Scalar as Vectorized>::Avx2>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,avx512f,avx512dq,avx512bw,avx512vl")]
fn run_avx512<P: Program>(program: P) -> P::Output {
    program.run::<<P::Scalar as Vectorized>::Avx512>()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::cell::Cell;

    thread_local! {
        static FORCED: Cell<Option<Set>> = const { Cell::new(None) };
    }

    pub(super) fn forced() -> Option<Set> {
        FORCED.get()
    }

    /// Runs `test` on each set of instructions that the machine has.
    pub(crate) fn on_each_set(mut test: impl FnMut(Set)) {
        for set in Set::available() {
            FORCED.set(Some(set));
            test(set);
        }
        FORCED.set(None);
    }

    #[test]
    fn the_best_set_is_available() {
        assert!(Set::best().is_available());
        assert!(Set::Baseline.is_available());
    }
}
