//! What generated second derivatives call: arguments over dual numbers, and the tangents of what comes out.

use crate::differentiable::{Differentiable, NoTangent, ParameterVisitor, Tangent, TangentVisitor};
use crate::loss::Reduction;
use crate::{Dual, Real, Tensor};
use std::any::Any;
use std::marker::PhantomData;
use std::ops::{Range, RangeInclusive};

/// A type that there is over any scalar.
#[diagnostic::on_unimplemented(
    message = "second derivatives of a `{Self}` are not known",
    label = "not known over other scalars",
    note = "put `#[derive(Differentiable)]` and `#[autograd(order = 2)]` on the type"
)]
pub trait Over<S: Real> {
    /// The same over the scalar `S`.
    type Over;
}

/// What can be written over dual numbers of `T`, the scalar that it is made of.
#[diagnostic::on_unimplemented(
    message = "second derivatives over `{T}` of a `{Self}` are not known",
    label = "not made of `{T}` alone",
    note = "put `#[derive(Differentiable)]` and `#[autograd(order = 2)]` on the type, and use one scalar in all of the function"
)]
pub trait Lift<T: Real>: Differentiable + Over<Dual<T>, Over: Differentiable> {
    /// The value with a tangent.
    fn lift(&self, tangent: &Self::Tangent) -> Self::Over;

    /// The value as a constant.
    fn constant(&self) -> Self::Over;

    /// The tangent part of a gradient over dual numbers.
    fn eps(gradient: <Self::Over as Differentiable>::Tangent) -> Self::Tangent;
}

/// What a type without `#[autograd(order = 2)]` is over other scalars: nothing that it could be used for.
#[derive(Clone, Copy, Debug)]
pub struct WithoutOrderTwo<A: ?Sized>(PhantomData<A>);

impl<A: ?Sized> Differentiable for WithoutOrderTwo<A> {
    type Tangent = NoTangent;
    type Shape = ();
    fn tangent_shape(&self) {}
    fn zeros((): &()) -> NoTangent {
        NoTangent
    }
    fn visit_parameters<V: ParameterVisitor>(&mut self, _: &NoTangent, _: &mut V) {}
}

#[diagnostic::do_not_recommend]
impl<T: Real, S: Real> Over<S> for T {
    type Over = S;
}

#[diagnostic::do_not_recommend]
impl<T: Real> Lift<T> for T {
    #[inline(always)]
    fn lift(&self, tangent: &T) -> Dual<T> {
        Dual::new(*self, *tangent)
    }
    #[inline(always)]
    fn constant(&self) -> Dual<T> {
        Dual::constant(*self)
    }
    #[inline(always)]
    fn eps(gradient: Dual<T>) -> T {
        gradient.eps
    }
}

macro_rules! lists {
    ($($list:ty)*) => {$(
        impl<S: Real, A: Over<S>> Over<S> for $list {
            type Over = Vec<A::Over>;
        }

        impl<T: Real, A: Lift<T>> Lift<T> for $list {
            fn lift(&self, tangent: &Self::Tangent) -> Self::Over {
                self.iter().zip(tangent).map(|(x, dx)| x.lift(dx)).collect()
            }
            fn constant(&self) -> Self::Over {
                self.iter().map(A::constant).collect()
            }
            fn eps(gradient: <Self::Over as Differentiable>::Tangent) -> Self::Tangent {
                gradient.into_iter().map(A::eps).collect()
            }
        }
    )*};
}
lists!(Vec<A> [A]);

impl<S: Real, A: Over<S>, const N: usize> Over<S> for [A; N] {
    type Over = [A::Over; N];
}

impl<T: Real, A: Lift<T>, const N: usize> Lift<T> for [A; N] {
    fn lift(&self, tangent: &Self::Tangent) -> Self::Over {
        std::array::from_fn(|i| self[i].lift(&tangent[i]))
    }
    fn constant(&self) -> Self::Over {
        self.each_ref().map(A::constant)
    }
    fn eps(gradient: <Self::Over as Differentiable>::Tangent) -> Self::Tangent {
        gradient.map(A::eps)
    }
}

impl<S: Real, A: Over<S>> Over<S> for Option<A> {
    type Over = Option<A::Over>;
}

impl<T: Real, A: Lift<T>> Lift<T> for Option<A> {
    fn lift(&self, tangent: &Self::Tangent) -> Self::Over {
        self.as_ref().map(|x| tangent.as_ref().map_or_else(|| x.constant(), |dx| x.lift(dx)))
    }
    fn constant(&self) -> Self::Over {
        self.as_ref().map(A::constant)
    }
    fn eps(gradient: <Self::Over as Differentiable>::Tangent) -> Self::Tangent {
        gradient.map(A::eps)
    }
}

