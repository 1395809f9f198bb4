//! What it means to be differentiable: a type, its tangent, and the tangent's shape.
//!
//! A [`Differentiable`] type names the type of its derivative ([`Differentiable::Tangent`]) and a
//! *shape*: the data that is needed to build a zero tangent without the value itself. The shape of
//! a scalar is `()`, of a `Vec<f64>` its length, of a tensor its dimensions. Generated code keeps
//! shapes instead of values wherever a derivative needs no more than that.

use crate::private::{Through, Witness};
use std::fmt::Debug;

/// A type with a derivative.
///
/// Implemented for `f32` and `f64`, for arrays, slices, `Vec`, tuples, `Box` and
/// [`Tensor`](crate::Tensor) of differentiable types, and for a struct of your own by
/// `#[derive(Differentiable)]`. Integers, `bool`, `char`, strings and ranges implement it with
/// [`NoTangent`] so that they can stand beside scalars in a tuple or a struct.
///
/// ```
/// use autograd_runtime::prelude::*;
///
/// let x = vec![1.0_f64, 2.0];
/// assert_eq!(x.zero_tangent(), vec![0.0, 0.0]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no derivative",
    label = "a gradient for this type was asked for",
    note = "put `#[derive(Differentiable)]` on the type, or `#[no_grad]` on the parameter or field that holds it"
)]
pub trait Differentiable {
    /// The type of a derivative with respect to a value of this type.
    type Tangent: Tangent;

    /// All that is needed to build a zero tangent.
    type Shape: Clone + 'static;

    /// The shape of this value's tangent.
    fn tangent_shape(&self) -> Self::Shape;

    /// What generated code keeps of a parameter. Where the tangent does not exist, which is an error,
    /// the type of this does not either, and what is done with it is not a further error.
    #[doc(hidden)]
    #[inline(always)]
    fn witness(&self) -> <Self::Tangent as Through>::Value<Witness<Self>> {
        <Self::Tangent as Through>::through(Witness::of(self))
    }

    /// A tangent of the given shape that is zero everywhere.
    fn zeros(shape: &Self::Shape) -> Self::Tangent;

    /// A tangent for this value that is zero everywhere, every element written out.
    fn zero_tangent(&self) -> Self::Tangent {
        Self::zeros(&self.tangent_shape())
    }

    /// A zero tangent to accumulate into: lists are written out, so that each element has its place;
    /// a tensor is a symbolic zero, which the first contribution replaces.
    fn accumulator(shape: &Self::Shape) -> Self::Tangent {
        Self::zeros(shape)
    }

    /// Writes `tangent` out to the given shape, keeping what it holds, so that every part of it can
    /// be accumulated into.
    fn materialize(shape: &Self::Shape, tangent: &mut Self::Tangent) {
        let mut written = Self::zeros(shape);
        written.accumulate_ref(tangent);
        *tangent = written;
    }

    /// Walks over all parameters of `self` with their gradients, in declaration order.
    ///
    /// An optimizer sees a model through this. A gradient that is a symbolic zero arrives as an
    /// empty slice.
    fn visit_parameters<V: ParameterVisitor>(&mut self, gradient: &Self::Tangent, visitor: &mut V);

    /// Gives memory back for the gradients that follow. What generated code does with values that it
    /// has used up.
    #[doc(hidden)]
    #[inline(always)]
    fn recycle(self)
    where
        Self: Sized,
    {
    }
}

/// Receives the parameters of a model one contiguous buffer at a time.
pub trait ParameterVisitor {
    /// One buffer of parameters with its gradient, which has the same length or is empty (zero).
    fn visit<T: crate::Real>(&mut self, parameters: &mut [T], gradient: &[T]);
}

/// Receives the buffers of a gradient one at a time.
pub trait TangentVisitor {
    /// One contiguous buffer of a gradient.
    fn visit<T: crate::Real>(&mut self, gradient: &mut [T]);
}

/// A derivative: an element of a vector space that can be accumulated into.
///
/// A type of your own that implements it is also a [`Place`](crate::Place) for itself:
/// `fn slot(&mut self) -> Slot<'_, Self> { Slot::of(self) }`, and for forward mode
/// `fn view(&self) -> Option<&Self> { Some(self) }`.
///
/// ```
/// use autograd_runtime::prelude::*;
///
/// let mut g = (1.0_f64, vec![2.0_f64, 3.0]);
/// g.accumulate((10.0, vec![20.0, 30.0]));
/// assert_eq!(g, (11.0, vec![22.0, 33.0]));
/// g.zero();
/// assert_eq!(g, (0.0, vec![0.0, 0.0]));
/// ```
pub trait Tangent: Clone + Debug + PartialEq + crate::Place<Self> + Sized {
    /// The zero that knows no shape: `0.0`, an empty `Vec`, a tensor without elements. Accumulating
    /// into it takes the other operand over.
    fn symbolic_zero() -> Self;

    /// Adds `other`, taking over its storage if `self` is a symbolic zero.
    fn accumulate(&mut self, other: Self);

    /// Adds `other`, which stays as it is.
    fn accumulate_ref(&mut self, other: &Self);

    /// Sets every element to zero in place, as `optimizer.zero_grad()` does.
    fn zero(&mut self);

    /// Walks over all buffers of this gradient, in declaration order.
    fn visit_tangents<V: TangentVisitor>(&mut self, visitor: &mut V);

    /// Whether this is zero, of scalars and what consists of few, or a symbolic zero. Of a value that was
    /// not selected, generated code pulls nothing back: its derivative may be infinite.
    #[doc(hidden)]
    #[inline(always)]
    fn vanishes(&self) -> bool {
        false
    }

    /// Gives memory back for the gradients that follow. What generated code does with cotangents that
    /// it has used up.
    #[doc(hidden)]
    #[inline(always)]
    fn recycle(self) {}
}

/// The tangent of what cannot have one: integers, `bool`, strings, and fields marked `#[no_grad]`.
///
/// Arithmetic with it gives `NoTangent` again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoTangent;

impl Tangent for NoTangent {
    fn symbolic_zero() -> Self {
        Self
    }
    fn accumulate(&mut self, _: Self) {}
    fn accumulate_ref(&mut self, _: &Self) {}
    fn zero(&mut self) {}
    fn visit_tangents<V: TangentVisitor>(&mut self, _: &mut V) {}
    #[inline(always)]
    fn vanishes(&self) -> bool {
        true
    }
}

impl std::ops::Neg for NoTangent {
    type Output = Self;
    fn neg(self) -> Self {
        self
    }
}

macro_rules! absorbing {
    ($($op:ident $method:ident),*) => {$(
        impl<Rhs> std::ops::$op<Rhs> for NoTangent {
            type Output = Self;
            fn $method(self, _: Rhs) -> Self {
                self
            }
        }
        impl<Rhs> std::ops::$op<Rhs> for &NoTangent {
            type Output = NoTangent;
            fn $method(self, _: Rhs) -> NoTangent {
                NoTangent
            }
        }
    )*};
}
absorbing!(Add add, Sub sub, Mul mul, Div div, Rem rem);

macro_rules! absorbing_assign {
    ($($op:ident $method:ident),*) => {$(
        impl<Rhs> std::ops::$op<Rhs> for NoTangent {
            fn $method(&mut self, _: Rhs) {}
        }
    )*};
}
absorbing_assign!(AddAssign add_assign, SubAssign sub_assign);

impl std::ops::Neg for &NoTangent {
    type Output = NoTangent;
    fn neg(self) -> NoTangent {
        NoTangent
    }
}
