//! What generated tangent functions call: tangents as arguments, zeros, and the tangents of operations
//! that are not differentiable operations themselves.
//!
//! A tangent is written out to the shape of its primal. It is exactly the primal's
//! [`Differentiable::Tangent`], but for a field without gradient, whose tangent is [`NoTangent`]
//! whatever its type is; [`part`] makes the one of the other.

mod reduce;

pub use reduce::*;

use crate::differentiable::{Differentiable, NoTangent, Tangent};
use crate::place::{NoSlot, Place, Slot, Unwanted};
use crate::{Real, Tensor};
use std::borrow::Borrow;

/// The tangent of an argument as a callee takes it: none stands for zero.
pub struct Dot<'a, S: ?Sized>(Option<&'a S>);

impl<S: ?Sized> Clone for Dot<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ?Sized> Copy for Dot<'_, S> {}

impl<S> Dot<'_, S> {
    /// A place for the gradient, if the caller gives a tangent to multiply it with.
    pub(crate) fn place_beside(self, gradient: &mut S) -> Slot<'_, S> {
        if self.0.is_some() { Slot::of(gradient) } else { Slot::unwanted() }
    }
}

impl<'a, S: ToOwned + ?Sized> Dot<'a, S>
where
    S::Owned: Borrow<S>,
{
    /// The tangent: the caller's, or `zero`, which is put into `own`.
    #[inline(always)]
    pub fn get(self, own: &'a mut Option<S::Owned>, zero: impl FnOnce() -> S::Owned) -> &'a S {
        match self.0 {
            Some(tangent) => tangent,
            None => (*own.insert(zero())).borrow(),
        }
    }

    /// The tangent, if the caller gives one.
    #[inline(always)]
    pub fn given(self) -> Option<&'a S> {
        self.0
    }

    /// A tangent of its own.
    #[inline(always)]
    pub fn own(self, zero: impl FnOnce() -> S::Owned) -> S::Owned {
        self.0.map_or_else(zero, ToOwned::to_owned)
    }
}

/// What a callee takes for a tangent that is kept in a `P`.
#[diagnostic::on_unimplemented(
    message = "the tangent of an argument does not fit the parameter that it is passed to"
)]
pub trait FromTangent<'a, P: ?Sized> {
    /// The argument for a tangent.
    fn from_tangent(tangent: &'a P) -> Self;
}

impl<'a, P: Place<S> + ?Sized, S: ?Sized> FromTangent<'a, P> for Dot<'a, S> {
    #[inline(always)]
    fn from_tangent(tangent: &'a P) -> Self {
        Self(tangent.view())
    }
}

impl<P: ?Sized> FromTangent<'_, P> for NoSlot {
    #[inline(always)]
    fn from_tangent(_: &P) -> Self {
        Self
    }
}

/// As [`FromTangent`], where the callee may change the tangent with its argument.
#[diagnostic::on_unimplemented(
    message = "the tangent of an argument does not fit the parameter that it is passed to"
)]
pub trait FromTangentMut<'a, P: ?Sized> {
    /// The argument for a tangent.
    fn from_tangent_mut(tangent: &'a mut P) -> Self;
}

impl<'a, P: Place<S> + ?Sized, S: ?Sized> FromTangentMut<'a, P> for Dot<'a, S> {
    #[inline(always)]
    fn from_tangent_mut(tangent: &'a mut P) -> Self {
        Self(tangent.view())
    }
}

impl<'a, P: Place<S> + ?Sized, S: ?Sized> FromTangentMut<'a, P> for Slot<'a, S> {
    #[inline(always)]
    fn from_tangent_mut(tangent: &'a mut P) -> Self {
        tangent.slot()
    }
}

impl<P: ?Sized> FromTangentMut<'_, P> for NoSlot {
    #[inline(always)]
    fn from_tangent_mut(_: &mut P) -> Self {
        Self
    }
}

impl<S: ?Sized> Unwanted for Dot<'_, S> {
    #[inline(always)]
    fn unwanted() -> Self {
        Self(None)
    }
}

/// The tangent of an argument, as the callee takes it.
#[inline(always)]
pub fn dot<'a, P: ?Sized, D: FromTangent<'a, P>>(tangent: &'a P) -> D {
    D::from_tangent(tangent)
}

/// The tangent of an argument that the callee may change.
#[inline(always)]
pub fn dot_mut<'a, P: ?Sized, D: FromTangentMut<'a, P>>(tangent: &'a mut P) -> D {
    D::from_tangent_mut(tangent)
}

