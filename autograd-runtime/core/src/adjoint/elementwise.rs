//! Adjoints of functions of one element whose derivative is more than a formula in the operators:
//! those with a kink, a special case, or a function that scalars do not have.
//!
//! The adjoint of such a function returns the cotangent of its operand, element by element, for
//! scalars and tensors alike. Of the symbolic zero it is the symbolic zero. An element that has no
//! part in the result gets exactly 0, whatever the cotangent.

use crate::kernel::Binary;
use crate::kernel::pool;
use crate::ops::compare::same_shape;
use crate::{Real, Tensor};
use std::borrow::Cow;

/// A scalar or a tensor of scalars.
pub trait Elementwise: Sized {
    /// What it is made of.
    type Scalar: Real;

    /// A formula of the cotangent and what it is multiplied with: of scalars as it stands, of
    /// tensors on vector lanes.
    #[doc(hidden)]
    #[must_use]
    fn adjoint(
        &self,
        other: &Self,
        scalar: impl Fn(Self::Scalar, Self::Scalar) -> Self::Scalar,
        tensor: Binary<Self::Scalar>,
    ) -> Self;
}

impl<T: Real> Elementwise for T {
    type Scalar = T;
    #[inline(always)]
    fn adjoint(&self, other: &T, scalar: impl Fn(T, T) -> T, _: Binary<T>) -> T {
        scalar(*self, *other)
    }
}

impl<const R: usize, T: Real> Elementwise for Tensor<R, T> {
    type Scalar = T;
    #[inline]
    #[track_caller]
    fn adjoint(&self, other: &Self, _: impl Fn(T, T) -> T, tensor: Binary<T>) -> Self {
        self.adjoint_of_tensor(other, tensor)
    }
}

/// A constant of the type that `x` is made of.
#[inline(always)]
pub fn literal<X: Elementwise>(_: &X, value: f64) -> X::Scalar {
    X::Scalar::from_f64(value)
}

/// Tensors alone. Scalars have no method of these names in `std`: what a user's own trait means by
/// one is not known.
pub trait TensorElements: Elementwise {
    /// A formula of the cotangent and what it is multiplied with, for each element.
    #[doc(hidden)]
    #[must_use]
    fn adjoint_of_tensor(&self, other: &Self, formula: Binary<Self::Scalar>) -> Self;
}

impl<const R: usize, T: Real> TensorElements for Tensor<R, T> {
    #[track_caller]
    fn adjoint_of_tensor(&self, other: &Self, formula: Binary<T>) -> Self {
        if self.is_symbolic_zero() {
            return self.clone();
        }
        same_shape("the adjoint of an operation", &self.shape, &other.shape);
        Self { shape: self.shape, data: formula.map(&self.data, &other.data) }
    }
}

/// `x̄ = 2 ȳ x`.
#[inline]
pub fn square<X: TensorElements>(dy: &X, x: &X) -> X {
    dy.adjoint_of_tensor(x, Binary::SquareAdjoint)
}

/// `x̄ = ȳ sign(x)` with `sign(0) = 0`.
#[inline]
pub fn abs<X: Elementwise>(dy: &X, x: &X) -> X {
    let scalar = |dy: X::Scalar, x: X::Scalar| {
        if x > X::Scalar::ZERO {
            dy
        } else if x < X::Scalar::ZERO {
            -dy
        } else {
            // Zero at zero, NaN at NaN.
            x.abs()
        }
    };
    dy.adjoint(x, scalar, Binary::AbsAdjoint)
}

/// `x̄ = ȳ` where `lo <= x <= hi`, else 0.
#[inline]
pub fn clamp<X: Elementwise>(dy: &X, x: &X, lo: X::Scalar, hi: X::Scalar) -> X {
    let scalar = |dy, x| if lo <= x && x <= hi { dy } else { X::Scalar::ZERO };
    dy.adjoint(x, scalar, Binary::ClampAdjoint(lo, hi))
}

/// `x̄ = n ȳ xⁿ⁻¹`, and 0 for `n = 0`.
#[inline]
pub fn powi<X: Elementwise>(dy: &X, x: &X, n: i32) -> X {
    if n == 0 {
        return nothing(dy, x);
    }
    let factor = X::Scalar::from_f64(f64::from(n));
    let scalar = |dy: X::Scalar, x: X::Scalar| match n.checked_sub(1) {
        Some(less) => dy * (factor * x.powi(less)),
        None => dy * (factor * (x.powi(n) / x)),
    };
    dy.adjoint(x, scalar, Binary::PowiAdjoint(n))
}

