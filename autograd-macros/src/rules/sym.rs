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
