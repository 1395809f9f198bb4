//! Rows of the rule table as operations: each active operand's tangent in the place of the cotangent.

use super::Writer;
use crate::analysis::sign::has_pole;
use crate::ir::ty::Float;
use crate::ir::{BinaryOp, Op, OpKind, Operand, Ty, UnaryOp, Value, VarId};
use crate::rules::Sym;
use proc_macro2::{Ident, Span};

/// What a row is written out for.
struct Row<'r> {
    args: &'r [Operand],
    dest: VarId,
    /// The tangent of the row's operand.
    dot: Operand,
    /// Whether numbers may be written as they are.
    literal: bool,
    span: Span,
}

impl Writer<'_> {
    pub(super) fn elementwise(
        &mut self,
        op: &Op,
        dest: VarId,
        rows: &[Option<Sym>],
        args: &[Operand],
    ) {
        let span = op.span;
        let guarded = matches!(&op.kind, OpKind::Define { value: Value::Method { .. }, .. });
        // What the rows of active operands read must not be moved by the operation.
        for (index, arg) in args.iter().enumerate() {
            let mut active = args.iter().zip(rows).filter(|(arg, _)| self.dot(arg).is_some());
            let is_read = active.any(|(_, row)| {
                row.as_ref().is_some_and(|row| mentions(row, &Sym::Operand(index)))
            });
            if is_read {
                self.keep(arg);
            }
        }
        let result = Operand::Var(dest);
        let dest_ty = self.ty(&result);
        let scalar = dest_ty.is_float();
        let literal = match &dest_ty {
            Ty::Float(Float::F32 | Float::F64) => true,
            Ty::Float(Float::Literal) => !self.generic,
            _ => false,
        };
        if rows.iter().flatten().any(|row| mentions(row, &Sym::Result)) {
            self.keep(&result);
        }
        self.push(op.clone());
        let active: Vec<(Operand, Operand, &Sym)> = args
            .iter()
            .zip(rows)
            .filter_map(|(arg, row)| {
                let row = row.as_ref()?;
                let dot = self.solid(arg, span)?;
                Some((arg.clone(), dot, row))
            })
            .collect();
        let known = |ty: &Ty| ty.is_float() || matches!(ty, Ty::Tensor(_));
        let plain = known(&dest_ty) && active.iter().all(|(arg, ..)| known(&self.ty(arg)));
        let mut sum: Option<Operand> = None;
        let several = active.len() > 1;
        for (arg, dot, row) in active {
            let broadcasts = args.len() > 1 && !(scalar && self.ty(&arg).is_float());
            // A generic scalar has no operators with tensors on the right.
            let scalar_first = self.generic && !scalar && !matches!(self.ty(&arg), Ty::Tensor(_));
            let before = broadcasts && (scalar_first || has_adjoint(row));
            let dot = if before {
                let dot = self.owned(&dot, span);
                let dot = self.spread(dot, dest, span);
                self.pin(&dot);
                dot
            } else {
                dot
            };
            let vanishes = scalar && self.ty(&arg).is_float() && guarded;
            let vanishes = vanishes && has_pole(row, args, dest, self.index);
            let cause = vanishes.then(|| self.owned(&dot, span));
            let mut value = self.row(row, &Row { args, dest, dot, literal, span });
            if let Some(cause) = cause {
                // A tangent of zero contributes nothing, also where the derivative is infinite.
                value = self.call(&["selected"], vec![cause, value], dest_ty.clone(), span);
            }
            if broadcasts && !before && !(plain && several) {
                let owned = self.owned(&value, span);
                value = self.spread(owned, dest, span);
            }
            sum = Some(match sum {
                None => value,
                // Both are of the type of the result's tangent.
                Some(sum) if !known(&dest_ty) => {
                    self.call(&["tangent", "sum"], vec![sum, value], dest_ty.clone(), span)
                }
                Some(sum) => {
                    let sum = Value::Binary(BinaryOp::Add, sum, value);
                    self.define(sum, dest_ty.clone(), span, true)
                }
            });
        }
        if let Some(sum) = sum {
            let sum = self.owned_result(&sum, span);
            self.define_dot(dest, Value::Use(sum), span);
        }
    }

    /// A tangent that is a reference still, as a value.
    fn owned_result(&mut self, value: &Operand, span: Span) -> Operand {
        let Operand::Var(var) = value else { return value.clone() };
        if self.vars[var.0 as usize].is_reference() || self.borrowed(*var).is_some() {
            return self.owned(value, span);
        }
        value.clone()
    }

    /// A contribution in the shape of the result.
    fn spread(&mut self, contribution: Operand, dest: VarId, span: Span) -> Operand {
        let result = self.borrow(&Operand::Var(dest), span);
        let ty = self.vars[dest.0 as usize].ty.clone();
        self.call(&["tangent", "spread"], vec![contribution, result], ty, span)
    }

    fn row(&mut self, sym: &Sym, row: &Row<'_>) -> Operand {
        let span = row.span;
        match sym {
            Sym::Operand(index) => self.scalar_value(&row.args[*index].clone(), span),
            Sym::Result => Operand::Var(row.dest),
            Sym::Cotangent => self.scalar_value(&row.dot.clone(), span),
            Sym::Number(value) => self.number(*value, row),
            Sym::Neg(a) => {
                let a = self.row(a, row);
                let ty = self.ty(&a);
                self.define(Value::Unary(UnaryOp::Neg, a), ty, span, true)
            }
            Sym::Binary(op, a, b) => {
                let (a, b) = (self.row(a, row), self.row(b, row));
                let ty = self.common(&a, &b);
                self.define(Value::Binary(*op, a, b), ty, span, true)
            }
            Sym::Method(name, parts) => {
                let args: Vec<Operand> = parts.iter().map(|part| self.row(part, row)).collect();
                let ty = self.ty(&args[0]);
                let name = Ident::new(name, span);
                self.define(Value::Method { name, turbofish: None, args }, ty, span, true)
            }
            Sym::Adjoint(name, parts) => {
                let args = parts.iter().map(|part| self.adjoint_argument(part, row)).collect();
                let ty = self.vars[row.dest.0 as usize].ty.clone();
                self.call(&["adjoint", name], args, ty, span)
            }
            Sym::Ref(a) => {
                let a = self.row(a, row);
                self.borrow(&a, span)
            }
            Sym::Saved(a) => self.row(a, row),
        }
    }

    fn adjoint_argument(&mut self, part: &Sym, row: &Row<'_>) -> Operand {
        let value = self.row(part, row);
        match part {
            Sym::Ref(_) => value,
            _ => self.owned(&value, row.span),
        }
    }

    /// A scalar behind a reference is read: a generic one has no operators on references.
    fn scalar_value(&mut self, operand: &Operand, span: Span) -> Operand {
        let Operand::Var(var) = operand else { return operand.clone() };
        let info = &self.vars[var.0 as usize];
        if info.ty.is_float() && (info.is_reference() || self.borrowed(*var).is_some()) {
            return self.owned(operand, span);
        }
        if matches!(info.ty, Ty::Tensor(_)) && self.borrowed(*var).is_some() {
            return self.borrow(operand, span);
        }
        operand.clone()
    }

    fn number(&mut self, value: f64, row: &Row<'_>) -> Operand {
        let number = proc_macro2::Literal::f64_unsuffixed(value);
        let span = row.span;
        if row.literal {
            let ty = Ty::Float(Float::Literal);
            return Operand::literal(number, ty);
        }
        let number = Operand::literal(number, Ty::Float(Float::Literal));
        let like = self.borrow(&row.dot.clone(), span);
        let ty = match self.ty(&row.dot) {
            Ty::Tensor(scalar) => *scalar,
            other => other,
        };
        self.call(&["adjoint", "literal"], vec![like, number], ty, span)
    }

    /// The type of an operator's result.
    fn common(&self, a: &Operand, b: &Operand) -> Ty {
        match (self.ty(a), self.ty(b)) {
            (tensor @ Ty::Tensor(_), other) | (other, tensor @ Ty::Tensor(_))
                if other.is_float() || matches!(other, Ty::Tensor(_)) =>
            {
                tensor
            }
            (Ty::Float(Float::Literal), other @ Ty::Float(_))
            | (other @ Ty::Float(_), Ty::Float(_)) => other,
            _ => Ty::Unknown,
        }
    }
}

fn mentions(row: &Sym, part: &Sym) -> bool {
    let mut found = false;
    row.visit(&mut |sym| found |= sym == part);
    found
}

fn has_adjoint(row: &Sym) -> bool {
    let mut found = false;
    row.visit(&mut |sym| found |= matches!(sym, Sym::Adjoint(..)));
    found
}
