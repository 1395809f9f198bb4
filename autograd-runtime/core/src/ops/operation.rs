//! What the operators between tensors compute for each pair of elements.

use super::lanes::{larger, smaller};
use crate::Real;
use crate::kernel::{Binary, Unary};

/// The operations on two operands.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arithmetic {
    Add,
    Sub,
    Mul,
    Div,
    Maximum,
    Minimum,
}

impl Arithmetic {
    pub(super) fn of_arrays<T>(self) -> Binary<T> {
        match self {
            Self::Add => Binary::Add,
            Self::Sub => Binary::Sub,
            Self::Mul => Binary::Mul,
            Self::Div => Binary::Div,
            Self::Maximum => Binary::Maximum,
            Self::Minimum => Binary::Minimum,
        }
    }

    /// With a scalar on the left.
    pub(super) fn scalar_first<T: Real>(self, scalar: T) -> Unary<T> {
        match self {
            Self::Sub => Unary::SubFromScalar(scalar),
            Self::Div => Unary::DivFromScalar(scalar),
            Self::Add | Self::Mul | Self::Maximum | Self::Minimum => self.with_scalar(scalar),
        }
    }

    /// With a scalar on the right.
    pub(super) fn with_scalar<T: Real>(self, scalar: T) -> Unary<T> {
        match self {
            Self::Add => Unary::AddScalar(scalar),
            Self::Sub => Unary::SubScalar(scalar),
            Self::Mul => Unary::MulScalar(scalar),
            Self::Div => Unary::DivScalar(scalar),
            Self::Maximum => Unary::MaximumScalar(scalar),
            Self::Minimum => Unary::MinimumScalar(scalar),
        }
    }

    pub(super) fn of_scalars<T: Real>(self, a: T, b: T) -> T {
        match self {
            Self::Add => a + b,
            Self::Sub => a - b,
            Self::Mul => a * b,
            Self::Div => a / b,
            Self::Maximum => larger(a, b),
            Self::Minimum => smaller(a, b),
        }
    }

    /// Whether zero on the left gives zero whatever is on the right, as in a product. Then a
    /// symbolic zero on the left gives a symbolic zero.
    pub(super) fn zero_absorbs(self) -> bool {
        matches!(self, Self::Mul | Self::Div)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Sub => "sub",
            Self::Mul => "mul",
            Self::Div => "div",
            Self::Maximum => "maximum",
            Self::Minimum => "minimum",
        }
    }
}
