//! What generated second derivatives call: arguments over dual numbers, and the tangents of what comes out.

use crate::differentiable::Differentiable;
use crate::{Dual, Real, Tensor};

/// What can be written over dual numbers.
#[diagnostic::on_unimplemented(
    message = "second derivatives of a `{Self}` are not known",
    label = "second derivatives are taken of scalars, arrays, lists, tuples and tensors",
    note = "pass the parts of it that matter as parameters of their own"
)]
pub trait Lift: Differentiable {
    /// The same over dual numbers.
    type Over: Differentiable;

    /// The value with a tangent.
    fn lift(&self, tangent: &Self::Tangent) -> Self::Over;

    /// The value as a constant.
    fn constant(&self) -> Self::Over;

    /// The tangent part of a gradient over dual numbers.
    fn eps(gradient: <Self::Over as Differentiable>::Tangent) -> Self::Tangent;
}

impl<T: Real> Lift for T {
    type Over = Dual<T>;
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
        impl<T: Lift> Lift for $list {
            type Over = Vec<T::Over>;
            fn lift(&self, tangent: &Self::Tangent) -> Self::Over {
                self.iter().zip(tangent).map(|(x, dx)| x.lift(dx)).collect()
            }
            fn constant(&self) -> Self::Over {
                self.iter().map(T::constant).collect()
            }
            fn eps(gradient: <Self::Over as Differentiable>::Tangent) -> Self::Tangent {
                gradient.into_iter().map(T::eps).collect()
            }
        }
    )*};
}
lists!(Vec<T> [T]);

impl<T: Lift, const N: usize> Lift for [T; N] {
    type Over = [T::Over; N];
    fn lift(&self, tangent: &Self::Tangent) -> Self::Over {
        std::array::from_fn(|i| self[i].lift(&tangent[i]))
    }
    fn constant(&self) -> Self::Over {
        self.each_ref().map(T::constant)
    }
    fn eps(gradient: <Self::Over as Differentiable>::Tangent) -> Self::Tangent {
        gradient.map(T::eps)
    }
}

impl<const R: usize, T: Real> Lift for Tensor<R, T> {
    type Over = Tensor<R, Dual<T>>;
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
        impl<$($name: Lift),*> Lift for ($($name,)*) {
            type Over = ($($name::Over,)*);
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

pub use crate::jacobian::hessian;