/// The tangent of a constant.
#[inline(always)]
pub fn zero<D: Differentiable + ?Sized>(value: &D) -> D::Tangent {
    D::zeros(&value.tangent_shape())
}

/// The tangent of `value`, read from a place that may keep none.
#[inline(always)]
pub fn part<D, P>(place: &P, value: &D) -> D::Tangent
where
    D: Differentiable + ?Sized,
    P: Place<D::Tangent> + ?Sized,
{
    place.view().map_or_else(|| zero(value), Clone::clone)
}

/// Puts a tangent into a place that may keep none.
#[inline(always)]
pub fn put<S, P: Place<S> + ?Sized>(place: &mut P, tangent: S) {
    if let Some(place) = place.slot().wanted() {
        *place = tangent;
    }
}

/// The tangent of `value`, which a pattern has bound to a part of an enum. `access` finds its place in
/// the enum's tangent.
pub fn bound<E, P, D>(tangent: &E, value: &D, access: impl FnOnce(&mut E) -> &mut P) -> D::Tangent
where
    E: Clone,
    P: Place<D::Tangent>,
    D: Differentiable + ?Sized,
{
    let mut copy = tangent.clone();
    let mut found = part(access(&mut copy), value);
    D::materialize(&value.tangent_shape(), &mut found);
    found
}

/// Contributions to the tangent of a result: of its own shape, or broadcast to it.
#[diagnostic::on_unimplemented(
    message = "no derivative is known for this operator on a `{Y}`",
    label = "operators are differentiated on scalars and tensors only",
    note = "write a `#[differentiable]` method for this type and call it instead of the operator"
)]
pub trait Spread<Y: Differentiable + ?Sized> {
    /// The contribution in the shape of `result`.
    fn spread(self, result: &Y) -> Y::Tangent;
}

impl<T: Real> Spread<T> for T {
    #[inline(always)]
    fn spread(self, _: &T) -> T {
        self
    }
}

impl<const R: usize, T: Real> Spread<Tensor<R, T>> for T {
    fn spread(self, result: &Tensor<R, T>) -> Tensor<R, T> {
        Tensor::full(result.shape, self)
    }
}

impl<const R: usize, const S: usize, T: Real> Spread<Tensor<R, T>> for Tensor<S, T> {
    #[inline]
    fn spread(self, result: &Tensor<R, T>) -> Tensor<R, T> {
        if R == S && self.shape[..] == result.shape[..] {
            let data = self.into_vec();
            return Tensor { shape: result.shape, data };
        }
        self.broadcast_to(result.shape)
    }
}

impl<Y: Differentiable + ?Sized> Spread<Y> for NoTangent {
    #[inline(always)]
    fn spread(self, result: &Y) -> Y::Tangent {
        zero(result)
    }
}

/// The contribution of an operand to the tangent of `result`.
#[inline(always)]
pub fn spread<C: Spread<Y>, Y: Differentiable + ?Sized>(contribution: C, result: &Y) -> Y::Tangent {
    contribution.spread(result)
}

/// The sum of two contributions.
#[inline(always)]
pub fn sum<S: Tangent>(mut a: S, b: S) -> S {
    a.accumulate(b);
    a
}

/// What can be cast to the scalar `To`, with its tangent.
#[diagnostic::on_unimplemented(
    message = "no derivative is known for this cast of a `{Self}`",
    label = "casts are differentiated between `f32` and `f64`"
)]
pub trait CastTangent<To>: Differentiable {
    /// The tangent of the result, from that of the operand.
    fn cast(tangent: &Self::Tangent) -> To;
}

macro_rules! casts {
    ($($from:ident => $($to:ident)*;)*) => {$($(
        impl CastTangent<$to> for $from {
            #[inline(always)]
            #[allow(clippy::cast_lossless, clippy::cast_possible_truncation, reason = "the same text widens and narrows")]
            fn cast(tangent: &$from) -> $to {
                *tangent as $to
            }
        }
    )*)*};
}
casts! {
    f32 => f32 f64;
    f64 => f32 f64;
}

macro_rules! integers {
    ($($t:ident)*) => {$(
        impl<To: Real> CastTangent<To> for $t {
            #[inline(always)]
            fn cast(_: &NoTangent) -> To {
                To::ZERO
            }
        }
    )*};
}
integers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize bool char);

/// The tangent of `value as To`.
#[inline(always)]
pub fn cast<D: CastTangent<To>, To>(tangent: &D::Tangent, value: &D, result: &To) -> To {
    let _ = (value, result);
    D::cast(tangent)
}
