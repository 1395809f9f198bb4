//! [`Differentiable`] and [`Tangent`] for the types of `std`.

use crate::differentiable::{Differentiable, NoTangent, ParameterVisitor, Tangent, TangentVisitor};
use crate::kernel::pool;
use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

macro_rules! scalar {
    ($($t:ty)*) => {$(
        impl Differentiable for $t {
            type Tangent = $t;
            type Shape = ();
            #[inline(always)]
            fn tangent_shape(&self) {}
            #[inline(always)]
            fn zeros((): &()) -> $t {
                0.0
            }
            #[inline(always)]
            fn materialize((): &(), _: &mut $t) {}
            fn visit_parameters<V: ParameterVisitor>(&mut self, gradient: &$t, visitor: &mut V) {
                visitor.visit(std::slice::from_mut(self), std::slice::from_ref(gradient));
            }
        }

        impl Tangent for $t {
            #[inline(always)]
            fn symbolic_zero() -> Self {
                0.0
            }
            #[inline(always)]
            fn accumulate(&mut self, other: Self) {
                *self += other;
            }
            #[inline(always)]
            fn accumulate_ref(&mut self, other: &Self) {
                *self += *other;
            }
            #[inline(always)]
            fn zero(&mut self) {
                *self = 0.0;
            }
            fn visit_tangents<V: TangentVisitor>(&mut self, visitor: &mut V) {
                visitor.visit(std::slice::from_mut(self));
            }
            #[inline(always)]
            fn vanishes(&self) -> bool {
                *self == 0.0
            }
        }
    )*};
}
scalar!(f32 f64);

macro_rules! inactive {
    ($($t:ty),* $(,)?) => {$(
        impl Differentiable for $t {
            type Tangent = NoTangent;
            type Shape = ();
            #[inline(always)]
            fn tangent_shape(&self) {}
            #[inline(always)]
            fn zeros((): &()) -> NoTangent {
                NoTangent
            }
            fn visit_parameters<V: ParameterVisitor>(&mut self, _: &NoTangent, _: &mut V) {}
        }
    )*};
}
inactive!(
    (),
    bool,
    char,
    String,
    str,
    &str,
    i8,
    i16,
    i32,
    i64,
    i128,
    isize,
    u8,
    u16,
    u32,
    u64,
    u128,
    usize,
    Range<usize>,
    RangeInclusive<usize>,
    RangeFrom<usize>,
    RangeTo<usize>,
    RangeToInclusive<usize>,
    RangeFull,
);

impl<T: Differentiable> Differentiable for [T] {
    type Tangent = Vec<T::Tangent>;
    type Shape = Vec<T::Shape>;

    fn tangent_shape(&self) -> Self::Shape {
        self.iter().map(T::tangent_shape).collect()
    }
    #[inline(always)]
    fn zeros(shape: &Self::Shape) -> Self::Tangent {
        pool::collected_apart(shape.iter().map(T::zeros))
    }
    #[inline(always)]
    fn accumulator(shape: &Self::Shape) -> Self::Tangent {
        pool::collected_apart(shape.iter().map(T::accumulator))
    }
    fn materialize(shape: &Self::Shape, tangent: &mut Self::Tangent) {
        for (element, shape) in tangent.iter_mut().zip(shape) {
            T::materialize(shape, element);
        }
        if tangent.capacity() < shape.len() {
            pool::grow(tangent, shape.len() - tangent.len());
        }
        tangent.extend(shape.iter().skip(tangent.len()).map(T::zeros));
    }
    fn visit_parameters<V: ParameterVisitor>(&mut self, gradient: &Self::Tangent, visitor: &mut V) {
        for (i, x) in self.iter_mut().enumerate() {
            match gradient.get(i) {
                Some(g) => x.visit_parameters(g, visitor),
                None => x.visit_parameters(&T::Tangent::symbolic_zero(), visitor),
            }
        }
    }
}

impl<T: Differentiable> Differentiable for Vec<T> {
    type Tangent = Vec<T::Tangent>;
    type Shape = Vec<T::Shape>;

    fn tangent_shape(&self) -> Self::Shape {
        self.as_slice().tangent_shape()
    }
    #[inline(always)]
    fn zeros(shape: &Self::Shape) -> Self::Tangent {
        <[T]>::zeros(shape)
    }
    #[inline(always)]
    fn accumulator(shape: &Self::Shape) -> Self::Tangent {
        <[T]>::accumulator(shape)
    }
    fn materialize(shape: &Self::Shape, tangent: &mut Self::Tangent) {
        <[T]>::materialize(shape, tangent);
    }
    fn visit_parameters<V: ParameterVisitor>(&mut self, gradient: &Self::Tangent, visitor: &mut V) {
        self.as_mut_slice().visit_parameters(gradient, visitor);
    }
    fn recycle(mut self) {
        if std::mem::needs_drop::<T>() {
            self.drain(..).for_each(T::recycle);
        }
        pool::give(self);
    }
}