impl<const R: usize, T: Real, S: Real> Over<S> for Tensor<R, T> {
    type Over = Tensor<R, S>;
}

impl<const R: usize, T: Real> Lift<T> for Tensor<R, T> {
    fn lift(&self, tangent: &Self) -> Self::Over {
        self.zip_map(tangent, Dual::new)
    }
    fn constant(&self) -> Self::Over {
        self.map(Dual::constant)
    }
    fn eps(gradient: Self::Over) -> Self {
        gradient.map(|x| x.eps)
    }
}

macro_rules! tuple {
    ($($name:ident $index:tt),*) => {
        impl<Scalar: Real, $($name: Over<Scalar>),*> Over<Scalar> for ($($name,)*) {
            type Over = ($($name::Over,)*);
        }

        impl<Scalar: Real, $($name: Lift<Scalar>),*> Lift<Scalar> for ($($name,)*) {
            fn lift(&self, tangent: &Self::Tangent) -> Self::Over {
                ($(self.$index.lift(&tangent.$index),)*)
            }
            fn constant(&self) -> Self::Over {
                ($(self.$index.constant(),)*)
            }
            fn eps(gradient: <Self::Over as Differentiable>::Tangent) -> Self::Tangent {
                ($($name::eps(gradient.$index),)*)
            }
        }
    };
}
tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);

/// Types that are made of no scalars, and are what they are over any.
macro_rules! without_scalars {
    ($($t:ty)*) => {$(
        impl<S: Real> Over<S> for $t {
            type Over = Self;
        }

        impl<T: Real> Lift<T> for $t {
            fn lift(&self, _: &Self::Tangent) -> Self {
                self.clone()
            }
            fn constant(&self) -> Self {
                self.clone()
            }
            fn eps(gradient: Self::Tangent) -> Self::Tangent {
                gradient
            }
        }
    )*};
}
without_scalars!(
    () bool char String u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize
    Range<usize> RangeInclusive<usize> Reduction
);

/// A constant of the user's in a function over the scalar `T`.
pub trait Constant<T> {
    /// Its type there.
    type Over;
    /// The constant.
    fn over(self) -> Self::Over;
}

macro_rules! constants {
    ($($t:ty)*) => {$(
        impl<T> Constant<T> for $t {
            type Over = Self;
            #[inline(always)]
            fn over(self) -> Self {
                self
            }
        }
    )*};
}
constants!(bool char u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize &str);

macro_rules! scalars {
    ($($t:ty)*) => {$(
        impl<T: Real> Constant<T> for $t {
            type Over = T;
            #[inline(always)]
            fn over(self) -> T {
                T::from_f64(f64::from(self))
            }
        }
    )*};
}
scalars!(f32 f64);

impl<T, C: Constant<T>, const N: usize> Constant<T> for [C; N] {
    type Over = [C::Over; N];
    #[inline(always)]
    fn over(self) -> Self::Over {
        self.map(C::over)
    }
}

/// A constant of the user's in a function over the scalar `T`.
#[inline(always)]
pub fn over<T, C: Constant<T>>(constant: C) -> C::Over {
    constant.over()
}

/// What a method that is called without a gradient may give to a second derivative.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` of a method that is called without a gradient has no second derivative",
    label = "may depend on what is differentiated",
    note = "write out here what the method computes"
)]
pub trait WithoutScalars {}

macro_rules! values_without_scalars {
    ($([$($generics:tt)*] $t:ty;)*) => {
        $(impl<$($generics)*> WithoutScalars for $t {})*
    };
}

