//! All that generated code may name. Not part of the public interface: it changes with the macros.

pub use crate::adjoint;
pub use crate::anomaly::watch;
pub use crate::fused;
pub use crate::if_read::{IfRead, read_again};
pub use crate::in_place::{
    element_mut, elements, list, merge_list, slice_mut, undo_copy, undo_fill, undo_push,
    undo_reverse, undo_swap,
};
pub use crate::inspect::{inspect, not_inspected};
pub use crate::kernel::{
    ArrayFrames, ArrayStack, ElementwiseKernel, Gemm, Lane, Mask, ScalarFunctions, Stored,
};
pub use crate::kernel::{collect as collect_lanes, gemm_count, map as map_lanes};
pub use crate::loops::{
    Counter, strided1, strided2, strided3, strided4, strided5, strided6, strided7, strided8,
};
pub use crate::memory::{
    Copying, CopyingSlice, Recycle, Recycling, Stack, fill, make_room, recycle, recycle_bar,
    recycle_value, vec_copied, vec_of, vec_of_to_grow, vec_repeat, vec_to_grow, vec_with_capacity,
};
pub use crate::place::{NoSlot, Place, Slot, accumulate, none, slot, with};
pub use crate::rule::{fitting, fitting_tangent, owned_rule, rule, tangent_rule};
pub use crate::snapshots::Snapshots;
pub use crate::tangent::{Dot, dot, dot_mut};
pub use crate::witness::{Broadcastable, CastBack, LateWitness, Witness, sum_to};
use crate::{Differentiable, Real, Tangent, TangentVisitor};
pub use crate::{jacobian, second, shape, tangent};
use std::borrow::Borrow;

/// The frame of a branch that was taken.
#[inline(always)]
pub fn recorded<T>(frame: Option<T>) -> T {
    match frame {
        Some(frame) => frame,
        None => unreachable!("the forward pass records a frame for each frame that is read"),
    }
}

/// The place for what `Some` holds in the tangent of an `Option`.
#[allow(non_snake_case, reason = "named by the variant, as the methods of derived tangents are")]
pub trait SomePlace {
    /// What the tangent of `Some` holds.
    type Inner;
    /// The place, which is a symbolic zero if there was none.
    fn differentiable_Some_0(&mut self) -> &mut Self::Inner;
}

impl<T: Tangent> SomePlace for Option<T> {
    type Inner = T;
    #[inline(always)]
    fn differentiable_Some_0(&mut self) -> &mut T {
        self.get_or_insert_with(T::symbolic_zero)
    }
}

/// A gradient was combined with that of another variant of the enum.
#[cold]
#[track_caller]
pub fn other_variant() -> ! {
    panic!("the gradients belong to different variants of an enum")
}

/// What an operation contributes to the cotangent of an operand: nothing if the operation's result
/// was not selected, also where the derivative is infinite.
#[inline(always)]
pub fn selected<T: crate::Real>(cotangent: T, contribution: T) -> T {
    if cotangent.is_exactly_zero() { T::ZERO } else { contribution }
}

/// Whether the pullback of a function may run for a cotangent that is zero: no derivative is infinite then, and asking
/// would take as long. What a companion itself says goes before this.
pub trait RunsAtZero {
    /// Whether it may.
    const RUNS_AT_ZERO: bool = false;
}

impl<T: ?Sized> RunsAtZero for T {}

/// What `f` gives, computed in a function of its own.
#[inline(never)]
pub fn apart<T>(f: impl FnOnce() -> T) -> T {
    f()
}

/// A value of its own, of something that must stay where it is.
#[inline(always)]
pub fn keep<T: ToOwned + ?Sized>(value: &T) -> T::Owned {
    value.to_owned()
}

/// The result of a method that is taken for one of `std` without derivative, such as `len`.
#[diagnostic::on_unimplemented(
    message = "this is taken for an operation without derivative, but its value is a `{Self}`",
    label = "a value that could have a derivative",
    note = "a method of your own is called by its path, `Type::method(&value)`; write `.detach()` before it if no gradient is wanted through it"
)]
pub trait WithoutDerivative {}

macro_rules! without_derivative {
    ($($t:ty)*) => {
        $(impl WithoutDerivative for $t {})*
    };
}
without_derivative!(
    bool u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize
    std::cmp::Ordering Option<std::cmp::Ordering> std::num::FpCategory Vec<usize>
);

impl<const N: usize> WithoutDerivative for [usize; N] {}
impl<const R: usize> WithoutDerivative for crate::Tensor<R, bool> {}