impl<T: Tangent> Tangent for Vec<T> {
    fn symbolic_zero() -> Self {
        Vec::new()
    }
    fn accumulate(&mut self, mut other: Self) {
        if self.is_empty() {
            std::mem::swap(self, &mut other);
        } else {
            if self.len() < other.len() {
                self.resize_with(other.len(), T::symbolic_zero);
            }
            for (a, b) in self.iter_mut().zip(other.drain(..)) {
                a.accumulate(b);
            }
        }
        pool::give(other);
    }
    fn accumulate_ref(&mut self, other: &Self) {
        if self.len() < other.len() {
            self.resize_with(other.len(), T::symbolic_zero);
        }
        for (a, b) in self.iter_mut().zip(other) {
            a.accumulate_ref(b);
        }
    }
    fn zero(&mut self) {
        self.iter_mut().for_each(T::zero);
    }
    #[inline(always)]
    fn vanishes(&self) -> bool {
        self.is_empty()
    }
    fn visit_tangents<V: TangentVisitor>(&mut self, visitor: &mut V) {
        for x in self {
            x.visit_tangents(visitor);
        }
    }
    fn recycle(mut self) {
        if std::mem::needs_drop::<T>() {
            self.drain(..).for_each(T::recycle);
        }
        pool::give(self);
    }
}

impl<T: Differentiable, const N: usize> Differentiable for [T; N] {
    type Tangent = [T::Tangent; N];
    type Shape = [T::Shape; N];

    #[inline]
    fn tangent_shape(&self) -> Self::Shape {
        std::array::from_fn(|i| self[i].tangent_shape())
    }
    #[inline]
    fn zeros(shape: &Self::Shape) -> Self::Tangent {
        std::array::from_fn(|i| T::zeros(&shape[i]))
    }
    #[inline]
    fn accumulator(shape: &Self::Shape) -> Self::Tangent {
        std::array::from_fn(|i| T::accumulator(&shape[i]))
    }
    fn materialize(shape: &Self::Shape, tangent: &mut Self::Tangent) {
        for (element, shape) in tangent.iter_mut().zip(shape) {
            T::materialize(shape, element);
        }
    }
    fn visit_parameters<V: ParameterVisitor>(&mut self, gradient: &Self::Tangent, visitor: &mut V) {
        for (x, g) in self.iter_mut().zip(gradient) {
            x.visit_parameters(g, visitor);
        }
    }
}

impl<T: Tangent, const N: usize> Tangent for [T; N] {
    #[inline]
    fn symbolic_zero() -> Self {
        std::array::from_fn(|_| T::symbolic_zero())
    }
    #[inline]
    fn accumulate(&mut self, other: Self) {
        for (a, b) in self.iter_mut().zip(other) {
            a.accumulate(b);
        }
    }
    #[inline]
    fn accumulate_ref(&mut self, other: &Self) {
        for (a, b) in self.iter_mut().zip(other) {
            a.accumulate_ref(b);
        }
    }
    fn zero(&mut self) {
        self.iter_mut().for_each(T::zero);
    }
    #[inline(always)]
    fn vanishes(&self) -> bool {
        self.iter().all(T::vanishes)
    }
    fn visit_tangents<V: TangentVisitor>(&mut self, visitor: &mut V) {
        for x in self {
            x.visit_tangents(visitor);
        }
    }
}

impl<T: Differentiable + ?Sized> Differentiable for Box<T> {
    type Tangent = T::Tangent;
    type Shape = T::Shape;

    fn tangent_shape(&self) -> Self::Shape {
        (**self).tangent_shape()
    }
    fn zeros(shape: &Self::Shape) -> Self::Tangent {
        T::zeros(shape)
    }
    fn visit_parameters<V: ParameterVisitor>(&mut self, gradient: &Self::Tangent, visitor: &mut V) {
        (**self).visit_parameters(gradient, visitor);
    }
}

/// The tangent of `None` is `None`, which is also the zero that knows no shape.
impl<T: Differentiable> Differentiable for Option<T> {
    type Tangent = Option<T::Tangent>;
    type Shape = Option<T::Shape>;

