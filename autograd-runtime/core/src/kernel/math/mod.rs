//! Functions of lanes: what `std` has for scalars, without a branch and without a table.
//!
//! Each function reduces its argument to a small interval, where a polynomial is as good as the
//! function, and puts the value together from there. The reductions are the published ones: Cody and
//! Waite, *Software Manual for the Elementary Functions*; Muller, *Elementary Functions*. Where the
//! result is more sensitive than a scalar can tell, numbers are carried as sums of two (Dekker 1971).
//! Of two functions, what is far out or not a number is rare and left to `std`: `sin` and `cos` of
//! large angles, powers of 0 and of what is infinite.
//!
//! The errors that are stated with the methods of [`Lane`] are in units in the last
//! place (ulp). They were measured against `std` in `f64` over all arguments in `f32`, and against
//! sums of two `f64` over samples of the arguments in `f64`: see `tests`.

mod constants;
mod erf;
mod exponential;
mod logarithm;
mod pair;
mod power;
#[cfg(test)]
mod tests;
mod trigonometry;

pub(super) use constants::Constants;
pub(super) use erf::erf;
pub(super) use exponential::{exp, exp_m1, exp2, sigmoid, silu, tanh};
pub(super) use logarithm::{ln, ln_1p, log2, log10, softplus};
pub(super) use power::powf;
pub(super) use trigonometry::{cos, sin};

use super::lane::Lane;
use crate::Real;

/// `c₀ + c₁ x + c₂ x² + …`.
#[inline(always)]
fn polynomial<L: Lane>(x: L, coefficients: &[L::Scalar]) -> L {
    let mut i = coefficients.len() - 1;
    let mut sum = L::splat(coefficients[i]);
    while i > 0 {
        i -= 1;
        sum = sum.mul_add(x, L::splat(coefficients[i]));
    }
    sum
}

#[inline(always)]
fn zero<L: Lane>() -> L {
    L::splat(L::Scalar::ZERO)
}

#[inline(always)]
fn one<L: Lane>() -> L {
    L::splat(L::Scalar::ONE)
}

#[inline(always)]
fn infinity<L: Lane>() -> L {
    L::splat(L::Scalar::INFINITY)
}

/// The nearest integer, for what is small beside [`Constants::ROUND`].
#[inline(always)]
pub(super) fn round_small<L: Lane>(x: L) -> L {
    let round = L::splat(L::Scalar::ROUND);
    (x + round) - round
}

/// `2ⁿ` for an integer that is the exponent of a normal number.
#[inline(always)]
fn power_of_two<L: Lane>(n: L) -> L {
    (n + L::splat(L::Scalar::ROUND_BIASED)).bits_to_exponent()
}

/// `2ⁿ x`, in two steps: a subnormal result is rounded once and an infinite one needs a factor that
/// no exponent can hold.
#[inline(always)]
pub(super) fn ldexp<L: Lane>(x: L, n: L) -> L {
    let half = (n * L::constant(0.5)).round_small();
    (x * power_of_two(half)) * power_of_two(n - half)
}