/// Lets the result of a method through, if it has no derivative.
#[inline(always)]
pub fn without_derivative<T: WithoutDerivative>(value: T) -> T {
    value
}

/// What `+=` and `-=` are differentiated on.
#[diagnostic::on_unimplemented(
    message = "no derivative is known for this operator on a `{Self}`",
    label = "operators are differentiated on scalars and tensors only",
    note = "write a `#[differentiable]` method for this type and call it instead of the operator"
)]
pub trait Arithmetic {}

impl<T: Real> Arithmetic for T {}
impl<const R: usize, T: Real> Arithmetic for crate::Tensor<R, T> {}

/// Makes sure that `value` is a scalar or a tensor.
#[inline(always)]
pub fn arithmetic<T: Arithmetic>(_: &T) {}

/// The receiver of a method whose derivative is zero almost everywhere, such as `floor`.
#[diagnostic::on_unimplemented(
    message = "this method is taken for the rounding of a scalar or a tensor, but it is called on a `{Self}`",
    label = "not a scalar or a tensor",
    note = "call it by its path, `Type::method(&value)`, or rename it; or write `.detach()` before it"
)]
pub trait PiecewiseConstant {}

impl<T: Real> PiecewiseConstant for T {}
impl<const R: usize, T: Real> PiecewiseConstant for crate::Tensor<R, T> {}

/// Lets the receiver of a rounding through.
#[inline(always)]
pub fn piecewise_constant<T: PiecewiseConstant>(receiver: &T) -> &T {
    receiver
}

/// What may hold something of the lifetime `'a`: it names the lifetime in the type of a pullback.
pub trait Captures<'a> {}

impl<T: ?Sized> Captures<'_> for T {}

/// The receiver of a method that has a name of one of scalars, lists or tensors.
#[diagnostic::on_unimplemented(
    message = "this is taken for a method of scalars and tensors, but it is called on a `{Self}`",
    label = "not a scalar or a tensor",
    note = "a method of your own that has such a name is called by its path: `{Self}::method(&value)`"
)]
pub trait Receiver {}

impl Receiver for f32 {}
impl Receiver for f64 {}
impl<T: Real> Receiver for crate::Dual<T> {}
impl<const R: usize, T> Receiver for crate::Tensor<R, T> {}
impl<T> Receiver for Vec<T> {}
impl<T> Receiver for [T] {}
impl<T, const N: usize> Receiver for [T; N] {}

/// Lets the receiver of such a method through.
#[inline(always)]
pub fn receiver<T: Receiver + ?Sized>(receiver: &T) -> &T {
    receiver
}

/// What has elements that an index gives.
#[diagnostic::on_unimplemented(
    message = "no derivative is known for an index of a `{Self}`",
    label = "elements of lists and tensors have derivatives",
    note = "index the list in its field, as in `value.field[i]`, or write a `#[differentiable]` method that does"
)]
pub trait Indexed {}

impl<const R: usize, T> Indexed for crate::Tensor<R, T> {}
impl<T> Indexed for Vec<T> {}
impl<T> Indexed for [T] {}
impl<T, const N: usize> Indexed for [T; N] {}
impl<T: Indexed + ?Sized> Indexed for Box<T> {}
impl<T: Indexed + ?Sized> Indexed for &T {}
impl<T: Indexed + ?Sized> Indexed for &mut T {}

/// Looks at what is indexed.
#[inline(always)]
pub fn indexed<T: Indexed + ?Sized>(_: &T) {}

/// An operand of arithmetic whose result is a `T`.
#[diagnostic::on_unimplemented(
    message = "no derivative is known for this operator on a `{Self}`",
    label = "operators are differentiated on scalars and tensors only",
    note = "write a `#[differentiable]` method for this type and call it instead of the operator"
)]
pub trait ScalarOperand<T> {}

impl<T: Real> ScalarOperand<T> for T {}
impl<T: Real> ScalarOperand<T> for &T {}
impl<T: Real> ScalarOperand<T> for &mut T {}

/// Makes sure that an operand is the scalar that its use makes of it.
#[inline(always)]
pub fn scalar<T, X: ScalarOperand<T>>(_: &X) {}

/// What a pullback can own a copy of.
#[diagnostic::on_unimplemented(
    message = "`vjp` keeps a copy of its arguments, and `{Self}` is not `Clone`",
    note = "derive `Clone` for the type"
)]
pub trait Kept<'a>: ToOwned {}

impl<T: ToOwned + ?Sized> Kept<'_> for T {}

/// A pullback that is made anew when it is cloned: what it owns need not be `Clone`.
pub struct Replayed<P, F> {
    pullback: P,
    make: F,
}