/// `x̄ = e ȳ xᵉ⁻¹`, and 0 for `e = 0`.
#[inline]
pub fn powf<X: Elementwise>(dy: &X, x: &X, e: X::Scalar) -> X {
    if e.is_exactly_zero() {
        return nothing(dy, x);
    }
    let scalar = |dy: X::Scalar, x: X::Scalar| dy * (e * x.powf(e - X::Scalar::ONE));
    dy.adjoint(x, scalar, Binary::PowfAdjoint(e))
}

/// Zero for each element, whatever the cotangent.
fn nothing<X: Elementwise>(dy: &X, x: &X) -> X {
    let (infinity, zero) = (X::Scalar::INFINITY, X::Scalar::ZERO);
    // No element lies between these.
    dy.adjoint(x, |_, _| zero, Binary::ClampAdjoint(infinity, -infinity))
}

/// `x̄ = ȳ` where `y = relu(x)` is not zero, else 0.
#[inline]
pub fn relu<X: TensorElements>(dy: &X, y: &X) -> X {
    dy.adjoint_of_tensor(y, Binary::ReluAdjoint)
}

/// `x̄ = ȳ` for positive `x`, else `slope ȳ`.
#[inline]
pub fn leaky_relu<X: TensorElements>(dy: &X, x: &X, slope: X::Scalar) -> X {
    dy.adjoint_of_tensor(x, Binary::LeakyReluAdjoint(slope))
}

/// `x̄ = ȳ (Φ(x) + x φ(x))` with the distribution function and the density of the standard normal
/// distribution.
#[inline]
pub fn gelu<X: TensorElements>(dy: &X, x: &X) -> X {
    dy.adjoint_of_tensor(x, Binary::GeluAdjoint)
}

/// `x̄ = ȳ σ(x) (1 + x (1 - σ(x)))`.
#[inline]
pub fn silu<X: TensorElements>(dy: &X, x: &X) -> X {
    dy.adjoint_of_tensor(x, Binary::SiluAdjoint)
}

/// `x̄ = ȳ y (1 - y)` for `y = σ(x)`.
#[inline]
pub fn sigmoid<X: TensorElements>(dy: &X, y: &X) -> X {
    dy.adjoint_of_tensor(y, Binary::SigmoidAdjoint)
}

/// `x̄ = ȳ σ(x)`.
#[inline]
pub fn softplus<X: TensorElements>(dy: &X, x: &X) -> X {
    dy.adjoint_of_tensor(x, Binary::SoftplusAdjoint)
}

/// `x̄ = 2/√π ȳ exp(-x²)`.
#[inline]
pub fn erf<X: TensorElements>(dy: &X, x: &X) -> X {
    dy.adjoint_of_tensor(x, Binary::ErfAdjoint)
}

/// `ā = ȳ` where `a` is the larger of two scalars, `ȳ / 2` where they are equal, else 0. If one is
/// NaN, the other is the result.
#[inline]
pub fn max_lhs<T: Real>(dy: T, a: T, b: T) -> T {
    share(dy, a > b || (b.is_nan() && !a.is_nan()), b > a || (a.is_nan() && !b.is_nan()))
}

/// `b̄` of the larger of two scalars: see [`max_lhs`].
#[inline]
pub fn max_rhs<T: Real>(dy: T, a: T, b: T) -> T {
    max_lhs(dy, b, a)
}

/// `ā = ȳ` where `a` is the smaller of two scalars, `ȳ / 2` where they are equal, else 0. If one is
/// NaN, the other is the result.
#[inline]
pub fn min_lhs<T: Real>(dy: T, a: T, b: T) -> T {
    share(dy, a < b || (b.is_nan() && !a.is_nan()), b < a || (a.is_nan() && !b.is_nan()))
}

/// `b̄` of the smaller of two scalars: see [`min_lhs`].
#[inline]
pub fn min_rhs<T: Real>(dy: T, a: T, b: T) -> T {
    min_lhs(dy, b, a)
}

/// The share of an operand in the cotangent: all, nothing, or half if neither operand wins.
#[inline(always)]
fn share<T: Real>(dy: T, wins: bool, loses: bool) -> T {
    if wins {
        dy
    } else if loses {
        T::ZERO
    } else {
        dy * T::from_f64(0.5)
    }
}

