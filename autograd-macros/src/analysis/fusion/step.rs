//! Operations that can be computed element by element, and their operands.

use super::Finder;
use crate::ir::{BinaryOp, Op, OpKind, Operand, Ty, UnaryOp, Value, VarId};
use crate::rules::{self, Rule, Sym};

/// An operation of a group.
pub(crate) struct Step<'a> {
    pub(crate) op: &'a Op,
    pub(crate) dest: VarId,
    pub(crate) formula: Formula,
    pub(crate) args: Vec<Arg>,
}

/// What an operation computes of each element.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Formula {
    Neg,
    Binary(BinaryOp),
    Method(String),
    /// The element itself.
    Copy,
    /// The sum of the elements.
    Sum,
    /// The mean of the elements.
    Mean,
}

/// An operand.
#[derive(Clone)]
pub(crate) enum Arg {
    /// Read element by element.
    Lane(VarId),
    /// The same scalar for all elements.
    Scalar(Operand),
    /// An integer.
    Integer(Operand),
}

impl Arg {
    /// The variable, if it is one.
    pub(crate) fn var(&self) -> Option<VarId> {
        match self {
            Self::Lane(var) => Some(*var),
            Self::Scalar(operand) | Self::Integer(operand) => operand.var(),
        }
    }
}

impl Step<'_> {
    /// The operands that are read element by element.
    pub(crate) fn lanes(&self) -> impl Iterator<Item = VarId> + '_ {
        self.args.iter().filter_map(|arg| match arg {
            Arg::Lane(var) => Some(*var),
            _ => None,
        })
    }

    /// All operands that are variables.
    pub(super) fn reads(&self) -> impl Iterator<Item = VarId> + '_ {
        self.args.iter().filter_map(Arg::var)
    }
}

impl Formula {
    pub(crate) fn is_reduction(&self) -> bool {
        matches!(self, Self::Sum | Self::Mean)
    }

    /// The name of the operation in messages.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Neg => "neg",
            Self::Binary(BinaryOp::Add) => "add",
            Self::Binary(BinaryOp::Sub) => "sub",
            Self::Binary(BinaryOp::Mul) => "mul",
            Self::Binary(BinaryOp::Div) => "div",
            Self::Binary(_) => unreachable!("such an operator is not fused"),
            Self::Method(name) => name,
            Self::Copy => "clone",
            Self::Sum => "sum",
            Self::Mean => "mean",
        }
    }

    /// The adjoint of each of `arity` operands; of a reduction that of one element, but for the
    /// factor of a mean.
    pub(crate) fn rows(&self, arity: usize) -> Vec<Option<Sym>> {
        match self {
            Self::Neg => rules::unary(UnaryOp::Neg).unwrap_or_default(),
            Self::Binary(op) => rules::operator(*op).unwrap_or_default(),
            Self::Method(name) => match rules::method(name, arity) {
                Some(Rule::Elementwise(rows)) => rows,
                _ => Vec::new(),
            },
            Self::Copy | Self::Sum | Self::Mean => vec![Some(Sym::Cotangent)],
        }
    }
}

impl<'a> Finder<'a, '_> {
    /// An operation as a step of a group, if it can be one.
    pub(super) fn step(&self, op: &'a Op) -> Option<Step<'a>> {
        let OpKind::Define { dest, value } = &op.kind else { return None };
        let (formula, args) = self.formula(value)?;
        let result = &self.function.var(*dest).ty;
        let is_tensor = self.is_tensor(*dest) || (formula.is_reduction() && !result.is_inactive());
        let known = args.iter().any(|arg| matches!(arg, Arg::Lane(var) if self.is_tensor(*var)));
        (is_tensor && known).then_some(Step { op, dest: *dest, formula, args })
    }

    fn formula(&self, value: &Value) -> Option<(Formula, Vec<Arg>)> {
        match value {
            Value::Unary(UnaryOp::Neg, operand) => Some((Formula::Neg, vec![self.arg(operand)?])),
            Value::Binary(BinaryOp::Div, Operand::Literal(lhs), rhs) if lhs.is_one() => {
                Some((Formula::Method("recip".into()), vec![self.arg(rhs)?]))
            }
            Value::Binary(op, lhs, rhs) => {
                let fits =
                    matches!(op, BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div);
                let args = vec![self.arg(lhs)?, self.arg(rhs)?];
                fits.then_some((Formula::Binary(*op), args))
            }
            Value::Method { name, turbofish: None, args } => self.method(&name.to_string(), args),
            _ => None,
        }
    }

    fn method(&self, name: &str, args: &[Operand]) -> Option<(Formula, Vec<Arg>)> {
        let receiver = self.lane(&args[0]).filter(|var| self.is_tensor(*var))?;
        let mut parts = vec![Arg::Lane(receiver)];
        let formula = match (name, args.len()) {
            ("sum", 1) => Formula::Sum,
            ("mean", 1) => Formula::Mean,
            ("clone" | "to_owned", 1) => Formula::Copy,
            (
                "sqrt" | "cbrt" | "square" | "recip" | "exp" | "exp2" | "exp_m1" | "ln" | "ln_1p"
                | "log2" | "log10" | "sin" | "cos" | "tan" | "asin" | "acos" | "atan" | "sinh"
                | "cosh" | "tanh" | "asinh" | "acosh" | "atanh" | "abs" | "relu" | "sigmoid"
                | "gelu" | "silu" | "softplus" | "erf",
                1,
            ) => Formula::Method(name.to_owned()),
            ("maximum" | "minimum", 2) => {
                parts.push(Arg::Lane(self.lane(&args[1])?));
                Formula::Method(name.to_owned())
            }
            ("powi", 2) => {
                parts.push(Arg::Integer(args[1].clone()));
                Formula::Method(name.to_owned())
            }
            ("powf" | "leaky_relu", 2) | ("clamp", 3) => {
                for arg in &args[1..] {
                    parts.push(self.constant(arg)?);
                }
                Formula::Method(name.to_owned())
            }
            _ => return None,
        };
        Some((formula, parts))
    }

    /// A side of an operator.
    fn arg(&self, operand: &Operand) -> Option<Arg> {
        match operand {
            Operand::Literal(_) => Some(Arg::Scalar(operand.clone())),
            Operand::Var(var) if self.function.var(*var).ty.is_float() => {
                Some(Arg::Scalar(operand.clone()))
            }
            Operand::Var(_) => Some(Arg::Lane(self.lane(operand)?)),
        }
    }

    /// A scalar without derivative.
    fn constant(&self, operand: &Operand) -> Option<Arg> {
        let is_scalar = match operand {
            Operand::Literal(_) => true,
            Operand::Var(var) => {
                self.function.var(*var).ty.is_float() && !self.activity.is_varied(*var)
            }
        };
        is_scalar.then(|| Arg::Scalar(operand.clone()))
    }

    /// A tensor, or a value whose type is not known here.
    fn lane(&self, operand: &Operand) -> Option<VarId> {
        let var = self.readers.root(operand.var()?);
        let is_known = self.is_tensor(var) || self.function.var(var).ty == Ty::Unknown;
        let leaves = match self.index.definition(var) {
            Some(Value::Ref { place, .. } | Value::Load(place)) => {
                self.index.is_leaving(self.function.resolve(place).root)
            }
            _ => self.index.is_leaving(var),
        };
        (is_known && !leaves).then_some(var)
    }

    fn is_tensor(&self, var: VarId) -> bool {
        matches!(&self.function.var(var).ty, Ty::Tensor(element) if !element.is_inactive())
    }
}
