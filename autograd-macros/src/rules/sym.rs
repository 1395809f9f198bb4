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

    /// Whether the expression has a pole: a division by what depends on the primal and may be zero, or a power.
    pub(crate) fn has_pole(&self, operands: &Operands<'_>) -> bool {
        // A reciprocal has its pole in the result: where the operand, which is the last, is zero.
        if *self == super::elementwise::reciprocal() {
            return (operands.sign)(operands.count.checked_sub(1)) != Sign::Positive;
        }
        let mut found = false;
        self.visit(&mut |part| match part {
            Self::Binary(BinaryOp::Div, _, b) => {
                found |= b.is_primal(operands.varies) && b.sign(operands) != Sign::Positive;
            }
            Self::Adjoint("powi" | "powf", _) => {
                found |= operands.exponent.is_none_or(|exponent| exponent < 1.0);
            }
            Self::Adjoint(name, _) => found |= is_power(name),
            _ => {}
        });
        found
    }

    /// What is known of the sign of an expression.
    fn sign(&self, operands: &Operands<'_>) -> Sign {
        match self {
            Self::Operand(at) => (operands.sign)(Some(*at)),
            Self::Result => (operands.sign)(None),
            Self::Number(number) => of_number(*number),
            Self::Binary(BinaryOp::Add, a, b) => a.sign(operands).plus(b.sign(operands)),
            Self::Binary(BinaryOp::Mul, a, b) if a == b => Sign::NonNegative,
            Self::Binary(BinaryOp::Mul, a, b) => match (&**a, &**b) {
                // A factor of a rule is not so small as to make zero of what is far from it.
                (a, Self::Number(factor)) if *factor > 0.1 => a.sign(operands),
                (a, b) => a.sign(operands).min(b.sign(operands)).min(Sign::NonNegative),
            },
            Self::Method("sqrt", parts) => parts[0].sign(operands).max(Sign::NonNegative),
            Self::Saved(a) | Self::Ref(a) => a.sign(operands),
            _ => Sign::Any,
        }
    }
}

/// What is known of the operands of an operation and of its result.
pub(crate) struct Operands<'a> {
    pub(crate) count: usize,
    /// Whether an operand is not written out.
    pub(crate) varies: &'a dyn Fn(usize) -> bool,
    /// The sign of an operand, or of the result.
    pub(crate) sign: &'a dyn Fn(Option<usize>) -> Sign,
    /// The exponent of a power, if it is written out.
    pub(crate) exponent: Option<f64>,
}

/// What is known of a sign. What is not a number has any.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Sign {
    Any,
    NonNegative,
    /// So far above zero that the reciprocal is finite, in single precision too.
    Positive,
}

impl Sign {
    /// That of a sum.
    pub(crate) fn plus(self, other: Self) -> Self {
        if self.min(other) == Self::Any {
            Self::Any
        } else {
            self.max(other)
        }
    }
}

/// The sign of a number that is written out.
pub(crate) fn of_number(number: f64) -> Sign {
    if number > 1e-30 {
        Sign::Positive
    } else if number >= 0.0 {
        Sign::NonNegative
    } else {
        Sign::Any
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
