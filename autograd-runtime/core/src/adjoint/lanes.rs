//! The adjoints of functions of one element, for the lanes of a fused pass: those of
//! [`adjoint`](super) with the same names, element by element.

use crate::Real;
use crate::kernel::Lane;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

#[inline(always)]
fn zero<L: Lane>() -> L {
    L::splat(L::Scalar::ZERO)
}

#[inline(always)]
fn one<L: Lane>() -> L {
    L::splat(L::Scalar::ONE)
}

/// `x̄ = 2 ȳ x`.
#[inline(always)]
pub fn square<L: Lane>(dy: L, x: L) -> L {
    dy * (x + x)
}

/// `x̄ = ȳ sign(x)` with `sign(0) = 0`; NaN at NaN.
#[inline(always)]
pub fn abs<L: Lane>(dy: L, x: L) -> L {
    let below = L::select(x.lt(zero()), -dy, x.abs());
    L::select(zero::<L>().lt(x), dy, below)
}

/// `x̄ = ȳ` where `lo <= x <= hi`, else 0.
#[inline(always)]
pub fn clamp<L: Lane>(dy: L, x: L, lo: L, hi: L) -> L {
    L::select(lo.le(x) & x.le(hi), dy, zero())
}

/// `x̄ = n ȳ xⁿ⁻¹`, and 0 for `n = 0`.
#[inline(always)]
pub fn powi<L: Lane>(dy: L, x: L, n: i32) -> L {
    let factor = L::constant(f64::from(n));
    match n.checked_sub(1) {
        _ if n == 0 => zero(),
        Some(less) => dy * (factor * x.powi(less)),
        None => dy * (factor * (x.powi(n) / x)),
    }
}

/// `x̄ = e ȳ xᵉ⁻¹`, and 0 for `e = 0`.
#[inline(always)]
pub fn powf<L: Lane>(dy: L, x: L, e: L) -> L {
    L::select(e.eq(zero()), zero(), dy * (e * x.powf(e - one())))
}

/// `x̄ = ȳ` where `y = relu(x)` is not zero, else 0.
#[inline(always)]
pub fn relu<L: Lane>(dy: L, y: L) -> L {
    L::select(y.le(zero()), zero(), dy)
}

/// `x̄ = ȳ` for positive `x`, else `slope ȳ`.
#[inline(always)]
pub fn leaky_relu<L: Lane>(dy: L, x: L, slope: L) -> L {
    L::select(zero::<L>().lt(x), dy, slope * dy)
}

/// `x̄ = ȳ (Φ(x) + x φ(x))` with the distribution function and the density of the standard normal
/// distribution.
#[inline(always)]
pub fn gelu<L: Lane>(dy: L, x: L) -> L {
    let peak = L::constant(0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2);
    dy * (x.normal_cdf() + x * peak * (L::constant(-0.5) * x * x).exp())
}

/// `x̄ = ȳ σ(x) (1 + x (1 - σ(x)))`.
#[inline(always)]
pub fn silu<L: Lane>(dy: L, x: L) -> L {
    let s = x.sigmoid();
    dy * (s * (one::<L>() + x * (one::<L>() - s)))
}

/// `x̄ = ȳ y (1 - y)` for `y = σ(x)`.
#[inline(always)]
pub fn sigmoid<L: Lane>(dy: L, y: L) -> L {
    dy * (y * (one::<L>() - y))
}

/// `x̄ = ȳ σ(x)`.
#[inline(always)]
pub fn softplus<L: Lane>(dy: L, x: L) -> L {
    dy * x.sigmoid()
}

/// `x̄ = 2/√π ȳ exp(-x²)`.
#[inline(always)]
pub fn erf<L: Lane>(dy: L, x: L) -> L {
    dy * (L::constant(FRAC_2_SQRT_PI) * (-x * x).exp())
}

/// `ā = ȳ` where `a` is the larger of two, `ȳ / 2` where they are equal, else 0; both get `ȳ` where
/// one is NaN.
#[inline(always)]
pub fn maximum_lhs<L: Lane>(dy: L, a: L, b: L) -> L {
    let wins = L::select(a.eq(b), dy * L::constant(0.5), dy);
    L::select(a.lt(b), zero(), wins)
}

/// `b̄` of the larger of two: see [`maximum_lhs`].
#[inline(always)]
pub fn maximum_rhs<L: Lane>(dy: L, a: L, b: L) -> L {
    maximum_lhs(dy, b, a)
}

/// `ā = ȳ` where `a` is the smaller of two, else as in [`maximum_lhs`].
#[inline(always)]
pub fn minimum_lhs<L: Lane>(dy: L, a: L, b: L) -> L {
    maximum_lhs(dy, -a, -b)
}

/// `b̄` of the smaller of two: see [`minimum_lhs`].
#[inline(always)]
pub fn minimum_rhs<L: Lane>(dy: L, a: L, b: L) -> L {
    minimum_lhs(dy, b, a)
}
