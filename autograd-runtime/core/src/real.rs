//! [`Real`]: the scalars that derivatives are computed in.

use crate::differentiable::{Differentiable, Tangent};
use std::fmt::{Debug, Display};
use std::iter::{Product, Sum};
use std::ops::{
    Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign,
};

macro_rules! real {
    (
        unary { $($(#[$unary_doc:meta])* $unary:ident)* }
        binary { $($(#[$binary_doc:meta])* $binary:ident)* }
    ) => {
        /// A real scalar: `f32` or `f64`.
        ///
        /// Write `fn f<T: Real>(x: T) -> T` to have one function serve both precisions. The methods
        /// are those of `std` with the same names and meanings; constants enter through
        /// [`Real::from_f64`].
        ///
        /// ```
        /// use autograd_runtime::Real;
        ///
        /// fn half_square<T: Real>(x: T) -> T {
        ///     T::from_f64(0.5) * x * x
        /// }
        /// assert_eq!(half_square(3.0_f32), 4.5);
        /// assert_eq!(half_square(3.0_f64), 4.5);
        /// ```
        pub trait Real:
            Differentiable<Tangent = Self, Shape = ()>
            + Tangent
            + Copy
            + Default
            + Debug
            + Display
            + PartialOrd
            + Send
            + Sync
            + Add<Output = Self>
            + Sub<Output = Self>
            + Mul<Output = Self>
            + Div<Output = Self>
            + Rem<Output = Self>
            + Neg<Output = Self>
            + for<'a> Add<&'a Self, Output = Self>
            + for<'a> Sub<&'a Self, Output = Self>
            + for<'a> Mul<&'a Self, Output = Self>
            + for<'a> Div<&'a Self, Output = Self>
            + for<'a> Rem<&'a Self, Output = Self>
            + AddAssign
            + SubAssign
            + MulAssign
            + DivAssign
            + RemAssign
            + Sum
            + Product
            + for<'a> Sum<&'a Self>
            + for<'a> Product<&'a Self>
            + crate::private::Receiver
            + crate::private::Add<Self, Output = Self>
            + crate::private::Sub<Self, Output = Self>
            + crate::private::Mul<Self, Output = Self>
            + crate::private::Div<Self, Output = Self>
            + crate::private::Rem<Self, Output = Self>
            + crate::private::Neg<Output = Self>
            + crate::second::RightOf<Self, Output = Self>
            + crate::kernel::Gemm
            + crate::kernel::Vectorized
            + crate::fused::Operand<Scalar = Self, Like = crate::fused::Scalar, Gradient = Self>
            + 'static
        {
            /// The additive identity.
            const ZERO: Self;
            /// The multiplicative identity.
            const ONE: Self;
            /// The difference between `1` and the next larger number.
            const EPSILON: Self;
            /// Positive infinity.
            const INFINITY: Self;

            /// The nearest number to `x`.
            fn from_f64(x: f64) -> Self;
            /// The nearest number to `n`.
            fn from_usize(n: usize) -> Self;
            /// This number as an `f64`.
            fn to_f64(self) -> f64;
            /// Whether this is a NaN.
            fn is_nan(self) -> bool;
            /// Whether this is neither infinite nor NaN.
            fn is_finite(self) -> bool;
            /// Whether the sign bit is set.
            fn is_sign_negative(self) -> bool;
            /// Whether this is zero, and so is a tangent that it carries: what it multiplies is zero.
            #[doc(hidden)]
            fn is_exactly_zero(self) -> bool {
                self == Self::ZERO
            }
            /// `2/√π ∫ exp(-t²) dt` from 0 to `self`.
            #[doc(hidden)]
            fn error_function(self) -> Self {
                let mut value = [self];
                crate::kernel::Unary::Erf.update(&mut value);
                value[0]
            }
            /// `self` to an integer power.
            fn powi(self, n: i32) -> Self;
            /// Sine and cosine.
            fn sin_cos(self) -> (Self, Self);
            /// `self * a + b` with one rounding.
            fn mul_add(self, a: Self, b: Self) -> Self;
            /// `self` limited to `[min, max]`. Panics unless `min <= max`.
            fn clamp(self, min: Self, max: Self) -> Self;
            $($(#[$unary_doc])* fn $unary(self) -> Self;)*
            $($(#[$binary_doc])* fn $binary(self, other: Self) -> Self;)*
        }

        real!(@impl f32 [$($unary)*] [$($binary)*]);
        real!(@impl f64 [$($unary)*] [$($binary)*]);
    };
    (@impl $t:ident [$($unary:ident)*] [$($binary:ident)*]) => {
        impl Real for $t {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const EPSILON: Self = $t::EPSILON;
            const INFINITY: Self = $t::INFINITY;

            #[inline(always)]
            #[allow(clippy::cast_lossless, reason = "the same text serves f32 and f64")]
            fn from_f64(x: f64) -> Self {
                x as $t
            }
            #[inline(always)]
            fn from_usize(n: usize) -> Self {
                n as $t
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn is_nan(self) -> bool {
                $t::is_nan(self)
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                $t::is_finite(self)
            }
            #[inline(always)]
            fn is_sign_negative(self) -> bool {
                $t::is_sign_negative(self)
            }
            #[inline(always)]
            fn powi(self, n: i32) -> Self {
                $t::powi(self, n)
            }
            #[inline(always)]
            fn sin_cos(self) -> (Self, Self) {
                $t::sin_cos(self)
            }
            #[inline(always)]
            fn mul_add(self, a: Self, b: Self) -> Self {
                $t::mul_add(self, a, b)
            }
            #[inline(always)]
            fn clamp(self, min: Self, max: Self) -> Self {
                $t::clamp(self, min, max)
            }
            $(#[inline(always)] fn $unary(self) -> Self { $t::$unary(self) })*
            $(#[inline(always)] fn $binary(self, other: Self) -> Self { $t::$binary(self, other) })*
        }
    };
}

real! {
    unary {
        /// Square root.
        sqrt
        /// Cube root.
        cbrt
        /// `e^self`.
        exp
        /// `2^self`.
        exp2
        /// `e^self - 1`, exact near zero.
        exp_m1
        /// Natural logarithm.
        ln
        /// `ln(1 + self)`, exact near zero.
        ln_1p
        /// Logarithm to base 2.
        log2
        /// Logarithm to base 10.
        log10
        /// Sine of an angle in radians.
        sin
        /// Cosine of an angle in radians.
        cos
        /// Tangent of an angle in radians.
        tan
        /// Inverse sine, in radians.
        asin
        /// Inverse cosine, in radians.
        acos
        /// Inverse tangent, in radians.
        atan
        /// Hyperbolic sine.
        sinh
        /// Hyperbolic cosine.
        cosh
        /// Hyperbolic tangent.
        tanh
        /// Inverse hyperbolic sine.
        asinh
        /// Inverse hyperbolic cosine.
        acosh
        /// Inverse hyperbolic tangent.
        atanh
        /// Absolute value.
        abs
        /// `1`, `-1` or NaN, by the sign bit.
        signum
        /// `1 / self`.
        recip
        /// The largest integer not above `self`.
        floor
        /// The smallest integer not below `self`.
        ceil
        /// The nearest integer, halves away from zero.
        round
        /// The integer part.
        trunc
        /// The fractional part.
        fract
        /// Degrees to radians.
        to_radians
        /// Radians to degrees.
        to_degrees
    }
    binary {
        /// `self` to the power `other`.
        powf
        /// Logarithm to base `other`.
        log
        /// The angle of the point `(other, self)`, in radians.
        atan2
        /// `sqrt(self^2 + other^2)` without overflow.
        hypot
        /// The larger of the two; the other one if one is NaN.
        max
        /// The smaller of the two; the other one if one is NaN.
        min
        /// The magnitude of `self` with the sign of `other`.
        copysign
        /// The remainder of Euclidean division.
        rem_euclid
        /// The quotient of Euclidean division.
        div_euclid
    }
}