/// The cotangent of the lower bound of a clamped scalar: `ȳ` where `x < lo`, else 0.
#[inline]
pub fn clamp_min<T: Real>(dy: T, x: T, lo: T, _hi: T) -> T {
    if x < lo { dy } else { T::ZERO }
}

/// The cotangent of the upper bound of a clamped scalar: `ȳ` where `x > hi`, else 0.
#[inline]
pub fn clamp_max<T: Real>(dy: T, x: T, _lo: T, hi: T) -> T {
    if x > hi { dy } else { T::ZERO }
}

/// The cotangent of the exponent of `y = xᵉ`: `ȳ y ln x`, and 0 where `x = 0` and `y` is finite.
#[inline]
pub fn powf_exponent<T: Real>(dy: T, x: T, y: T) -> T {
    if x == T::ZERO && y.is_finite() { T::ZERO } else { dy * y * x.ln() }
}

/// The cotangent of the magnitude of `copysign(x, s)`: `ȳ` where the signs agree, `-ȳ` where they do
/// not, and 0 at `x = 0`.
#[inline]
pub fn copysign<T: Real>(dy: T, x: T, s: T) -> T {
    if x == T::ZERO {
        T::ZERO
    } else if x.is_sign_negative() == s.is_sign_negative() {
        dy
    } else {
        -dy
    }
}

/// The cotangent of `a` in the shape of `max(a, b)`, before it is summed to that of `a`: `ȳ` where
/// `a > b`, `ȳ / 2` where they are equal, else 0. As in torch, both get `ȳ` where one is NaN.
pub fn maximum_lhs<const RY: usize, const RA: usize, const RB: usize, T: Real>(
    dy: &Tensor<RY, T>,
    a: &Tensor<RA, T>,
    b: &Tensor<RB, T>,
) -> Tensor<RY, T> {
    share_elements(dy, a, b, |a, b| a < b)
}

/// The cotangent of `b` in the shape of `max(a, b)`: see [`maximum_lhs`].
pub fn maximum_rhs<const RY: usize, const RA: usize, const RB: usize, T: Real>(
    dy: &Tensor<RY, T>,
    a: &Tensor<RA, T>,
    b: &Tensor<RB, T>,
) -> Tensor<RY, T> {
    maximum_lhs(dy, b, a)
}

/// The cotangent of `a` in the shape of `min(a, b)`, before it is summed to that of `a`: `ȳ` where
/// `a < b`, `ȳ / 2` where they are equal, else 0. As in torch, both get `ȳ` where one is NaN.
pub fn minimum_lhs<const RY: usize, const RA: usize, const RB: usize, T: Real>(
    dy: &Tensor<RY, T>,
    a: &Tensor<RA, T>,
    b: &Tensor<RB, T>,
) -> Tensor<RY, T> {
    share_elements(dy, a, b, |a, b| a > b)
}

/// The cotangent of `b` in the shape of `min(a, b)`: see [`minimum_lhs`].
pub fn minimum_rhs<const RY: usize, const RA: usize, const RB: usize, T: Real>(
    dy: &Tensor<RY, T>,
    a: &Tensor<RA, T>,
    b: &Tensor<RB, T>,
) -> Tensor<RY, T> {
    minimum_lhs(dy, b, a)
}

/// The share of each element of `a` in the cotangent of its choice over that of `b`.
fn share_elements<const RY: usize, const RA: usize, const RB: usize, T: Real>(
    dy: &Tensor<RY, T>,
    a: &Tensor<RA, T>,
    b: &Tensor<RB, T>,
    loses: impl Fn(T, T) -> bool,
) -> Tensor<RY, T> {
    if dy.is_symbolic_zero() {
        return dy.clone();
    }
    let (a, b) = (expanded(a, &dy.shape), expanded(b, &dy.shape));
    let elements = dy.data.iter().zip(a.iter()).zip(b.iter());
    let data = elements.map(|((&dy, &a), &b)| share(dy, a != b && !loses(a, b), loses(a, b)));
    Tensor { shape: dy.shape, data: pool::collected(data) }
}

/// The elements of `x`, repeated to the dimensions `shape`.
fn expanded<'a, const R: usize, const S: usize, T: Real>(
    x: &'a Tensor<R, T>,
    shape: &[usize; S],
) -> Cow<'a, [T]> {
    if x.shape[..] == shape[..] {
        Cow::Borrowed(&x.data)
    } else {
        Cow::Owned(x.broadcast_to(*shape).into_vec())
    }
}

#[cfg(test)]
mod tests;
