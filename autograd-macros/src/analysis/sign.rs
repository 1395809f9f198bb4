//! What follows of the sign of a value from the operations that make it: where a denominator cannot be zero, no
//! derivative is infinite.

use super::index::Index;
use crate::ir::{BinaryOp, Operand, Value, VarId};
use crate::rules::{of_number, Operands, Sign, Sym};

/// How many operations are looked at, one behind the other.
const DEPTH: usize = 6;

/// Whether a row of the rule of an operation has a pole.
pub(crate) fn has_pole(row: &Sym, args: &[Operand], dest: VarId, index: &Index<'_>) -> bool {
    row.has_pole(&Operands {
        count: args.len(),
        varies: &|at| args.get(at).is_some_and(|arg| arg.var().is_some()),
        sign: &|at| match at {
            Some(at) => args.get(at).map_or(Sign::Any, |arg| sign(arg, index, DEPTH)),
            None => sign(&Operand::Var(dest), index, DEPTH),
        },
        exponent: args.get(1).and_then(literal),
    })
}

fn sign(operand: &Operand, index: &Index<'_>, depth: usize) -> Sign {
    let var = match operand {
        Operand::Literal(_) => return literal(operand).map_or(Sign::Any, of_number),
        Operand::Var(var) => *var,
    };
    let Some((value, depth)) = index.definition(var).zip(depth.checked_sub(1)) else {
        return Sign::Any;
    };
    let of = |operand: &Operand| sign(operand, index, depth);
    match value {
        Value::Use(inner) | Value::Detach(inner) => of(inner),
        Value::Binary(BinaryOp::Add, a, b) => of(a).plus(of(b)),
        Value::Binary(BinaryOp::Mul, a, b) if is_same(a, b) => Sign::NonNegative,
        // A product of small numbers may be zero.
        Value::Binary(BinaryOp::Mul | BinaryOp::Div, a, b) => {
            of(a).min(of(b)).min(Sign::NonNegative)
        }
        Value::Method { name, args, .. } => of_method(&name.to_string(), args, of),
        _ => Sign::Any,
    }
}

fn of_method(name: &str, args: &[Operand], of: impl Fn(&Operand) -> Sign) -> Sign {
    match (name, args) {
        ("cosh", [_]) => Sign::Positive,
        ("exp" | "exp2" | "abs" | "square" | "sigmoid" | "softplus", [_]) | ("hypot", [_, _]) => {
            Sign::NonNegative
        }
        ("sqrt", [x]) => of(x).max(Sign::NonNegative),
        ("clone", [x]) => of(x),
        ("max", [a, b]) => of(a).max(of(b)),
        ("min", [a, b]) => of(a).min(of(b)),
        ("powi", [_, exponent]) if literal(exponent).is_some_and(|n| n % 2.0 == 0.0) => {
            Sign::NonNegative
        }
        _ => Sign::Any,
    }
}

fn is_same(a: &Operand, b: &Operand) -> bool {
    a.var().zip(b.var()).is_some_and(|(a, b)| a == b)
}

/// The value of a number that is written out.
fn literal(operand: &Operand) -> Option<f64> {
    match operand {
        Operand::Literal(literal) => literal.number(),
        Operand::Var(_) => None,
    }
}
