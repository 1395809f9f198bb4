//! Numbers as unevaluated sums of two: twice the digits.

use super::Constants;
use crate::kernel::Lane;

/// `high + low`, where `low` is less than an ulp of `high` or not much more.
#[derive(Clone, Copy)]
pub(super) struct Pair<L> {
    pub(super) high: L,
    pub(super) low: L,
}

/// `a + b` where `a` is the larger one or 0.
#[inline(always)]
pub(super) fn sum_of_ordered<L: Lane>(a: L, b: L) -> Pair<L> {
    let high = a + b;
    Pair { high, low: b - (high - a) }
}

/// `a b` without error.
#[inline(always)]
pub(super) fn product<L: Lane>(a: L, b: L) -> Pair<L> {
    let high = a * b;
    if L::FUSED {
        return Pair { high, low: a.mul_add(b, -high) };
    }
    let (a_high, a_low) = halves(a);
    let (b_high, b_low) = halves(b);
    let low = ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low;
    Pair { high, low }
}

/// The leading half of the digits, and the others.
#[inline(always)]
fn halves<L: Lane>(x: L) -> (L, L) {
    let scaled = x * L::splat(L::Scalar::SPLIT);
    let high = scaled - (scaled - x);
    (high, x - high)
}

impl<L: Lane> Pair<L> {
    #[inline(always)]
    pub(super) fn times(self, other: Self) -> Self {
        let Self { high, low } = product(self.high, other.high);
        let cross = self.low.mul_add(other.high, self.high * other.low);
        Self { high, low: low + cross }
    }
}
