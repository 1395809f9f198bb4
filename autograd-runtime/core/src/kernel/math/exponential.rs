//! The exponential function and its relatives: `x = n ln 2 + r`, so that `exp(x) = 2ⁿ exp(r)`.

use super::{Constants, one, polynomial, power_of_two, zero};
use crate::kernel::Lane;

/// `x` limited to a range, NaN where it is NaN.
#[inline(always)]
fn limited<L: Lane>(x: L, [low, high]: [L::Scalar; 2]) -> L {
    L::splat(high).min(L::splat(low).max(x))
}

/// `n` and `r` of `x = n ln 2 + r` with `|r| ≤ ln(2) / 2`.
#[inline(always)]
pub(super) fn reduced<L: Lane>(x: L) -> (L, L) {
    let n = (x * L::splat(L::Scalar::LOG2_E[0])).round_small();
    let [ln_2, rest] = L::Scalar::LN_2;
    let r = (-n).mul_add(L::splat(ln_2), x);
    (n, (-n).mul_add(L::splat(rest), r))
}

/// `exp(r) - 1` of a reduced argument.
#[inline(always)]
pub(super) fn reduced_exp_m1<L: Lane>(r: L) -> L {
    (r * r).mul_add(polynomial(r, L::Scalar::EXP), r)
}

#[inline(always)]
pub(in crate::kernel) fn exp<L: Lane>(x: L) -> L {
    let (n, r) = reduced(limited(x, L::Scalar::EXP_RANGE));
    (one::<L>() + reduced_exp_m1(r)).ldexp(n)
}

#[inline(always)]
pub(in crate::kernel) fn exp2<L: Lane>(x: L) -> L {
    let x = limited(x, L::Scalar::EXP2_RANGE);
    let n = x.round_small();
    let r = (x - n) * L::constant(std::f64::consts::LN_2);
    (one::<L>() + reduced_exp_m1(r)).ldexp(n)
}

#[inline(always)]
pub(in crate::kernel) fn exp_m1<L: Lane>(x: L) -> L {
    let (n, r) = reduced(limited(x, [L::Scalar::EXP_M1_LOW, L::Scalar::EXP_RANGE[1]]));
    // 2ⁿ ((exp(r) - 1) + (1 - 2⁻ⁿ)). Of a large n nothing is left of the last term.
    let inverse = power_of_two(-L::constant(100.0).min(n));
    let y = (reduced_exp_m1(r) + (one::<L>() - inverse)).ldexp(n);
    // -0 has lost its sign.
    y.or(x.and(L::constant(-0.0)))
}

#[inline(always)]
pub(in crate::kernel) fn tanh<L: Lane>(x: L) -> L {
    let magnitude = L::splat(L::Scalar::TANH_HIGH).min(x.abs());
    let (n, r) = reduced(magnitude + magnitude);
    // tanh x = m / (m + 2) with m = exp(2x) - 1, both divided by 2ⁿ.
    let inverse = power_of_two(-n);
    let m = reduced_exp_m1(r) + (one::<L>() - inverse);
    (m / (m + (inverse + inverse))).copysign(x)
}

#[inline(always)]
pub(in crate::kernel) fn sigmoid<L: Lane>(x: L) -> L {
    // The exponential of the other side would overflow.
    let small = exp(-x.abs());
    L::select(x.lt(zero()), small, one()) / (one::<L>() + small)
}

#[inline(always)]
pub(in crate::kernel) fn silu<L: Lane>(x: L) -> L {
    // Beyond this the result is 0 on the left, and x on the right.
    let high = L::splat(L::Scalar::SILU_HIGH);
    let (n, r) = reduced(-high.min(x.abs()));
    let e = one::<L>() + reduced_exp_m1(r);
    // x eˣ / (1 + eˣ) on the left, where eˣ alone may be too small for a number.
    let left = ((-high).max(x) * e).ldexp(n);
    L::select(x.lt(zero()), left, x) / (one::<L>() + e.ldexp(n))
}
