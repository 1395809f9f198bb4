//! Expressions of the rule table, built with ordinary operators so that a row reads as mathematics.

use crate::ir::BinaryOp;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

/// An expression over the operands, the result and the cotangent of an operation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Sym {
    Operand(usize),
    Result,
    Cotangent,
    Number(f64),
    Neg(Box<Sym>),
    Binary(BinaryOp, Box<Sym>, Box<Sym>),
    /// A method of scalars and tensors alike.
    Method(&'static str, Vec<Sym>),
    /// A function of the runtime's `adjoint` module.
    Adjoint(&'static str, Vec<Sym>),
    /// A borrow, for an argument of an adjoint function.
    Ref(Box<Sym>),
    /// A partial derivative that is cheaper beside the primal operation than on its own: of a
    /// scalar it is computed in the forward pass and kept.
    Saved(Box<Sym>),
}

impl Sym {
    /// Calls `f` with every part of the expression.
    pub(crate) fn visit(&self, f: &mut impl FnMut(&Self)) {
        f(self);
        match self {
            Self::Neg(a) | Self::Ref(a) | Self::Saved(a) => a.visit(f),
            Self::Binary(_, a, b) => {
                a.visit(f);
                b.visit(f);
            }
            Self::Method(_, parts) | Self::Adjoint(_, parts) => {
                parts.iter().for_each(|part| part.visit(f));
            }
            Self::Operand(_) | Self::Result | Self::Cotangent | Self::Number(_) => {}
        }
    }
}

impl Sym {
    /// Whether an expression depends on the primal, `varies` saying which operands do.
    fn is_primal(&self, varies: &dyn Fn(usize) -> bool) -> bool {
        let mut found = false;
        self.visit(&mut |part| match part {
            Self::Operand(index) => found |= varies(*index),
            Self::Result => found = true,
            _ => {}
        });
        found
    }

    /// Whether the expression multiplies the cotangent by what depends on the primal, and so may be
    /// infinite.
    pub(crate) fn is_product(&self, varies: &dyn Fn(usize) -> bool) -> bool {
        let mut found = false;
        self.visit(&mut |part| match part {
            Self::Binary(BinaryOp::Mul | BinaryOp::Div, a, b) => {
                found |= a.is_primal(varies) || b.is_primal(varies);
            }
            Self::Adjoint(name, _) => found |= is_power(name),
            _ => {}
        });
        found
    }

    /// Whether the expression has a pole: a division by what depends on the primal, or a power.
    pub(crate) fn has_pole(&self, varies: &dyn Fn(usize) -> bool) -> bool {
        // A reciprocal has its pole in the result.
        let mut found = *self == super::elementwise::reciprocal();
        self.visit(&mut |part| match part {
            Self::Binary(BinaryOp::Div, _, b) => found |= b.is_primal(varies),
            Self::Adjoint(name, _) => found |= is_power(name),
            _ => {}
        });
        found
    }
}

fn is_power(name: &str) -> bool {
    matches!(name, "powi" | "powf" | "powf_exponent")
}

macro_rules! operator {
    ($($op:ident $method:ident)*) => {$(
        impl $op for Sym {
            type Output = Sym;
            fn $method(self, rhs: Sym) -> Sym {
                Sym::Binary(BinaryOp::$op, Box::new(self), Box::new(rhs))
            }
        }
        impl $op<f64> for Sym {
            type Output = Sym;
            fn $method(self, rhs: f64) -> Sym {
                Sym::Binary(BinaryOp::$op, Box::new(self), Box::new(Sym::Number(rhs)))
            }
        }
        impl $op<Sym> for f64 {
            type Output = Sym;
            fn $method(self, rhs: Sym) -> Sym {
                Sym::Binary(BinaryOp::$op, Box::new(Sym::Number(self)), Box::new(rhs))
            }
        }
    )*};
}
operator!(Add add Sub sub Mul mul Div div Rem rem);

impl Neg for Sym {
    type Output = Self;
    fn neg(self) -> Self {
        Self::Neg(Box::new(self))
    }
}