impl<P, F: Fn() -> P> Replayed<P, F> {
    /// A pullback, and how to make another one.
    #[inline(always)]
    pub fn new(pullback: P, make: F) -> Self {
        Self { pullback, make }
    }

    /// The pullback.
    #[inline(always)]
    pub fn into_inner(self) -> P {
        self.pullback
    }
}

impl<P, F: Fn() -> P + Clone> Clone for Replayed<P, F> {
    fn clone(&self) -> Self {
        Self { pullback: (self.make)(), make: self.make.clone() }
    }
}

/// What a copy can be made of, to be changed.
#[diagnostic::on_unimplemented(
    message = "`vjp` and `gradcheck` make copies of the arguments, and `{Self}` is not `Clone`",
    note = "derive `Clone` for the type"
)]
pub trait Cloned<'a>: Clone {}

impl<T: Clone> Cloned<'_> for T {}

/// Takes a cotangent out of its place and leaves a symbolic zero.
#[inline(always)]
pub fn take<T: Tangent>(place: &mut T) -> T {
    std::mem::replace(place, T::symbolic_zero())
}

/// Takes a cotangent out of its place and leaves a zero of the same shape.
#[inline]
pub fn take_shaped<T: Tangent>(place: &mut T) -> T {
    let taken = place.clone();
    place.zero();
    taken
}

/// Takes element `index` out of a cotangent; of a symbolic zero that is zero.
#[inline]
pub fn take_at<T: Tangent>(list: &mut [T], index: usize) -> T {
    list.get_mut(index).map_or_else(T::symbolic_zero, take)
}

/// The zero that knows no shape.
#[inline(always)]
pub fn symbolic_zero<T: Tangent>() -> T {
    T::symbolic_zero()
}

/// Whether nothing is to be pulled back, see [`Tangent::vanishes`].
#[inline(always)]
pub fn vanishes<T: Tangent>(cotangent: &T) -> bool {
    cotangent.vanishes()
}

/// Adds a cotangent to one of the same type.
#[inline(always)]
pub fn merge_same<T: Tangent>(place: &mut T, cotangent: T) {
    place.accumulate(cotangent);
}

/// Sets a cotangent to zero.
#[inline(always)]
pub fn clear<T: Tangent>(place: &mut T) {
    place.zero();
}

/// Adds the cotangent of a list or of a value to a place of its own kind.
pub trait Merge<Source> {
    /// Adds `source`.
    fn merge(&mut self, source: Source);
    /// Puts `source` in the place of what is there.
    fn replace(&mut self, source: Source);
}

impl<P: Place<T> + ?Sized, T: Tangent> Merge<T> for P {
    #[inline(always)]
    fn merge(&mut self, source: T) {
        if let Some(place) = self.slot().wanted() {
            place.accumulate(source);
        }
    }
    #[inline(always)]
    fn replace(&mut self, source: T) {
        if let Some(place) = self.slot().wanted() {
            *place = source;
        }
    }
}

impl<T: Tangent> Merge<Vec<T>> for [T] {
    fn merge(&mut self, mut source: Vec<T>) {
        for (a, b) in self.iter_mut().zip(source.drain(..)) {
            a.accumulate(b);
        }
        recycle(source);
    }
    fn replace(&mut self, mut source: Vec<T>) {
        for (a, b) in self.iter_mut().zip(source.drain(..)) {
            *a = b;
        }
        recycle(source);
    }
}

/// What the reverse pass gets of an argument that was taken by `&mut`: nothing, because the argument
/// is not what it was.
#[derive(Clone, Copy)]
pub struct Unread;

/// What a callee takes again of an argument of type `K`.
pub trait Again<'a, K: ?Sized> {
    /// Of the argument as it was when the callee was called.
    fn of(kept: &'a K) -> Self;
}

impl<K: ?Sized> Again<'_, K> for Unread {
    #[inline(always)]
    fn of(_: &K) -> Self {
        Self
    }
}

impl<'a, K: Borrow<T> + ?Sized, T: ?Sized> Again<'a, K> for &'a T {
    #[inline(always)]
    fn of(kept: &'a K) -> Self {
        kept.borrow()
    }
}

/// Gives an argument again, as the callee takes it.
#[inline(always)]
pub fn again<'a, K: ?Sized, A: Again<'a, K>>(kept: &'a K) -> A {
    A::of(kept)
}

/// The sum of the elements of a cotangent: the adjoint of repeating a value.
pub fn sum_elements<T: Tangent>(elements: impl IntoIterator<Item = T>) -> T {
    let mut sum = T::symbolic_zero();
    for element in elements {
        sum.accumulate(element);
    }
    sum
}

