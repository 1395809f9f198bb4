//! The operators `+ - * /` and their assigning forms, between tensors and with scalars, negation,
//! and the larger and the smaller of two.

use super::broadcast::{Broadcast, BroadcastRank, assign, combine, map};
use super::operation::Arithmetic;
use super::rank::Rank;
use crate::kernel::Unary;
use crate::second::RightOf;
use crate::{Real, Tensor};
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// An operator between two tensors, for each way to own or borrow them.
macro_rules! between_tensors {
    ($op:ident $method:ident $symbol:tt; $([$($lhs:tt)*] [$($rhs:tt)*])*) => {$(
        #[doc = concat!("`", stringify!($symbol), "` of each pair of elements, with broadcasting.")]
        impl<const A: usize, const B: usize, T: Real> $op<$($rhs)* Tensor<B, T>>
            for $($lhs)* Tensor<A, T>
        where
            Rank<A>: BroadcastRank<B>,
        {
            type Output = Broadcast<A, B, T>;
            #[inline]
            #[track_caller]
            fn $method(self, rhs: $($rhs)* Tensor<B, T>) -> Broadcast<A, B, T> {
                combine(Arithmetic::$op, self, rhs)
            }
        }
    )*};
}

/// An operator between a tensor on the left and a scalar.
macro_rules! with_scalar {
    ($op:ident $method:ident $symbol:tt; $([$($lhs:tt)*] [$($rhs:tt)*] [$($deref:tt)*])*) => {$(
        #[doc = concat!("`", stringify!($symbol), "` of each element and a scalar.")]
        impl<const R: usize, T: Real> $op<$($rhs)* T> for $($lhs)* Tensor<R, T> {
            type Output = Tensor<R, T>;
            #[inline]
            fn $method(self, rhs: $($rhs)* T) -> Tensor<R, T> {
                map(Arithmetic::$op.with_scalar($($deref)* rhs), self)
            }
        }
    )*};
}

/// An operator between a scalar on the left and a tensor. `T: Real` cannot stand on the left of an
/// operator of `std` for a foreign trait, so there is one for each precision.
macro_rules! scalar_first {
    ($t:ident $op:ident $method:ident $symbol:tt; $([$($lhs:tt)*] [$($rhs:tt)*] [$($deref:tt)*])*) => {$(
        #[doc = concat!("`", stringify!($symbol), "` of a scalar and each element.")]
        impl<const R: usize> $op<$($rhs)* Tensor<R, $t>> for $($lhs)* $t {
            type Output = Tensor<R, $t>;
            #[inline]
            fn $method(self, rhs: $($rhs)* Tensor<R, $t>) -> Tensor<R, $t> {
                map(Arithmetic::$op.scalar_first($($deref)* self), rhs)
            }
        }
    )*};
}

/// An assigning operator; the right side is broadcast to the left.
macro_rules! assigning {
    ($arithmetic:ident $op:ident $method:ident $symbol:tt) => {
        #[doc = concat!("`", stringify!($symbol), "` for each element; the right side is broadcast.")]
        impl<const A: usize, const B: usize, T: Real> $op<&Tensor<B, T>> for Tensor<A, T> {
            #[inline]
            #[track_caller]
            fn $method(&mut self, rhs: &Tensor<B, T>) {
                assign(stringify!($method), Arithmetic::$arithmetic, self, rhs);
            }
        }
        #[doc = concat!("`", stringify!($symbol), "` for each element; the right side is broadcast.")]
        impl<const A: usize, const B: usize, T: Real> $op<Tensor<B, T>> for Tensor<A, T> {
            #[inline]
            #[track_caller]
            fn $method(&mut self, rhs: Tensor<B, T>) {
                $op::$method(self, &rhs);
            }
        }
        #[doc = concat!("`", stringify!($symbol), "` for each element with a scalar.")]
        impl<const R: usize, T: Real> $op<T> for Tensor<R, T> {
            #[inline]
            fn $method(&mut self, rhs: T) {
                Arithmetic::$arithmetic.with_scalar(rhs).update(&mut self.data);
            }
        }
        #[doc = concat!("`", stringify!($symbol), "` for each element with a scalar.")]
        impl<const R: usize, T: Real> $op<&T> for Tensor<R, T> {
            #[inline]
            fn $method(&mut self, rhs: &T) {
                $op::$method(self, *rhs);
            }
        }
    };
}

