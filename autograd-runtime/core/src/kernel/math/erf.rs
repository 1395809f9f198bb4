//! The error function: a polynomial up to 1, and beyond it `1 - exp(g)` with a polynomial for the
//! logarithm `g` of what is missing to 1, of which fewer digits are needed.

use super::exponential::{reduced, reduced_exp_m1};
use super::{Constants, one, polynomial, power_of_two};
use crate::kernel::Lane;

#[inline(always)]
pub(in crate::kernel) fn erf<L: Lane>(x: L) -> L {
    let magnitude = x.abs();
    let square = magnitude * magnitude;
    let near = magnitude.mul_add(polynomial(square, L::Scalar::ERF), magnitude);
    let limited = L::splat(L::Scalar::ERF_HIGH).min(magnitude);
    let (n, r) = reduced(-polynomial(limited, L::Scalar::ERFC));
    let missing = power_of_two(n) * (one::<L>() + reduced_exp_m1(r));
    L::select(magnitude.lt(one()), near, one::<L>() - missing).copysign(x)
}