    fn tangent_shape(&self) -> Self::Shape {
        self.as_ref().map(T::tangent_shape)
    }
    fn zeros(shape: &Self::Shape) -> Self::Tangent {
        shape.as_ref().map(T::zeros)
    }
    fn accumulator(shape: &Self::Shape) -> Self::Tangent {
        shape.as_ref().map(T::accumulator)
    }
    fn materialize(shape: &Self::Shape, tangent: &mut Self::Tangent) {
        if let Some(shape) = shape {
            T::materialize(shape, tangent.get_or_insert_with(T::Tangent::symbolic_zero));
        }
    }
    fn visit_parameters<V: ParameterVisitor>(&mut self, gradient: &Self::Tangent, visitor: &mut V) {
        match (self, gradient) {
            (None, _) => {}
            (Some(x), Some(gradient)) => x.visit_parameters(gradient, visitor),
            (Some(x), None) => x.visit_parameters(&T::Tangent::symbolic_zero(), visitor),
        }
    }
}

impl<T: Tangent> Tangent for Option<T> {
    fn symbolic_zero() -> Self {
        None
    }
    fn accumulate(&mut self, other: Self) {
        match (self.as_mut(), other) {
            (_, None) => {}
            (Some(place), Some(other)) => place.accumulate(other),
            (None, other) => *self = other,
        }
    }
    fn accumulate_ref(&mut self, other: &Self) {
        match (self.as_mut(), other) {
            (_, None) => {}
            (Some(place), Some(other)) => place.accumulate_ref(other),
            (None, other) => self.clone_from(other),
        }
    }
    fn zero(&mut self) {
        self.iter_mut().for_each(T::zero);
    }
    #[inline(always)]
    fn vanishes(&self) -> bool {
        self.as_ref().is_none_or(T::vanishes)
    }
    fn visit_tangents<V: TangentVisitor>(&mut self, visitor: &mut V) {
        self.iter_mut().for_each(|x| x.visit_tangents(visitor));
    }
}

/// Parameters that are borrowed: a tuple of them is a model for an optimizer.
impl<T: Differentiable + ?Sized> Differentiable for &mut T {
    type Tangent = T::Tangent;
    type Shape = T::Shape;

    fn tangent_shape(&self) -> Self::Shape {
        (**self).tangent_shape()
    }
    fn zeros(shape: &Self::Shape) -> Self::Tangent {
        T::zeros(shape)
    }
    fn visit_parameters<V: ParameterVisitor>(&mut self, gradient: &Self::Tangent, visitor: &mut V) {
        (**self).visit_parameters(gradient, visitor);
    }
}

macro_rules! tuple {
    ($($name:ident $index:tt),*) => {
        impl<$($name: Differentiable),*> Differentiable for ($($name,)*) {
            type Tangent = ($($name::Tangent,)*);
            type Shape = ($($name::Shape,)*);

            #[inline]
            fn tangent_shape(&self) -> Self::Shape {
                ($(self.$index.tangent_shape(),)*)
            }
            #[inline]
            fn zeros(shape: &Self::Shape) -> Self::Tangent {
                ($($name::zeros(&shape.$index),)*)
            }
            #[inline]
            fn accumulator(shape: &Self::Shape) -> Self::Tangent {
                ($($name::accumulator(&shape.$index),)*)
            }
            fn materialize(shape: &Self::Shape, tangent: &mut Self::Tangent) {
                $($name::materialize(&shape.$index, &mut tangent.$index);)*
            }
            fn visit_parameters<V: ParameterVisitor>(
                &mut self,
                gradient: &Self::Tangent,
                visitor: &mut V,
            ) {
                $(self.$index.visit_parameters(&gradient.$index, visitor);)*
            }
        }

        impl<$($name: Tangent),*> Tangent for ($($name,)*) {
            #[inline]
            fn symbolic_zero() -> Self {
                ($($name::symbolic_zero(),)*)
            }
            #[inline]
            fn accumulate(&mut self, other: Self) {
                $(self.$index.accumulate(other.$index);)*
            }
            #[inline]
            fn accumulate_ref(&mut self, other: &Self) {
                $(self.$index.accumulate_ref(&other.$index);)*
            }
            fn zero(&mut self) {
                $(self.$index.zero();)*
            }
            fn visit_tangents<V: TangentVisitor>(&mut self, visitor: &mut V) {
                $(self.$index.visit_tangents(visitor);)*
            }
            #[inline(always)]
            fn vanishes(&self) -> bool {
                true $(&& self.$index.vanishes())*
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