macro_rules! operators {
    ($($op:ident $method:ident $symbol:tt
       $assign:ident $assign_method:ident $assign_symbol:tt;)*) => {$(
        between_tensors!($op $method $symbol; [] [] [] [&] [&] [] [&] [&]);
        with_scalar!($op $method $symbol; [] [] [] [] [&] [*] [&] [] [] [&] [&] [*]);
        scalar_first!(f32 $op $method $symbol; [] [] [] [] [&] [] [&] [] [*] [&] [&] [*]);
        scalar_first!(f64 $op $method $symbol; [] [] [] [] [&] [] [&] [] [*] [&] [&] [*]);
        assigning!($op $assign $assign_method $assign_symbol);
    )*};
}

operators! {
    Add add + AddAssign add_assign +=;
    Sub sub - SubAssign sub_assign -=;
    Mul mul * MulAssign mul_assign *=;
    Div div / DivAssign div_assign /=;
}

/// The operators with a scalar on the left, for all scalars.
impl<const R: usize, T: Real> RightOf<T> for Tensor<R, T> {
    type Output = Self;
    fn added_to(&self, left: T) -> Self {
        map(Arithmetic::Add.scalar_first(left), self)
    }
    fn subtracted_from(&self, left: T) -> Self {
        map(Arithmetic::Sub.scalar_first(left), self)
    }
    fn multiplied_with(&self, left: T) -> Self {
        map(Arithmetic::Mul.scalar_first(left), self)
    }
    fn divided_into(&self, left: T) -> Self {
        map(Arithmetic::Div.scalar_first(left), self)
    }
}

/// The negative of each element.
impl<const R: usize, T: Real> Neg for Tensor<R, T> {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        map(Unary::Neg, self)
    }
}

/// The negative of each element.
impl<const R: usize, T: Real> Neg for &Tensor<R, T> {
    type Output = Tensor<R, T>;
    #[inline]
    fn neg(self) -> Tensor<R, T> {
        map(Unary::Neg, self)
    }
}

impl<const A: usize, T: Real> Tensor<A, T> {
    /// The larger of each pair of elements, with broadcasting; NaN if either is.
    ///
    /// The larger one gets the cotangent; where they are equal each gets half of it.
    ///
    /// # Panics
    /// If the shapes cannot be broadcast to each other.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([[1.0, 5.0], [3.0, 2.0]]);
    /// assert_eq!(x.maximum(&Tensor::from([2.0, 4.0])), Tensor::from([[2.0, 5.0], [3.0, 4.0]]));
    /// ```
    #[track_caller]
    pub fn maximum<const B: usize>(&self, other: &Tensor<B, T>) -> Broadcast<A, B, T>
    where
        Rank<A>: BroadcastRank<B>,
    {
        combine(Arithmetic::Maximum, self, other)
    }

    /// The smaller of each pair of elements, with broadcasting; NaN if either is.
    ///
    /// The smaller one gets the cotangent; where they are equal each gets half of it.
    ///
    /// # Panics
    /// If the shapes cannot be broadcast to each other.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let x = Tensor::from([[1.0, 5.0], [3.0, 2.0]]);
    /// assert_eq!(x.minimum(&Tensor::from([2.0, 4.0])), Tensor::from([[1.0, 4.0], [2.0, 2.0]]));
    /// ```
    #[track_caller]
    pub fn minimum<const B: usize>(&self, other: &Tensor<B, T>) -> Broadcast<A, B, T>
    where
        Rank<A>: BroadcastRank<B>,
    {
        combine(Arithmetic::Minimum, self, other)
    }
}
