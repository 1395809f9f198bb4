//! Rows of the rule table, written out for an operation.

use super::adjoint::Expr;
use crate::ir::{Operand, VarId};
use crate::rules::Sym;

pub(super) fn primal(operand: &Operand) -> Expr {
    match operand {
        Operand::Var(var) => Expr::Primal(*var),
        Operand::Literal(literal) => Expr::Literal(literal.tokens.clone()),
    }
}

/// How often a row mentions the cotangent. A number whose type follows the cotangent mentions it.
pub(super) fn mentions_of_cotangent(row: &Sym, literal: bool) -> usize {
    let mut count = 0;
    row.visit(&mut |sym| match sym {
        Sym::Cotangent => count += 1,
        Sym::Number(_) if !literal => count += 1,
        _ => {}
    });
    count
}

/// Writes out a row of the rule table for an operation.
pub(super) struct Instance<'i> {
    pub(super) args: &'i [Operand],
    pub(super) dest: VarId,
    pub(super) literal: bool,
    pub(super) scalar: bool,
    /// Whether the cotangent is used up.
    pub(super) moves: bool,
}

impl Instance<'_> {
    pub(super) fn expr(&self, sym: &Sym) -> Expr {
        match sym {
            Sym::Operand(index) => primal(&self.args[*index]),
            Sym::Result => Expr::Primal(self.dest),
            Sym::Cotangent => Expr::Bar { var: self.dest, last: self.moves },
            Sym::Number(value) => {
                Expr::Number { value: *value, like: self.dest, literal: self.literal }
            }
            Sym::Neg(a) => Expr::Neg(Box::new(self.expr(a))),
            Sym::Binary(op, a, b) => {
                let a = self.expr(a);
                Expr::Binary(*op, Box::new(a), Box::new(self.expr(b)))
            }
            Sym::Method(name, parts) => {
                Expr::Method(name, parts.iter().map(|part| self.expr(part)).collect())
            }
            Sym::Adjoint(name, parts) => {
                Expr::Adjoint(name, parts.iter().map(|part| self.expr(part)).collect())
            }
            Sym::Ref(a) => Expr::Ref(Box::new(self.expr(a))),
            Sym::Saved(a) if self.scalar => {
                Expr::Saved { dest: self.dest, value: Box::new(self.expr(a)) }
            }
            Sym::Saved(a) => self.expr(a),
        }
    }
}
