//! Lanes: several scalars that are computed at once, whatever the instruction set.

mod dual;
#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(any(test, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
mod scalar;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(target_arch = "aarch64")]
pub(super) use neon::{F32x4, F64x2};
#[cfg(target_arch = "x86_64")]
pub(super) use x86::{F32x4, F32x8, F32x16, F64x2, F64x4, F64x8};

use super::math::{self, Constants as _};
use crate::Real;
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

/// The most scalars of any [`Lane`].
pub(crate) const MAX_LEN: usize = 16;

/// The outcome of a comparison, for each scalar of a lane.
pub trait Mask: Copy + BitAnd<Output = Self> + BitOr<Output = Self> + Not<Output = Self> {
    /// Whether it holds for any of the scalars.
    fn any(self) -> bool;
}

impl Mask for bool {
    #[inline(always)]
    fn any(self) -> bool {
        self
    }
}

/// A lane as bits, and as integers as wide as its scalars.
pub trait Bits: Copy {
    /// The bits that are set in both.
    fn and(self, other: Self) -> Self;
    /// The bits that are not set in `other`.
    fn and_not(self, other: Self) -> Self;
    /// The bits that are set in either.
    fn or(self, other: Self) -> Self;
    /// The bits that are set in one of the two.
    fn xor(self, other: Self) -> Self;
    /// The sum of integers; what does not fit is dropped.
    fn add_integers(self, other: Self) -> Self;
    /// Moves an integer to where the exponent of a scalar is.
    fn bits_to_exponent(self) -> Self;
    /// Moves the exponent, and the sign before it, to where an integer is.
    fn exponent_bits(self) -> Self;
    /// Moves the lowest bit to where the sign is; all others are 0.
    fn lowest_bit_to_sign(self) -> Self;
}

