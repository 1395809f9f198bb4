//! Places that cotangents are accumulated in.

use crate::differentiable::{Differentiable, NoTangent, Tangent};
use crate::witness::Witness;
use std::borrow::BorrowMut;

/// Where a callee accumulates the cotangent of a by-reference argument; empty if nobody wants it.
pub struct Slot<'a, S: ?Sized>(Option<&'a mut S>);

impl<'a, S: ?Sized> Slot<'a, S> {
    /// A slot for a place.
    #[inline(always)]
    pub fn of(place: &'a mut S) -> Self {
        Self(Some(place))
    }

    /// The place, if the cotangent is wanted.
    #[inline(always)]
    pub fn wanted(self) -> Option<&'a mut S> {
        self.0
    }
}

impl<'a, S: ToOwned + ?Sized> Slot<'a, S>
where
    S::Owned: BorrowMut<S>,
{
    /// The place to accumulate into: the caller's, or one in `own` that starts as `zero`.
    #[inline(always)]
    pub fn resolve(
        self,
        own: &'a mut Option<S::Owned>,
        zero: impl FnOnce() -> S::Owned,
    ) -> &'a mut S {
        match self.0 {
            Some(place) => place,
            None => own.insert(zero()).borrow_mut(),
        }
    }
}

/// The slot of a parameter that has no gradient.
#[derive(Clone, Copy)]
pub struct NoSlot;

/// A place for cotangents of type `S`.
///
/// Every tangent is a place for its own kind, a list is one for slices, and [`NoTangent`], which
/// stands where a field has no gradient, swallows every cotangent.
#[diagnostic::on_unimplemented(
    message = "the gradient of an argument does not fit the parameter that it is passed to",
    label = "the tangent of the argument is a `{Self}`, that of the parameter a `{S}`"
)]
pub trait Place<S: ?Sized> {
    /// The place, if it keeps anything.
    fn slot(&mut self) -> Slot<'_, S>;

    /// What the place holds, if it keeps anything: forward mode reads it.
    ///
    /// # Panics
    /// If a type of your own that implements `Place` leaves it out. Write `Some(self)`.
    fn view(&self) -> Option<&S> {
        panic!("forward mode reads this tangent: implement `Place::view` for it as `Some(self)`")
    }
}

impl<S: ?Sized> Place<S> for NoTangent {
    #[inline(always)]
    fn slot(&mut self) -> Slot<'_, S> {
        Slot(None)
    }
    #[inline(always)]
    fn view(&self) -> Option<&S> {
        None
    }
}

/// A part of what has no gradient has none either.
impl<I> std::ops::Index<I> for NoTangent {
    type Output = Self;
    #[inline(always)]
    fn index(&self, _: I) -> &Self {
        self
    }
}

impl<I> std::ops::IndexMut<I> for NoTangent {
    #[inline(always)]
    fn index_mut(&mut self, _: I) -> &mut Self {
        self
    }
}

macro_rules! places {
    ($([$($generics:tt)*] $t:ty => $s:ty;)*) => {$(
        impl<$($generics)*> Place<$s> for $t {
            #[inline(always)]
            fn slot(&mut self) -> Slot<'_, $s> {
                Slot(Some(self))
            }
            #[inline(always)]
            fn view(&self) -> Option<&$s> {
                Some(self)
            }
        }
    )*};
}
places! {
    [] f32 => f32;
    [] f64 => f64;
    [T] [T] => [T];
    [T] Vec<T> => Vec<T>;
    [T] Vec<T> => [T];
    [T] Option<T> => Option<T>;
    [T, const N: usize] [T; N] => [T; N];
    [T, const N: usize] [T; N] => [T];
    [const R: usize, T] crate::Tensor<R, T> => crate::Tensor<R, T>;
    [A] (A,) => (A,);
    [A, B] (A, B) => (A, B);
    [A, B, C] (A, B, C) => (A, B, C);
    [A, B, C, D] (A, B, C, D) => (A, B, C, D);
    [A, B, C, D, E] (A, B, C, D, E) => (A, B, C, D, E);
    [A, B, C, D, E, F] (A, B, C, D, E, F) => (A, B, C, D, E, F);
    [A, B, C, D, E, F, G] (A, B, C, D, E, F, G) => (A, B, C, D, E, F, G);
    [A, B, C, D, E, F, G, H] (A, B, C, D, E, F, G, H) => (A, B, C, D, E, F, G, H);
    [A, B, C, D, E, F, G, H, I] (A, B, C, D, E, F, G, H, I) => (A, B, C, D, E, F, G, H, I);
    [A, B, C, D, E, F, G, H, I, J] (A, B, C, D, E, F, G, H, I, J) => (A, B, C, D, E, F, G, H, I, J);
    [A, B, C, D, E, F, G, H, I, J, K] (A, B, C, D, E, F, G, H, I, J, K)
        => (A, B, C, D, E, F, G, H, I, J, K);
    [A, B, C, D, E, F, G, H, I, J, K, L] (A, B, C, D, E, F, G, H, I, J, K, L)
        => (A, B, C, D, E, F, G, H, I, J, K, L);
}

/// What a callee takes for a place of type `P`.
pub trait FromPlace<'a, P: ?Sized> {
    /// The slot for a place.
    fn from_place(place: &'a mut P) -> Self;
}

impl<'a, P: Place<S> + ?Sized, S: ?Sized> FromPlace<'a, P> for Slot<'a, S> {
    #[inline(always)]
    fn from_place(place: &'a mut P) -> Self {
        place.slot()
    }
}

impl<P: ?Sized> FromPlace<'_, P> for NoSlot {
    #[inline(always)]
    fn from_place(_: &mut P) -> Self {
        NoSlot
    }
}

/// The slot for a callee, of the kind that the callee takes.
#[inline(always)]
pub fn slot<'a, P: ?Sized, S: FromPlace<'a, P>>(place: &'a mut P) -> S {
    S::from_place(place)
}

/// What a callee takes where the caller wants no cotangent.
pub trait Unwanted {
    /// The empty slot.
    fn unwanted() -> Self;
}

impl<S: ?Sized> Unwanted for Slot<'_, S> {
    #[inline(always)]
    fn unwanted() -> Self {
        Slot(None)
    }
}

impl Unwanted for NoSlot {
    #[inline(always)]
    fn unwanted() -> Self {
        NoSlot
    }
}

/// The empty slot for a callee, of the kind that the callee takes.
#[inline(always)]
pub fn none<S: Unwanted>() -> S {
    S::unwanted()
}

/// Adds a cotangent to a place.
#[inline(always)]
pub fn accumulate<P: Place<S> + ?Sized, S: Tangent>(place: &mut P, cotangent: S) {
    if let Some(place) = place.slot().wanted() {
        place.accumulate(cotangent);
    }
}

/// Lets `adjoint` accumulate into a place, unless the place has no gradient. `operand` tells the
/// type of what is accumulated.
#[inline(always)]
pub fn with<D, P>(place: &mut P, operand: &Witness<D>, adjoint: impl FnOnce(&mut D::Tangent))
where
    D: Differentiable,
    P: Place<D::Tangent> + ?Sized,
{
    let _ = operand;
    if let Some(place) = place.slot().wanted() {
        adjoint(place);
    }
}
