//! Powers: `|x|ʸ = exp(y ln |x|)`, with a logarithm of more digits than the result has.

use super::exponential::{reduced, reduced_exp_m1};
use super::logarithm::ln_precise;
use super::pair::product;
use super::{Constants, infinity, one, zero};
use crate::Real;
use crate::kernel::lane::MAX_LEN;
use crate::kernel::{Lane, Mask as _};

#[inline(always)]
pub(in crate::kernel) fn powf<L: Lane>(x: L, y: L) -> L {
    let magnitude = x.abs();
    let high = L::splat(L::Scalar::POWER_HIGH);
    let power = exp_of_product(magnitude, high.min((-high).max(y)));
    let odd = !(y * L::constant(0.5)).is_integer();
    let of_negative = L::select(odd, -power, power);
    let of_negative = L::select(y.is_integer(), of_negative, L::constant(f64::NAN));
    let power = L::select(x.lt(zero()), of_negative, power);

    let regular = zero::<L>().lt(magnitude) & magnitude.lt(infinity()) & y.abs().lt(infinity());
    if (!regular).any() { L::select(regular, power, one_by_one(x, y)) } else { power }
}

/// `exp(y ln x)` for a positive finite number.
#[inline(always)]
fn exp_of_product<L: Lane>(x: L, y: L) -> L {
    let ln = ln_precise(x);
    let exact = product(y, ln.high);
    let [low, high] = L::Scalar::EXP_RANGE;
    let exponent = L::splat(high).min(L::splat(low).max(exact.high));
    // Far outside the range the second part is large, and meaningless.
    let rest = L::select(exponent.eq(exact.high), y.mul_add(ln.low, exact.low), zero());
    let (n, r) = reduced(exponent);
    (one::<L>() + reduced_exp_m1(r + rest)).ldexp(n)
}

/// The powers of a lane in which there is a 0, an infinity or a NaN.
#[cold]
#[inline(never)]
fn one_by_one<L: Lane>(x: L, y: L) -> L {
    let mut powers = [L::Scalar::ZERO; MAX_LEN];
    let mut exponents = powers;
    x.store(&mut powers);
    y.store(&mut exponents);
    for (x, &y) in powers.iter_mut().zip(&exponents[..L::LEN]) {
        *x = Real::powf(*x, y);
    }
    L::load(&powers)
}
