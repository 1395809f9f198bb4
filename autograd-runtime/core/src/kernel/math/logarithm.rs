//! Logarithms: `x = 2ᵏ (1 + f)` with `√½ ≤ 1 + f < √2`, and `ln(1 + f) = 2 artanh(s)` with
//! `s = f / (2 + f)`, an odd function.

use super::pair::{Pair, product, sum_of_ordered};
use super::{Constants, exponential, infinity, one, polynomial, power_of_two, zero};
use crate::kernel::Lane;

/// `k` and `1 + f` of a positive normal number.
#[inline(always)]
fn split<L: Lane>(x: L) -> (L, L) {
    let shifted = x.add_integers(L::splat(L::Scalar::ONE_LESS_ROOT));
    let exponent = shifted.exponent_bits().or(L::splat(L::Scalar::INTEGER_BITS));
    let mantissa = shifted.and(L::splat(L::Scalar::MANTISSA));
    (exponent - L::splat(L::Scalar::INTEGER), mantissa.add_integers(L::splat(L::Scalar::ROOT)))
}

/// [`split`] of any positive number.
#[inline(always)]
fn split_any<L: Lane>(x: L) -> (L, L) {
    let [factor, exponent] = L::Scalar::NORMALIZE;
    let subnormal = x.lt(L::splat(L::Scalar::TINY));
    let (k, m) = split(L::select(subnormal, x * L::splat(factor), x));
    (L::select(subnormal, k - L::splat(exponent), k), m)
}

/// `k ln 2 + ln(1 + f)`.
#[inline(always)]
fn joined<L: Lane>(k: L, f: L) -> L {
    let s = f / (f + L::constant(2.0));
    let z = s * s;
    let rest = z * polynomial(z, L::Scalar::LN).mul_add(z, L::splat(L::Scalar::TWO_THIRDS[0]));
    // 2 s + s rest = f - s (f - rest), which is nearly f.
    let [ln_2, ln_2_rest] = L::Scalar::LN_2;
    let tail = k.mul_add(L::splat(ln_2_rest), -(s * (f - rest)));
    k.mul_add(L::splat(ln_2), f + tail)
}

/// The logarithm `y` of `x`, where `x` is not positive or not finite.
#[inline(always)]
fn with_limits<L: Lane>(x: L, y: L) -> L {
    let outside = L::select(x.eq(zero()), -infinity::<L>(), L::constant(f64::NAN));
    let y = L::select(x.le(zero()), outside, y);
    L::select(x.lt(infinity()), y, x)
}

#[inline(always)]
pub(in crate::kernel) fn ln<L: Lane>(x: L) -> L {
    let (k, m) = split_any(x);
    with_limits(x, joined(k, m - one()))
}

/// `ln(1 + x)` for `x > -1`; -0 loses its sign.
#[inline(always)]
fn ln_1p_inside<L: Lane>(x: L) -> L {
    let sum = one::<L>() + x;
    let back = sum - one();
    let lost = (x - back) + (one::<L>() - (sum - back));
    let (k, m) = split(sum);
    // What is lost counts in units of 2ᵏ, of which a large one leaves nothing.
    let unit = power_of_two(-L::constant(60.0).min(k));
    let f = lost.mul_add(unit, m - one());
    joined(k, L::select(k.eq(zero()), x, f))
}

#[inline(always)]
pub(in crate::kernel) fn ln_1p<L: Lane>(x: L) -> L {
    let y = ln_1p_inside(x).or(x.and(L::constant(-0.0)));
    let outside = L::select(x.eq(-one::<L>()), -infinity::<L>(), L::constant(f64::NAN));
    let y = L::select(x.le(-one::<L>()), outside, y);
    L::select(x.lt(infinity()), y, x)
}

#[inline(always)]
pub(in crate::kernel) fn softplus<L: Lane>(x: L) -> L {
    // The exponential of the larger side would overflow.
    zero::<L>().max(x) + ln_1p_inside(exponential::exp(-x.abs()))
}

/// `k` and `ln(1 + f)`, the latter with half as many digits again.
#[inline(always)]
fn precise<L: Lane>(x: L) -> (L, Pair<L>) {
    let (k, m) = split_any(x);
    let f = m - one();
    let two = L::constant(2.0);
    // s = f / (1 + m), with the remainder of the division.
    let divisor = m + one();
    let divisor_low = m - (divisor - one());
    let inverse = one::<L>() / divisor;
    let high = f * inverse;
    let back = product(high, divisor);
    let remainder = ((f - back.high) - back.low) - high * divisor_low;
    let s = Pair { high, low: remainder * inverse };
    let z = s.times(s);
    // 2 s + s z (2/3 + z rest)
    let [two_thirds, lacking] = L::Scalar::TWO_THIRDS;
    let inner = sum_of_ordered(L::splat(two_thirds), z.high * polynomial(z.high, L::Scalar::LN));
    let inner = Pair { high: inner.high, low: inner.low + L::splat(lacking) };
    let cubic = z.times(inner);
    let factor = sum_of_ordered(two, cubic.high);
    (k, s.times(Pair { high: factor.high, low: factor.low + cubic.low }))
}

/// `ln x` for a positive finite number, in two parts.
#[inline(always)]
pub(super) fn ln_precise<L: Lane>(x: L) -> Pair<L> {
    let (k, ln) = precise(x);
    let [ln_2, ln_2_rest] = L::Scalar::LN_2;
    let sum = sum_of_ordered(k * L::splat(ln_2), ln.high);
    let low = k.mul_add(L::splat(ln_2_rest), sum.low + ln.low);
    sum_of_ordered(sum.high, low)
}

#[inline(always)]
fn constant_pair<L: Lane>([high, low]: [L::Scalar; 2]) -> Pair<L> {
    Pair { high: L::splat(high), low: L::splat(low) }
}

#[inline(always)]
pub(in crate::kernel) fn log2<L: Lane>(x: L) -> L {
    let (k, ln) = precise(x);
    let fraction = ln.times(constant_pair(L::Scalar::LOG2_E));
    let sum = sum_of_ordered(k, fraction.high);
    with_limits(x, sum.high + (sum.low + fraction.low))
}

#[inline(always)]
pub(in crate::kernel) fn log10<L: Lane>(x: L) -> L {
    let (k, ln) = precise(x);
    let fraction = ln.times(constant_pair(L::Scalar::LOG10_E));
    let [unit, unit_rest] = L::Scalar::LOG10_2;
    let sum = sum_of_ordered(k * L::splat(unit), fraction.high);
    let low = k.mul_add(L::splat(unit_rest), sum.low + fraction.low);
    with_limits(x, sum.high + low)
}