macro_rules! numbers_without_scalars {
    ($($t:ty)*) => {
        values_without_scalars! {
            $([] $t; [] Option<$t>; [] Vec<$t>; [const N: usize] [$t; N]; [] Range<$t>; [] RangeInclusive<$t>;)*
        }
    };
}
numbers_without_scalars!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
values_without_scalars! {
    [] ();
    [] bool;
    [] char;
    [] String;
    ['a] &'a str;
    [] std::cmp::Ordering;
    [const R: usize] Tensor<R, bool>;
}

/// Lets the value of a method through, if it cannot depend on a scalar smoothly.
#[inline(always)]
pub fn without_scalars<T: WithoutScalars>(value: T) -> T {
    value
}

/// What can stand on the right of a scalar `S`: a scalar, or a tensor of them. There is no such operator of `std` for
/// all scalars.
#[diagnostic::on_unimplemented(
    message = "no derivative is known for this operator between a scalar and a `{Self}`",
    note = "operators are differentiated between scalars and tensors; write a `#[differentiable]` method for other types"
)]
pub trait RightOf<S> {
    /// The type of the result.
    type Output;
    /// `left + self`
    fn added_to(&self, left: S) -> Self::Output;
    /// `left - self`
    fn subtracted_from(&self, left: S) -> Self::Output;
    /// `left * self`
    fn multiplied_with(&self, left: S) -> Self::Output;
    /// `left / self`
    fn divided_into(&self, left: S) -> Self::Output;
}

macro_rules! right_of_scalar {
    ($([$($generics:tt)*] $t:ty;)*) => {$(
        impl<$($generics)*> RightOf<$t> for $t {
            type Output = $t;
            #[inline(always)]
            fn added_to(&self, left: $t) -> $t {
                left + *self
            }
            #[inline(always)]
            fn subtracted_from(&self, left: $t) -> $t {
                left - *self
            }
            #[inline(always)]
            fn multiplied_with(&self, left: $t) -> $t {
                left * *self
            }
            #[inline(always)]
            fn divided_into(&self, left: $t) -> $t {
                left / *self
            }
        }
    )*};
}
right_of_scalar! {
    [] f32;
    [] f64;
    [T: Real] Dual<T>;
}

impl<S, B: RightOf<S> + ?Sized> RightOf<S> for &B {
    type Output = B::Output;
    #[inline(always)]
    fn added_to(&self, left: S) -> B::Output {
        B::added_to(self, left)
    }
    #[inline(always)]
    fn subtracted_from(&self, left: S) -> B::Output {
        B::subtracted_from(self, left)
    }
    #[inline(always)]
    fn multiplied_with(&self, left: S) -> B::Output {
        B::multiplied_with(self, left)
    }
    #[inline(always)]
    fn divided_into(&self, left: S) -> B::Output {
        B::divided_into(self, left)
    }
}

/// `a + b`
#[inline(always)]
pub fn add<S, B: RightOf<S> + ?Sized>(a: S, b: &B) -> B::Output {
    b.added_to(a)
}

/// `a - b`
#[inline(always)]
pub fn sub<S, B: RightOf<S> + ?Sized>(a: S, b: &B) -> B::Output {
    b.subtracted_from(a)
}

/// `a * b`
#[inline(always)]
pub fn mul<S, B: RightOf<S> + ?Sized>(a: S, b: &B) -> B::Output {
    b.multiplied_with(a)
}

/// `a / b`
#[inline(always)]
pub fn div<S, B: RightOf<S> + ?Sized>(a: S, b: &B) -> B::Output {
    b.divided_into(a)
}

/// A scalar as one of the type `T`, which it is of but in functions over several.
fn converted<S: Real, T: Real>(x: S) -> T {
    let same: Option<&T> = (&x as &dyn Any).downcast_ref();
    same.copied().unwrap_or_else(|| T::from_f64(x.to_f64()))
}

/// `sum + scale * gradient`
pub fn plus_scaled<G: Tangent, S: Real>(mut sum: G, mut gradient: G, scale: S) -> G {
    struct Scale<S>(S);
    impl<S: Real> TangentVisitor for Scale<S> {
        fn visit<T: Real>(&mut self, part: &mut [T]) {
            let scale: T = converted(self.0);
            part.iter_mut().for_each(|x| *x *= scale);
        }
    }
    gradient.visit_tangents(&mut Scale(scale));
    sum.accumulate(gradient);
    sum
}

/// The derivative in a direction, by the gradient.
pub fn slope<G: Tangent, S: Real>(gradient: &G, direction: &G) -> S {
    struct Scalars<S>(Vec<S>);
    impl<S: Real> TangentVisitor for Scalars<S> {
        fn visit<T: Real>(&mut self, part: &mut [T]) {
            self.0.extend(part.iter().map(|x| converted::<T, S>(*x)));
        }
    }
    let scalars = |tangent: &G| {
        let mut scalars = Scalars::<S>(Vec::new());
        tangent.clone().visit_tangents(&mut scalars);
        scalars.0
    };
    scalars(gradient).into_iter().zip(scalars(direction)).map(|(g, d)| g * d).sum()
}

pub use crate::jacobian::hessian;