/// Scalars of one type that are computed at once: a vector register of an instruction set, or one
/// scalar.
///
/// An element-wise computation is written once, for any lane, and runs on the lanes of the best set
/// of instructions that the machine has: see [`ElementwiseKernel`](super::ElementwiseKernel). All
/// methods are `#[inline(always)]`, since the compiler may use a set of instructions only within a
/// function that is marked with it; what is generic over lanes is to be that too, and contains no
/// closures.
///
/// The functions of one element have the meaning of the method of that name of
/// [`Tensor`](crate::Tensor).
pub trait Lane:
    Bits
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// `f32`, `f64`, or dual numbers.
    type Scalar: Real;
    /// What a comparison gives.
    type Mask: Mask;
    /// The number of scalars.
    const LEN: usize;
    /// Whether [`mul_add`](Self::mul_add) rounds once.
    const FUSED: bool;

    /// The same scalar everywhere.
    fn splat(x: Self::Scalar) -> Self;
    /// The [`LEN`](Self::LEN) scalars at a place.
    ///
    /// # Safety
    /// They can be read.
    unsafe fn load_from(from: *const Self::Scalar) -> Self;
    /// Writes [`LEN`](Self::LEN) scalars to a place.
    ///
    /// # Safety
    /// They can be written.
    unsafe fn store_to(self, to: *mut Self::Scalar);

    /// `self * b + c`, rounded once where the set of instructions can do that, else twice.
    fn mul_add(self, b: Self, c: Self) -> Self;
    /// The square root.
    fn sqrt(self) -> Self;
    /// `self` where `self < other`, else `other`: so `other` where one of them is NaN.
    fn min(self, other: Self) -> Self;
    /// `self` where `self > other`, else `other`: so `other` where one of them is NaN.
    fn max(self, other: Self) -> Self;
    /// Where `self < other`.
    fn lt(self, other: Self) -> Self::Mask;
    /// Where `self <= other`.
    fn le(self, other: Self) -> Self::Mask;
    /// Where `self == other`.
    fn eq(self, other: Self) -> Self::Mask;
    /// `yes` where the mask holds and `no` elsewhere.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;

    /// `f` of each scalar, one after the other.
    #[inline(always)]
    fn each(self, f: fn(Self::Scalar) -> Self::Scalar) -> Self {
        let mut scalars = [Self::Scalar::ZERO; MAX_LEN];
        self.store(&mut scalars);
        for x in &mut scalars[..Self::LEN] {
            *x = f(*x);
        }
        Self::load(&scalars)
    }

    /// The first [`LEN`](Self::LEN) elements of a slice.
    ///
    /// # Panics
    /// If there are not so many.
    #[inline(always)]
    fn load(from: &[Self::Scalar]) -> Self {
        let from = &from[..Self::LEN];
        // SAFETY: the slice has so many elements.
        unsafe { Self::load_from(from.as_ptr()) }
    }
    /// Writes the first [`LEN`](Self::LEN) elements of a slice.
    ///
    /// # Panics
    /// If there are not so many.
    #[inline(always)]
    fn store(self, to: &mut [Self::Scalar]) {
        let to = &mut to[..Self::LEN];
        // SAFETY: the slice has so many elements.
        unsafe { self.store_to(to.as_mut_ptr()) }
    }
    /// The `n` scalars at a place, fewer than [`LEN`](Self::LEN), and `fill` for the others.
    ///
    /// # Safety
    /// They can be read.
    #[inline(always)]
    unsafe fn load_first_from(from: *const Self::Scalar, n: usize, fill: Self::Scalar) -> Self {
        let mut scalars = [fill; MAX_LEN];
        debug_assert!(n <= Self::LEN);
        // SAFETY: the caller's, and `n` is not more than `MAX_LEN`.
        unsafe { std::ptr::copy_nonoverlapping(from, scalars.as_mut_ptr(), n) };
        Self::load(&scalars)
    }
    /// Writes the first `n` scalars to a place, fewer than [`LEN`](Self::LEN).
    ///
    /// # Safety
    /// They can be written.
    #[inline(always)]
    unsafe fn store_first_to(self, to: *mut Self::Scalar, n: usize) {
        let mut scalars = [Self::Scalar::ZERO; MAX_LEN];
        debug_assert!(n <= Self::LEN);
        self.store(&mut scalars);
        // SAFETY: the caller's, and `n` is not more than `MAX_LEN`.
        unsafe { std::ptr::copy_nonoverlapping(scalars.as_ptr(), to, n) };
    }
    /// The first `n` scalars, and `fill` for the others.
    #[inline(always)]
    fn keep_first(self, n: usize, fill: Self::Scalar) -> Self {
        let mut scalars = [Self::Scalar::ZERO; MAX_LEN];
        self.store(&mut scalars);
        for x in &mut scalars[n..] {
            *x = fill;
        }
        Self::load(&scalars)
    }

    /// The constant nearest to `x`.
    #[inline(always)]
    fn constant(x: f64) -> Self {
        Self::splat(Self::Scalar::from_f64(x))
    }
    /// Where `self` is NaN.
    #[inline(always)]
    fn is_nan(self) -> Self::Mask {
        !self.eq(self)
    }
    /// The absolute value.
    #[inline(always)]
    fn abs(self) -> Self {
        self.and_not(Self::constant(-0.0))
    }
    /// The magnitude of `self` with the sign bit of `sign`.
    #[inline(always)]
    fn copysign(self, sign: Self) -> Self {
        self.abs().or(sign.and(Self::constant(-0.0)))
    }
    /// The nearest integer, halves to the even one.
    #[inline(always)]
    fn round_ties_even(self) -> Self {
        // Beyond this every number is an integer, and adding it drops the fraction.
        let large = Self::splat(Self::Scalar::INTEGER_BITS);
        let rounded = ((self.abs() + large) - large).copysign(self);
        Self::select(self.abs().lt(large), rounded, self)
    }
    /// `2ⁿ self` for an integer `n` that is at most twice the exponent of a normal number.
    #[doc(hidden)]
    #[inline(always)]
    fn ldexp(self, n: Self) -> Self {
        math::ldexp(self, n)
    }
    /// The nearest integer of what is small, as exponents of scalars are.
    #[doc(hidden)]
    #[inline(always)]
    fn round_small(self) -> Self {
        math::round_small(self)
    }
    /// The largest integer not above `self`.
    #[inline(always)]
    fn floor(self) -> Self {
        let nearest = self.round_ties_even();
        let above = self.lt(nearest);
        Self::select(above, nearest - Self::splat(Self::Scalar::ONE), nearest)
    }
    /// The smallest integer not below `self`.
    #[inline(always)]
    fn ceil(self) -> Self {
        -(-self).floor()
    }
    /// The integer part.
    #[inline(always)]
    fn trunc(self) -> Self {
        self.abs().floor().copysign(self)
    }
    /// Where `self` is an integer, which what is infinite is.
    #[inline(always)]
    fn is_integer(self) -> Self::Mask {
        self.eq(self.round_ties_even())
    }
    /// The smaller of two, NaN where one of them is.
    #[inline(always)]
    fn minimum(self, other: Self) -> Self {
        Self::select(self.is_nan() | self.le(other), self, other)
    }
    /// The larger of two, NaN where one of them is.
    #[inline(always)]
    fn maximum(self, other: Self) -> Self {
        Self::select(self.is_nan() | other.le(self), self, other)
    }
    /// `self` limited to `[min, max]`; NaN stays NaN.
    #[inline(always)]
    fn clamp(self, min: Self, max: Self) -> Self {
        max.min(min.max(self))
    }
    /// `1 / self`.
    #[inline(always)]
    fn recip(self) -> Self {
        Self::splat(Self::Scalar::ONE) / self
    }
    /// `self * self`.
    #[inline(always)]
    fn square(self) -> Self {
        self * self
    }
    /// `max(self, 0)`; NaN stays NaN.
    #[inline(always)]
    fn relu(self) -> Self {
        let zero = Self::splat(Self::Scalar::ZERO);
        Self::select(self.le(zero), zero, self)
    }
    /// `self` where it is positive, else `slope * self`.
    #[inline(always)]
    fn leaky_relu(self, slope: Self) -> Self {
        Self::select(Self::splat(Self::Scalar::ZERO).lt(self), self, slope * self)
    }
    /// `1` or `-1` by the sign bit; NaN stays NaN.
    #[inline(always)]
    fn signum(self) -> Self {
        let sign = Self::splat(Self::Scalar::ONE).copysign(self);
        Self::select(self.is_nan(), self, sign)
    }
    /// The fractional part, with the sign of `self`.
    #[inline(always)]
    fn fract(self) -> Self {
        self - self.trunc()
    }

    /// `e^self`.
    /// At most 1.1 ulp off.
    #[inline(always)]
    fn exp(self) -> Self {
        math::exp(self)
    }
    /// `2^self`.
    /// At most 1.2 ulp off.
    #[inline(always)]
    fn exp2(self) -> Self {
        math::exp2(self)
    }
    /// `e^self - 1`, exact near zero.
    /// At most 2 ulp off.
    #[inline(always)]
    fn exp_m1(self) -> Self {
        math::exp_m1(self)
    }
    /// The natural logarithm.
    /// At most 1 ulp off.
    #[inline(always)]
    fn ln(self) -> Self {
        math::ln(self)
    }
    /// `ln(1 + self)`, exact near zero.
    /// At most 1.7 ulp off.
    #[inline(always)]
    fn ln_1p(self) -> Self {
        math::ln_1p(self)
    }
    /// The logarithm to base 2.
    /// At most 0.51 ulp off.
    #[inline(always)]
    fn log2(self) -> Self {
        math::log2(self)
    }
    /// The logarithm to base 10.
    /// At most 0.51 ulp off.
    #[inline(always)]
    fn log10(self) -> Self {
        math::log10(self)
    }
    /// The sine of an angle in radians.
    /// At most 2.5 ulp off.
    #[inline(always)]
    fn sin(self) -> Self {
        math::sin(self)
    }
    /// The cosine of an angle in radians.
    /// At most 2.5 ulp off.
    #[inline(always)]
    fn cos(self) -> Self {
        math::cos(self)
    }
    /// The hyperbolic tangent.
    /// At most 2.7 ulp off.
    #[inline(always)]
    fn tanh(self) -> Self {
        math::tanh(self)
    }
    /// The logistic function `1 / (1 + exp(-self))`.
    /// At most 2.7 ulp off.
    #[inline(always)]
    fn sigmoid(self) -> Self {
        math::sigmoid(self)
    }
    /// `ln(1 + exp(self))` without overflow.
    /// At most 2 ulp off.
    #[inline(always)]
    fn softplus(self) -> Self {
        math::softplus(self)
    }
    /// `self * sigmoid(self)`.
    /// At most 3.5 ulp off.
    #[inline(always)]
    fn silu(self) -> Self {
        math::silu(self)
    }
    /// The error function.
    /// At most 1.6 ulp off.
    #[inline(always)]
    fn erf(self) -> Self {
        math::erf(self)
    }
    /// The distribution function of the standard normal distribution.
    #[inline(always)]
    fn normal_cdf(self) -> Self {
        let half = Self::constant(0.5);
        let scaled = self * Self::constant(std::f64::consts::FRAC_1_SQRT_2);
        scaled.erf().mul_add(half, half)
    }
    /// `self` times [`normal_cdf`](Self::normal_cdf) of it. At most 1.5 ulp of `self` off: far on the
    /// left, where the value is a small fraction of that, few of its digits are right.
    #[inline(always)]
    fn gelu(self) -> Self {
        self * self.normal_cdf()
    }
    /// `self` to an integer power.
    #[inline(always)]
    fn powi(self, n: i32) -> Self {
        let mut square = self;
        let mut result = Self::splat(Self::Scalar::ONE);
        let mut rest = n.unsigned_abs();
        while rest > 0 {
            if rest & 1 == 1 {
                result = result * square;
            }
            square = square * square;
            rest >>= 1;
        }
        if n < 0 { result.recip() } else { result }
    }
    /// `self` to the power `exponent`.
    /// At most 1.5 ulp off.
    #[inline(always)]
    fn powf(self, exponent: Self) -> Self {
        math::powf(self, exponent)
    }

    /// The sum of the scalars, in halves.
    #[inline(always)]
    fn reduce_sum(self) -> Self::Scalar {
        let mut scalars = [Self::Scalar::ZERO; MAX_LEN];
        self.store(&mut scalars);
        let mut width = Self::LEN;
        while width > 1 {
            width /= 2;
            for i in 0..width {
                scalars[i] += scalars[i + width];
            }
        }
        scalars[0]
    }
    /// The largest of the scalars, NaN if any is.
    #[inline(always)]
    fn reduce_max(self) -> Self::Scalar {
        let mut scalars = [Self::Scalar::ZERO; MAX_LEN];
        self.store(&mut scalars);
        let mut width = Self::LEN;
        while width > 1 {
            width /= 2;
            for i in 0..width {
                scalars[i] = crate::ops::lanes::larger(scalars[i], scalars[i + width]);
            }
        }
        scalars[0]
    }
}

/// Functions that no set of instructions makes faster here: one scalar after the other.
macro_rules! one_by_one {
    ($($(#[$doc:meta])* $name:ident)*) => {
        /// Functions of lanes that are computed one scalar after the other, by `std`.
        pub trait ScalarFunctions: Lane {$(
            $(#[$doc])*
            #[inline(always)]
            fn $name(self) -> Self {
                self.each(Real::$name)
            }
        )*}
        impl<L: Lane> ScalarFunctions for L {}
    };
}
one_by_one! {
    /// The cube root.
    cbrt
    /// The tangent of an angle in radians.
    tan
    /// The inverse sine, in radians.
    asin
    /// The inverse cosine, in radians.
    acos
    /// The inverse tangent, in radians.
    atan
    /// The hyperbolic sine.
    sinh
    /// The hyperbolic cosine.
    cosh
    /// The inverse hyperbolic sine.
    asinh
    /// The inverse hyperbolic cosine.
    acosh
    /// The inverse hyperbolic tangent.
    atanh
    /// The nearest integer, halves away from zero.
    round
}
