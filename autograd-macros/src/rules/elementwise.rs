//! Element-wise rules: expressions that hold for scalars and for every element of a tensor.

use super::Sym;
use crate::ir::{BinaryOp, Operand, UnaryOp};
use std::f64::consts::{LN_10, LN_2, PI};

macro_rules! methods {
    ($($name:ident)*) => {$(
        fn $name(x: Sym) -> Sym {
            Sym::Method(stringify!($name), vec![x])
        }
    )*};
}
methods!(sin cos ln sqrt sinh cosh trunc round);

fn adjoint<const N: usize>(name: &'static str, args: [Sym; N]) -> Sym {
    Sym::Adjoint(name, args.into())
}

fn r(x: Sym) -> Sym {
    Sym::Ref(Box::new(x))
}

fn saved(x: Sym) -> Sym {
    Sym::Saved(Box::new(x))
}

type Rows = Vec<Option<Sym>>;

#[allow(clippy::unnecessary_wraps, reason = "the rows of a match that ends in `None`")]
fn rows<const N: usize>(rows: [Sym; N]) -> Option<Rows> {
    Some(rows.into_iter().map(Some).collect())
}

/// Adjoints of a binary operator.
pub(crate) fn operator(op: BinaryOp) -> Option<Rows> {
    let (a, b, y, dy) = (Sym::Operand(0), Sym::Operand(1), Sym::Result, Sym::Cotangent);
    match op {
        BinaryOp::Add => rows([dy.clone(), dy]),
        BinaryOp::Sub => rows([dy.clone(), -dy]),
        BinaryOp::Mul => rows([dy.clone() * b, dy * a]),
        // Both rows share the quotient.
        BinaryOp::Div => rows([dy.clone() / b.clone(), -(dy / b * y)]),
        BinaryOp::Rem => rows([dy.clone(), -(dy * trunc(a / b))]),
        BinaryOp::Bit(_) => None,
    }
}

/// Adjoints of a binary operation: of a reciprocal, which is spelled as a quotient, without a division.
pub(crate) fn binary(op: BinaryOp, lhs: &Operand) -> Rows {
    match lhs {
        Operand::Literal(literal) if op == BinaryOp::Div && literal.is_one() => {
            vec![None, Some(reciprocal())]
        }
        _ => operator(op).unwrap_or_default(),
    }
}

/// The adjoint of `1 / x`.
pub(super) fn reciprocal() -> Sym {
    -(Sym::Cotangent * Sym::Result * Sym::Result)
}

/// The adjoint of a unary operator.
pub(crate) fn unary(op: UnaryOp) -> Option<Rows> {
    match op {
        UnaryOp::Neg => rows([-Sym::Cotangent]),
        UnaryOp::Not => None,
    }
}