/// A zero tangent of `value` to accumulate into, see [`Differentiable::accumulator`].
#[inline(always)]
pub fn accumulator<D: Differentiable + ?Sized>(value: &D) -> D::Tangent {
    D::accumulator(&value.tangent_shape())
}

/// Writes a gradient out to the shape of `value`, so that it can be accumulated into part by part.
pub fn write_out<D: Differentiable + ?Sized>(value: &D, gradient: &mut D::Tangent) {
    D::materialize(&value.tangent_shape(), gradient);
}

/// What exists if a tangent does: everything.
pub trait Through {
    /// `V`
    type Value<V>;
    /// Passes a value on.
    fn through<V>(value: V) -> Self::Value<V>;
}

impl<T: ?Sized> Through for T {
    type Value<V> = V;
    #[inline(always)]
    fn through<V>(value: V) -> V {
        value
    }
}

/// Passes a value on. If the tangent `S` does not exist, the type of the result does not either, so
/// that rustc, which has reported that, does not report what is done with the value.
#[inline(always)]
pub fn through<S: Through + ?Sized, V>(value: V) -> S::Value<V> {
    S::through(value)
}

/// The value of a function that has a gradient: one scalar.
#[diagnostic::on_unimplemented(
    message = "a gradient is defined for a function whose value is one scalar, and this value is `{Self}`",
    label = "the value is not an `f32` or `f64`",
    note = "use `vjp`, which takes a cotangent of the value"
)]
pub trait ScalarValue<'a> {}

impl ScalarValue<'_> for f32 {}
impl ScalarValue<'_> for f64 {}
impl<T: Real> ScalarValue<'_> for crate::Dual<T> {}

/// The cotangent of a scalar value with respect to itself: one.
///
/// Written for any tangent, because the bound `V: ScalarValue` is demanded of the caller of a
/// gradient and not where the function is defined.
#[inline(always)]
pub fn seed<V: for<'a> ScalarValue<'a>, S: Tangent>() -> S {
    struct One;
    impl TangentVisitor for One {
        #[inline(always)]
        fn visit<T: Real>(&mut self, gradient: &mut [T]) {
            gradient.fill(T::ONE);
        }
    }
    let mut seed = S::symbolic_zero();
    seed.visit_tangents(&mut One);
    seed
}

macro_rules! by_reference {
    ($($(#[$doc:meta])* $function:ident $by_ref:ident $operator:ident;)*) => {$(
        $(#[$doc])*
        #[inline(always)]
        pub fn $function<A: $by_ref<B>, B>(a: &A, b: &B) -> A::Output {
            a.apply(b)
        }

        /// An operator on references. A supertrait of [`Real`](crate::Real), because a bound on
        /// `&T` cannot be one.
        #[diagnostic::on_unimplemented(
            message = "no derivative is known for this operator between `{Self}` and `{B}`",
            note = "operators are differentiated between scalars and tensors; write a `#[differentiable]` method for other types"
        )]
        pub trait $by_ref<B> {
            /// The type of the result.
            type Output;
            /// Applies the operator.
            fn apply(&self, other: &B) -> Self::Output;
        }

        #[diagnostic::do_not_recommend]
        impl<A, B, Output> $by_ref<B> for A
        where
            for<'a> &'a A: std::ops::$by_ref<&'a B, Output = Output>,
        {
            type Output = Output;
            #[inline(always)]
            fn apply(&self, other: &B) -> Output {
                std::ops::$by_ref::$operator(self, other)
            }
        }
    )*};
}
by_reference! {
    /// `a + b`
    add Add add;
    /// `a - b`
    sub Sub sub;
    /// `a * b`
    mul Mul mul;
    /// `a / b`
    div Div div;
    /// `a % b`
    rem Rem rem;
}

/// `-a`
#[inline(always)]
pub fn neg<A: Neg>(a: &A) -> A::Output {
    a.apply()
}

/// Negation of a reference.
#[diagnostic::on_unimplemented(
    message = "no derivative is known for this operator on a `{Self}`",
    note = "operators are differentiated between scalars and tensors; write a `#[differentiable]` method for other types"
)]
pub trait Neg {
    /// The type of the result.
    type Output;
    /// Negates.
    fn apply(&self) -> Self::Output;
}

#[diagnostic::do_not_recommend]
impl<A, Output> Neg for A
where
    for<'a> &'a A: std::ops::Neg<Output = Output>,
{
    type Output = Output;
    #[inline(always)]
    fn apply(&self) -> Output {
        std::ops::Neg::neg(self)
    }
}
