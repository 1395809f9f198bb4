//! Lanes: several scalars that are computed at once, whatever the instruction set.

mod scalar;

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
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// `f32` or `f64`.
    type Scalar: Real;
    /// What a comparison gives.
    type Mask: Mask;
    /// The number of scalars.
    const LEN: usize;

    /// The same scalar everywhere.
    fn splat(x: Self::Scalar) -> Self;
    /// The first [`LEN`](Self::LEN) elements of a slice, which has as many.
    fn load(from: &[Self::Scalar]) -> Self;
    /// Writes the first [`LEN`](Self::LEN) elements of a slice, which has as many.
    fn store(self, to: &mut [Self::Scalar]);

    /// `self * b + c`, rounded once where the set of instructions can do that, else twice.
    fn mul_add(self, b: Self, c: Self) -> Self;
    /// The square root.
    fn sqrt(self) -> Self;
    /// The absolute value.
    fn abs(self) -> Self;
    /// The magnitude of `self` with the sign bit of `sign`.
    fn copysign(self, sign: Self) -> Self;
    /// The largest integer not above `self`.
    fn floor(self) -> Self;
    /// The smallest integer not below `self`.
    fn ceil(self) -> Self;
    /// The integer part.
    fn trunc(self) -> Self;
    /// The nearest integer, halves to the even one.
    fn round_ties_even(self) -> Self;

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

    /// The first scalars of `from`, which may be fewer than [`LEN`](Self::LEN), and `fill` for the
    /// others.
    #[inline(always)]
    fn load_partial(from: &[Self::Scalar], fill: Self::Scalar) -> Self {
        let mut scalars = [fill; MAX_LEN];
        scalars[..from.len()].copy_from_slice(from);
        Self::load(&scalars)
    }
    /// Fills `to`, which may be shorter than [`LEN`](Self::LEN), with the first scalars.
    #[inline(always)]
    fn store_partial(self, to: &mut [Self::Scalar]) {
        let mut scalars = [Self::Scalar::ZERO; MAX_LEN];
        self.store(&mut scalars);
        to.copy_from_slice(&scalars[..to.len()]);
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
    /// `self` where `self < other`, else `other`: so `other` where one of them is NaN.
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self::select(self.lt(other), self, other)
    }
    /// `self` where `other < self`, else `other`: so `other` where one of them is NaN.
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self::select(other.lt(self), self, other)
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
    #[inline(always)]
    fn exp(self) -> Self {
        self.each(Real::exp)
    }
    /// `2^self`.
    #[inline(always)]
    fn exp2(self) -> Self {
        self.each(Real::exp2)
    }
    /// `e^self - 1`, exact near zero.
    #[inline(always)]
    fn exp_m1(self) -> Self {
        self.each(Real::exp_m1)
    }
    /// The natural logarithm.
    #[inline(always)]
    fn ln(self) -> Self {
        self.each(Real::ln)
    }
    /// `ln(1 + self)`, exact near zero.
    #[inline(always)]
    fn ln_1p(self) -> Self {
        self.each(Real::ln_1p)
    }
    /// The logarithm to base 2.
    #[inline(always)]
    fn log2(self) -> Self {
        self.each(Real::log2)
    }
    /// The logarithm to base 10.
    #[inline(always)]
    fn log10(self) -> Self {
        self.each(Real::log10)
    }
    /// The sine of an angle in radians.
    #[inline(always)]
    fn sin(self) -> Self {
        self.each(Real::sin)
    }
    /// The cosine of an angle in radians.
    #[inline(always)]
    fn cos(self) -> Self {
        self.each(Real::cos)
    }
    /// The hyperbolic tangent.
    #[inline(always)]
    fn tanh(self) -> Self {
        self.each(Real::tanh)
    }
    /// The logistic function `1 / (1 + exp(-self))`.
    #[inline(always)]
    fn sigmoid(self) -> Self {
        (Self::splat(Self::Scalar::ONE) + (-self).exp()).recip()
    }
    /// `ln(1 + exp(self))` without overflow.
    #[inline(always)]
    fn softplus(self) -> Self {
        Self::splat(Self::Scalar::ZERO).max(self) + (-self.abs()).exp().ln_1p()
    }
    /// `self * sigmoid(self)`.
    #[inline(always)]
    fn silu(self) -> Self {
        self * self.sigmoid()
    }
    /// The error function.
    #[inline(always)]
    fn erf(self) -> Self {
        self.each(super::erf)
    }
    /// The distribution function of the standard normal distribution.
    #[inline(always)]
    fn normal_cdf(self) -> Self {
        let half = Self::constant(0.5);
        let scaled = self * Self::constant(std::f64::consts::FRAC_1_SQRT_2);
        scaled.erf().mul_add(half, half)
    }
    /// `self` times [`normal_cdf`](Self::normal_cdf) of it.
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
    #[inline(always)]
    fn powf(self, exponent: Self) -> Self {
        let mut x = [Self::Scalar::ZERO; MAX_LEN];
        let mut y = x;
        self.store(&mut x);
        exponent.store(&mut y);
        for (x, &y) in x.iter_mut().zip(&y[..Self::LEN]) {
            *x = x.powf(y);
        }
        Self::load(&x)
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
                scalars[i] = scalars[i] + scalars[i + width];
            }
        }
        scalars[0]
    }
    /// The largest of the scalars, NaN if any is.
    #[inline(always)]
    fn reduce_max(self) -> Self::Scalar {
        let mut scalars = [Self::Scalar::ZERO; MAX_LEN];
        self.store(&mut scalars);
        let mut largest = scalars[0];
        for &x in &scalars[1..Self::LEN] {
            largest = crate::ops::lanes::larger(largest, x);
        }
        largest
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