/// Adjoints of a method, the receiver being operand 0.
#[rustfmt::skip]
pub(super) fn method(name: &str, arity: usize) -> Option<Rows> {
    let (a, b, c) = (Sym::Operand(0), Sym::Operand(1), Sym::Operand(2));
    let (x, y, dy) = (a.clone(), Sym::Result, Sym::Cotangent);
    let first = |row: Sym| Some(std::iter::once(Some(row)).chain((1..arity).map(|_| None)).collect());
    match (name, arity) {
        // Powers and roots.
        ("sqrt", 1)   => rows([dy / (y.clone() + y)]),
        ("cbrt", 1)   => rows([dy / (3.0 * (y.clone() * y))]),
        ("square", 1) => rows([adjoint("square", [r(dy), r(x)])]),
        ("recip", 1)  => rows([reciprocal()]),
        ("powi", 2)   => first(adjoint("powi", [r(dy), r(x), b])),
        ("powf", 2)   => rows([
            adjoint("powf", [r(dy.clone()), r(x.clone()), b]),
            adjoint("powf_exponent", [dy, x, y]),
        ]),
        ("hypot", 2)  => rows([dy.clone() * a / y.clone(), dy * b / y]),

        // Exponentials and logarithms.
        ("exp", 1)    => rows([dy * y]),
        ("exp2", 1)   => rows([dy * (y * LN_2)]),
        ("exp_m1", 1) => rows([dy * (y + 1.0)]),
        ("ln", 1)     => rows([dy / x]),
        ("ln_1p", 1)  => rows([dy / (x + 1.0)]),
        ("log2", 1)   => rows([dy / (x * LN_2)]),
        ("log10", 1)  => rows([dy / (x * LN_10)]),
        ("log", 2)    => rows([
            dy.clone() / (a * ln(b.clone())),
            -(dy * y / (b.clone() * ln(b))),
        ]),

        // Trigonometric and hyperbolic functions.
        ("sin", 1)    => rows([dy * saved(cos(x))]),
        ("cos", 1)    => rows([-(dy * saved(sin(x)))]),
        ("tan", 1)    => rows([dy * (y.clone() * y + 1.0)]),
        ("asin", 1)   => rows([dy / sqrt(1.0 - x.clone() * x)]),
        ("acos", 1)   => rows([-(dy / sqrt(1.0 - x.clone() * x))]),
        ("atan", 1)   => rows([dy / (x.clone() * x + 1.0)]),
        ("atan2", 2)  => {
            let square = a.clone() * a.clone() + b.clone() * b.clone();
            rows([dy.clone() * b / square.clone(), -(dy * a / square)])
        }
        ("sinh", 1)   => rows([dy * saved(cosh(x))]),
        ("cosh", 1)   => rows([dy * saved(sinh(x))]),
        ("tanh", 1)   => rows([dy.clone() - dy * (y.clone() * y)]),
        ("asinh", 1)  => rows([dy / sqrt(x.clone() * x + 1.0)]),
        ("acosh", 1)  => rows([dy / sqrt(x.clone() * x - 1.0)]),
        ("atanh", 1)  => rows([dy / (1.0 - x.clone() * x)]),
        ("to_radians", 1) => rows([dy * (PI / 180.0)]),
        ("to_degrees", 1) => rows([dy * (180.0 / PI)]),

        // Kinks; the sub-gradients are in the runtime.
        ("abs", 1)      => rows([adjoint("abs", [r(dy), r(x)])]),
        ("fract", 1)    => rows([dy]),
        // Off by one unit in the last place, which is a constant between the powers of two.
        ("next_up" | "next_down", 1) => rows([dy]),
        // What is above a bound.
        ("abs_sub", 2)  => rows([
            adjoint("clamp_max", [dy.clone(), a.clone(), b.clone(), b.clone()]),
            -adjoint("clamp_max", [dy, a, b.clone(), b]),
        ]),
        ("max", 2)      => rows([
            adjoint("max_lhs", [dy.clone(), a.clone(), b.clone()]), adjoint("max_rhs", [dy, a, b]),
        ]),
        ("min", 2)      => rows([
            adjoint("min_lhs", [dy.clone(), a.clone(), b.clone()]), adjoint("min_rhs", [dy, a, b]),
        ]),
        ("clamp", 3)    => rows([
            adjoint("clamp", [r(dy.clone()), r(a.clone()), b.clone(), c.clone()]),
            adjoint("clamp_min", [dy.clone(), a.clone(), b.clone(), c.clone()]),
            adjoint("clamp_max", [dy, a, b, c]),
        ]),
        ("copysign", 2) => first(adjoint("copysign", [dy, a, b])),
        ("midpoint", 2) => rows([dy.clone() * 0.5, dy * 0.5]),
        ("rem_euclid", 2) => rows([dy.clone(), -(dy * round((a - y) / b))]),
        ("mul_add", 3)  => rows([dy.clone() * b, dy.clone() * a, dy]),
        ("maximum", 2)  => rows([
            adjoint("maximum_lhs", [r(dy.clone()), r(a.clone()), r(b.clone())]),
            adjoint("maximum_rhs", [r(dy), r(a), r(b)]),
        ]),
        ("minimum", 2)  => rows([
            adjoint("minimum_lhs", [r(dy.clone()), r(a.clone()), r(b.clone())]),
            adjoint("minimum_rhs", [r(dy), r(a), r(b)]),
        ]),

        // Activations of tensors.
        ("relu", 1)       => rows([adjoint("relu", [r(dy), r(y)])]),
        ("leaky_relu", 2) => first(adjoint("leaky_relu", [r(dy), r(x), b])),
        ("sigmoid", 1)    => rows([adjoint("sigmoid", [r(dy), r(y)])]),
        ("gelu", 1)       => rows([adjoint("gelu", [r(dy), r(x)])]),
        ("silu", 1)       => rows([adjoint("silu", [r(dy), r(x)])]),
        ("softplus", 1)   => rows([adjoint("softplus", [r(dy), r(x)])]),
        ("erf", 1)        => rows([adjoint("erf", [r(dy), r(x)])]),

        // Copies.
        ("clone" | "to_owned", 1) => rows([dy]),
        _ => None,
    }
}
