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

    /// Writes a tangent out to the shape, see [`Differentiable::materialize`].
    #[inline(always)]
    pub fn write_out(&self, tangent: &mut D::Tangent) {
        D::materialize(&self.0, tangent);
    }

    /// Takes the cotangent of a cast back to the type that was cast, see [`CastBack`].
    #[inline(always)]
    #[allow(clippy::unused_self, reason = "the receiver names the type")]
    pub fn cast_back<C>(&self, cotangent: C) -> D::Tangent
    where
        D: CastBack<C>,
    {
        D::cast_back(cotangent)
    }

    /// A zero tangent with every element written out.
    #[inline(always)]
    pub fn zeros(&self) -> D::Tangent {
        D::zeros(&self.0)
    }
}

impl<T: Differentiable> Witness<Vec<T>> {
    /// How long the list was.
    #[inline(always)]
    #[allow(clippy::len_without_is_empty, reason = "generated code asks for lengths only")]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<T: Differentiable, const N: usize> Witness<[T; N]> {
    /// How long the array is.
    #[inline(always)]
    #[allow(clippy::len_without_is_empty, clippy::unused_self, reason = "as for a list")]
    pub fn len(&self) -> usize {
        N
    }
}

/// The witness of a variable that is declared without a value, and may never receive one.
pub struct LateWitness<D: Differentiable>(Option<Witness<D>>);

#[allow(clippy::new_without_default, reason = "what is generated calls `new`")]
impl<D: Differentiable> LateWitness<D> {
    /// The witness of no value.
    #[inline(always)]
    pub fn new() -> Self {
        Self(None)
    }

    /// Remembers the shape of the value that was assigned last.
    #[inline(always)]
    pub fn set(&mut self, value: &D) {
        self.0 = Some(Witness::of(value));
    }

    /// As [`Witness::symbolic_zero`].
    #[inline(always)]
    #[allow(clippy::unused_self, reason = "the receiver names the type")]
    pub fn symbolic_zero(&self) -> D::Tangent {
        D::Tangent::symbolic_zero()
    }

    /// As [`Witness::accumulator`]. Of no value nothing is accumulated.
    #[inline(always)]
    pub fn accumulator(&self) -> D::Tangent {
        self.0.as_ref().map_or_else(D::Tangent::symbolic_zero, Witness::accumulator)
    }

    /// As [`Witness::zeros`]. Of no value nothing is accumulated.
    #[inline(always)]
    pub fn zeros(&self) -> D::Tangent {
        self.0.as_ref().map_or_else(D::Tangent::symbolic_zero, Witness::zeros)
    }
}

impl<D: Differentiable> Clone for LateWitness<D> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// Operands of broadcasting operations. A cotangent is summed over the axes along which the operand
/// was repeated.
///
/// For a scalar operand of a tensor operation that is the sum over all elements; between operands
/// of one shape it is the identity.
#[diagnostic::on_unimplemented(
    message = "no derivative is known for this operator on a `{Self}`",
    label = "operators are differentiated on scalars and tensors only",
    note = "write a `#[differentiable]` method for this type and call it instead of the operator"
)]
pub trait Broadcastable<Cotangent>: Differentiable {
    /// Sums `cotangent`, which has the shape of the result, to the operand's shape.
    fn sum_to(shape: &Self::Shape, cotangent: Cotangent) -> Self::Tangent;
}

impl<T: Real> Broadcastable<T> for T {
    #[inline(always)]
    fn sum_to((): &(), cotangent: T) -> T {
        cotangent
    }
}

impl<D: Differentiable<Tangent = NoTangent>> Broadcastable<NoTangent> for D {
    #[inline(always)]
    fn sum_to(_: &D::Shape, _: NoTangent) -> NoTangent {
        NoTangent
    }
}

/// Undoes broadcasting on a cotangent, see [`Broadcastable`]. A function, because rustc reports the
/// bounds of a method in its own words.
#[inline(always)]
pub fn sum_to<Operand: Broadcastable<Cotangent>, Cotangent>(
    operand: &Witness<Operand>,
    cotangent: Cotangent,
) -> Operand::Tangent {
    Operand::sum_to(&operand.0, cotangent)
}

/// What can be cast to a scalar. The cotangent of the scalar is taken back to the type that was
/// cast.
#[diagnostic::on_unimplemented(
    message = "no derivative is known for this cast of a `{Self}`",
    label = "casts are differentiated between `f32` and `f64`"
)]
pub trait CastBack<Cotangent>: Differentiable {
    /// The cotangent of the operand, from that of the result.
    fn cast_back(cotangent: Cotangent) -> Self::Tangent;
}

macro_rules! cast_back {
    ($($from:ident => $($to:ident)*;)*) => {$($(
        impl CastBack<$to> for $from {
            #[inline(always)]
            #[allow(clippy::cast_lossless, reason = "the same text widens and narrows")]
            fn cast_back(cotangent: $to) -> $from {
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
        impl<C: Real> CastBack<C> for $t {
            #[inline(always)]
            fn cast_back(_: C) -> NoTangent {
                NoTangent
            }
        }
    )*};
}
integers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize bool char);
