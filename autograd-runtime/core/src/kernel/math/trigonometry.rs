//! Sine and cosine: `x = n π/2 + r` with `|r| ≤ π/4`. Which of the two polynomials in `r` is the
//! result, and its sign, are the lowest bits of `n`.

use super::{Constants, one, polynomial, zero};
use crate::Real;
use crate::kernel::{Lane, Mask as _};

#[inline(always)]
pub(in crate::kernel) fn sin<L: Lane>(x: L) -> L {
    let y = in_quadrant(x, zero());
    // -0 has lost its sign.
    let y = L::select(x.eq(zero()), x, y);
    with_large_angles(x, y, Real::sin)
}

#[inline(always)]
pub(in crate::kernel) fn cos<L: Lane>(x: L) -> L {
    with_large_angles(x, in_quadrant(x, one()), Real::cos)
}

/// `sin(x + quarters π/2)`.
#[inline(always)]
fn in_quadrant<L: Lane>(x: L, quarters: L) -> L {
    let round = L::splat(L::Scalar::ROUND);
    let rounded = x.mul_add(L::splat(L::Scalar::FRAC_2_PI), round);
    let n = rounded - round;
    let mut r = x;
    for part in L::Scalar::HALF_PI {
        r = (-n).mul_add(L::splat(part), r);
    }
    let w = r * r;
    let sine = (r * w).mul_add(polynomial(w, L::Scalar::SIN), r);
    let half = L::constant(0.5);
    let cosine = (w * polynomial(w, L::Scalar::COS) - half).mul_add(w, one());

    let quarter = n + quarters;
    let odd = (rounded + quarters).lowest_bit_to_sign().or(one());
    let y = L::select(odd.lt(zero()), cosine, sine);
    // An odd number of halves of the circle changes the sign: n / 2, rounded down.
    let halves = (quarter * half - L::constant(0.25)) + round;
    y.xor(halves.lowest_bit_to_sign())
}

/// Leaves the angles to `std` that are so large that too few digits of `π` were subtracted.
#[inline(always)]
fn with_large_angles<L: Lane>(x: L, y: L, f: fn(L::Scalar) -> L::Scalar) -> L {
    let large = L::splat(L::Scalar::ANGLE_HIGH).lt(x.abs());
    if large.any() { L::select(large, one_by_one(x, f), y) } else { y }
}

#[cold]
#[inline(never)]
fn one_by_one<L: Lane>(x: L, f: fn(L::Scalar) -> L::Scalar) -> L {
    x.each(f)
}
