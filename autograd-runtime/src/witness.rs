//! [`Witness`]: the shape of an operand, kept where a derivative does not need its value.

use crate::Real;
use crate::differentiable::{Differentiable, NoTangent, Tangent};

/// Remembers the type and the shape of a value, so that a zero tangent for it can be built, and a
/// cotangent that was broadcast can be summed back to it. Free for scalars and arrays of scalars.
pub struct Witness<D: Differentiable + ?Sized>(D::Shape);

impl<D: Differentiable + ?Sized> Clone for Witness<D> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<D: Differentiable + ?Sized> Witness<D> {
    /// The witness of `value`.
    #[inline(always)]
    pub fn of(value: &D) -> Self {
        Self(value.tangent_shape())
    }

    /// The shape that was remembered.
    #[inline(always)]
    pub fn shape(&self) -> &D::Shape {
        &self.0
    }

    /// A zero tangent that knows no shape.
    #[inline(always)]
    #[allow(clippy::unused_self, reason = "the receiver names the type")]
    pub fn symbolic_zero(&self) -> D::Tangent {
        D::Tangent::symbolic_zero()
    }

    /// A zero tangent to accumulate into, see [`Differentiable::accumulator`].
    #[inline(always)]
    pub fn accumulator(&self) -> D::Tangent {
        D::accumulator(&self.0)
    }

    /// A zero tangent with every element written out.
    #[inline(always)]
    pub fn zeros(&self) -> D::Tangent {
        D::zeros(&self.0)
    }
}

/// Undoes broadcasting on a cotangent: sums it over the axes along which the operand was repeated.
///
/// For a scalar operand of a tensor operation that is the sum over all elements; between operands
/// of one shape it is the identity.
pub trait SumTo<Cotangent>: Sized {
    /// The operand's tangent.
    type Output;
    /// Sums `cotangent`, which has the shape of the result, to the operand's shape.
    fn sum_to(&self, cotangent: Cotangent) -> Self::Output;
}

impl<T: Real> SumTo<T> for Witness<T> {
    type Output = T;
    #[inline(always)]
    fn sum_to(&self, cotangent: T) -> T {
        cotangent
    }
}

impl<D: Differentiable<Tangent = NoTangent>> SumTo<NoTangent> for Witness<D> {
    type Output = NoTangent;
    #[inline(always)]
    fn sum_to(&self, _: NoTangent) -> NoTangent {
        NoTangent
    }
}

/// Takes the cotangent of a cast back to the type that was cast.
pub trait CastBack<Cotangent>: Sized {
    /// The operand's tangent.
    type Output;
    /// The cotangent of the operand, from that of the result.
    fn cast_back(&self, cotangent: Cotangent) -> Self::Output;
}

macro_rules! cast_back {
    ($($from:ident => $($to:ident)*;)*) => {$($(
        impl CastBack<$to> for Witness<$from> {
            type Output = $from;
            #[inline(always)]
            fn cast_back(&self, cotangent: $to) -> $from {
                cotangent as $from
            }
        }
    )*)*};
}
cast_back! {
    f32 => f32 f64;
    f64 => f32 f64;
}

macro_rules! integers {
    ($($t:ident)*) => {$(
        impl CastBack<f32> for Witness<$t> {
            type Output = NoTangent;
            #[inline(always)]
            fn cast_back(&self, _: f32) -> NoTangent {
                NoTangent
            }
        }
        impl CastBack<f64> for Witness<$t> {
            type Output = NoTangent;
            #[inline(always)]
            fn cast_back(&self, _: f64) -> NoTangent {
                NoTangent
            }
        }
    )*};
}
integers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize bool char);
