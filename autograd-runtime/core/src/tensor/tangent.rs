//! Tensors as values with a derivative, and as derivatives.

use super::Tensor;
use crate::Real;
use crate::differentiable::{Differentiable, NoTangent, ParameterVisitor, Tangent, TangentVisitor};
use crate::kernel::Binary;
use crate::kernel::pool;

impl<const R: usize, T> Tensor<R, T> {
    /// Whether this is the zero that knows no shape, [`Tangent::symbolic_zero`].
    ///
    /// A tensor without elements whose dimensions are all 0 cannot be told from it, and need not
    /// be: to either there is nothing to add.
    #[inline(always)]
    pub(crate) fn is_symbolic_zero(&self) -> bool {
        self.data.is_empty() && self.shape == [0; R]
    }
}

impl<const R: usize, T: Real> Differentiable for Tensor<R, T> {
    type Tangent = Self;
    type Shape = [usize; R];

    #[inline]
    fn tangent_shape(&self) -> [usize; R] {
        self.shape
    }
    fn zeros(shape: &[usize; R]) -> Self {
        Self::zeros(*shape)
    }
    #[inline]
    fn accumulator(_: &[usize; R]) -> Self {
        Self::symbolic_zero()
    }
    fn materialize(shape: &[usize; R], tangent: &mut Self) {
        if tangent.is_symbolic_zero() {
            *tangent = Self::zeros(*shape);
        }
    }
    fn visit_parameters<V: ParameterVisitor>(&mut self, gradient: &Self, visitor: &mut V) {
        visitor.visit(&mut self.data, &gradient.data);
    }
}

impl<const R: usize, T: Real> Tangent for Tensor<R, T> {
    #[inline]
    fn symbolic_zero() -> Self {
        Self { shape: [0; R], data: Vec::new() }
    }
    #[track_caller]
    fn accumulate(&mut self, other: Self) {
        if self.is_symbolic_zero() {
            *self = other;
        } else {
            self.accumulate_ref(&other);
        }
    }
    #[track_caller]
    fn accumulate_ref(&mut self, other: &Self) {
        if self.is_symbolic_zero() {
            self.shape = other.shape;
            self.data = pool::copied(&other.data);
        } else if !other.is_symbolic_zero() {
            same_shape("accumulate", self, other);
            Binary::Add.update_left(&mut self.data, &other.data);
        }
    }
    fn zero(&mut self) {
        self.data.fill(T::ZERO);
    }
    #[inline(always)]
    fn vanishes(&self) -> bool {
        self.is_symbolic_zero()
    }
    fn visit_tangents<V: TangentVisitor>(&mut self, visitor: &mut V) {
        visitor.visit(&mut self.data);
    }
}

impl<const R: usize, T: Real> Tensor<R, T> {
    /// Subtracts `scale * other` in place: a step of gradient descent. A gradient that is a symbolic
    /// zero changes nothing.
    ///
    /// # Panics
    /// If the shapes differ.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let mut w = Tensor::from([1.0, 2.0]);
    /// w.sub_scaled(0.5, &Tensor::from([2.0, 4.0]));
    /// assert_eq!(w, Tensor::from([0.0, 0.0]));
    /// ```
    #[track_caller]
    pub fn sub_scaled(&mut self, scale: T, other: &Self) {
        if !other.is_symbolic_zero() {
            same_shape("sub_scaled", self, other);
            Binary::SubScaled(scale).update_left(&mut self.data, &other.data);
        }
    }

    /// Adds `scale * other` in place. A gradient that is a symbolic zero changes nothing.
    ///
    /// # Panics
    /// If the shapes differ.
    ///
    /// ```
    /// # use autograd_runtime::Tensor;
    /// let mut w = Tensor::from([1.0, 2.0]);
    /// w.add_scaled(0.5, &Tensor::from([2.0, 4.0]));
    /// assert_eq!(w, Tensor::from([2.0, 4.0]));
    /// ```
    #[track_caller]
    pub fn add_scaled(&mut self, scale: T, other: &Self) {
        if !other.is_symbolic_zero() {
            same_shape("add_scaled", self, other);
            Binary::AddScaled(scale).update_left(&mut self.data, &other.data);
        }
    }
}

#[track_caller]
fn same_shape<const R: usize, T>(op: &str, a: &Tensor<R, T>, b: &Tensor<R, T>) {
    // The lengths differ where the shapes do not if one is the symbolic zero of rank 0.
    assert!(
        a.shape == b.shape && a.data.len() == b.data.len(),
        "{op}: the shapes {:?} and {:?} differ",
        a.shape,
        b.shape
    );
}

macro_rules! inactive {
    ($($t:ty)*) => {$(
        impl<const R: usize> Differentiable for Tensor<R, $t> {
            type Tangent = NoTangent;
            type Shape = ();
            fn tangent_shape(&self) {}
            fn zeros((): &()) -> NoTangent {
                NoTangent
            }
            fn visit_parameters<V: ParameterVisitor>(&mut self, _: &NoTangent, _: &mut V) {}
        }
    )*};
}
inactive!(bool u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
