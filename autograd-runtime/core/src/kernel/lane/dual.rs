//! A dual number as a lane of one scalar: whatever runs on lanes runs on dual numbers, with the
//! functions of [`Real`], which carry the tangent along.

use super::{Bits, Lane};
use crate::{Dual, Real};

/// A dual number is not a pattern of bits: each function of lanes that looks at bits is replaced below.
impl<T: Real> Bits for Dual<T> {
    fn and(self, _: Self) -> Self {
        no_bits()
    }
    fn and_not(self, _: Self) -> Self {
        no_bits()
    }
    fn or(self, _: Self) -> Self {
        no_bits()
    }
    fn xor(self, _: Self) -> Self {
        no_bits()
    }
    fn add_integers(self, _: Self) -> Self {
        no_bits()
    }
    fn bits_to_exponent(self) -> Self {
        no_bits()
    }
    fn exponent_bits(self) -> Self {
        no_bits()
    }
    fn lowest_bit_to_sign(self) -> Self {
        no_bits()
    }
}

fn no_bits<T>() -> T {
    unreachable!("dual numbers are computed with, and not looked at as bits")
}

macro_rules! functions_of_real {
    ($($name:ident($($argument:ident: $t:ty),*))*) => {$(
        #[inline(always)]
        fn $name(self $(, $argument: $t)*) -> Self {
            Real::$name(self $(, $argument)*)
        }
    )*};
}

impl<T: Real> Lane for Dual<T> {
    type Scalar = Self;
    type Mask = bool;
    const LEN: usize = 1;
    const FUSED: bool = false;

    #[inline(always)]
    fn splat(x: Self) -> Self {
        x
    }
    #[inline(always)]
    unsafe fn load_from(from: *const Self) -> Self {
        // SAFETY: the caller's.
        unsafe { *from }
    }
    #[inline(always)]
    unsafe fn store_to(self, to: *mut Self) {
        // SAFETY: the caller's. The place may not be written yet: nothing is dropped there.
        unsafe { to.write(self) }
    }
    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        self * b + c
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        if self < other { self } else { other }
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        if self > other { self } else { other }
    }
    #[inline(always)]
    fn lt(self, other: Self) -> bool {
        self < other
    }
    #[inline(always)]
    fn le(self, other: Self) -> bool {
        self <= other
    }
    #[inline(always)]
    fn eq(self, other: Self) -> bool {
        self == other
    }
    #[inline(always)]
    fn select(mask: bool, yes: Self, no: Self) -> Self {
        if mask { yes } else { no }
    }

    functions_of_real! {
        sqrt() abs() copysign(sign: Self) floor() ceil() trunc() signum() fract() recip()
        exp() exp2() exp_m1() ln() ln_1p() log2() log10() sin() cos() tanh()
        powi(n: i32) powf(exponent: Self)
    }
    #[inline(always)]
    fn is_nan(self) -> bool {
        Real::is_nan(self)
    }
    #[inline(always)]
    fn is_integer(self) -> bool {
        self == Real::trunc(self)
    }
    #[inline(always)]
    fn round_ties_even(self) -> Self {
        let (down, half) = (Real::floor(self), Self::from_f64(0.5));
        let two = Self::ONE + Self::ONE;
        let is_even = down % two == Self::ZERO;
        if self - down < half || (self - down == half && is_even) { down } else { Real::ceil(self) }
    }
    #[inline(always)]
    fn sigmoid(self) -> Self {
        // Where `e⁻ˣ` overflows this is 0, and so is its tangent.
        let value = Real::recip(T::ONE + Real::exp(-self.re));
        let slope = value * (T::ONE - value);
        Self::new(value, self.eps * slope)
    }
    #[inline(always)]
    fn softplus(self) -> Self {
        // The exponential of the larger side would overflow.
        let value = Real::max(self.re, T::ZERO) + Real::ln_1p(Real::exp(-Real::abs(self.re)));
        let slope = Real::recip(T::ONE + Real::exp(-self.re));
        Self::new(value, self.eps * slope)
    }
    #[inline(always)]
    fn silu(self) -> Self {
        self * self.sigmoid()
    }
    #[inline(always)]
    fn erf(self) -> Self {
        self.error_function()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Unary, Vectorized as _};

    /// The tangent of a function of an element, in a lane like any other.
    fn slope(function: Unary<Dual<f64>>, x: f64) -> f64 {
        let y = function.map(&[Dual::new(x, 2.0); 3]);
        assert!(y.iter().all(|same| same.eps.to_bits() == y[0].eps.to_bits()));
        y[0].eps / 2.0
    }

    #[test]
    fn tangents_far_out_are_numbers() {
        assert_eq!(slope(Unary::Sigmoid, -800.0), 0.0);
        assert_eq!(slope(Unary::Sigmoid, 800.0), 0.0);
        assert_eq!(slope(Unary::Sigmoid, 0.0), 0.25);
        assert_eq!(slope(Unary::Softplus, -800.0), 0.0);
        assert_eq!(slope(Unary::Softplus, 800.0), 1.0);
        assert_eq!(slope(Unary::Softplus, 0.0), 0.5);
        assert_eq!(slope(Unary::Silu, 800.0), 1.0);
        assert_eq!(slope(Unary::Clamp(Dual::constant(-1.0), Dual::constant(1.0)), 1.0), 1.0);
        assert_eq!(slope(Unary::Clamp(Dual::constant(-1.0), Dual::constant(1.0)), 1.5), 0.0);
    }

    #[test]
    fn integers_halves_to_the_even_one() {
        for (x, rounded) in
            [(2.5, 2.0), (3.5, 4.0), (-2.5, -2.0), (-3.5, -4.0), (1.2, 1.0), (-1.7, -2.0)]
        {
            let y = Lane::round_ties_even(Dual::new(x, 1.0));
            assert_eq!((y.re, y.eps), (rounded, 0.0));
        }
        assert!(Lane::is_integer(Dual::constant(-4.0)) && !Lane::is_integer(Dual::constant(0.5)));
    }

    #[test]
    fn sums_and_the_largest() {
        let x: Vec<Dual<f64>> =
            (0..100).map(|i| Dual::new(f64::from(i % 50), f64::from(i))).collect();
        let sum = Dual::sum_of_terms(&x);
        assert_eq!((sum.re, sum.eps), (2450.0, 4950.0));
        let squares = Dual::sum_of_squares(&x, Dual::constant(1.0));
        let expected: f64 = (0..100).map(|i| 2.0 * (f64::from(i % 50) - 1.0) * f64::from(i)).sum();
        assert_eq!(squares.eps, expected);
        assert_eq!(Dual::largest(&x[..60]).eps, 49.0);
    }
}
