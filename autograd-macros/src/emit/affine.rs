//! Indices as functions of the iterations that a loop of the reverse pass makes.

use super::names::ident;
use super::strided::Strided;
use super::value::binary;
use super::Emitter;
use crate::ir::{BinaryOp, Operand, Proj, Value, VarId};
use proc_macro2::{Span, TokenStream};
use quote::quote;

/// An integer that grows by one in each iteration, or stays the same.
pub(super) struct Affine {
    pub(super) grows: bool,
    /// What it is in the first iteration.
    pub(super) first: TokenStream,
}

impl Emitter<'_> {
    /// Whether a projection is the same in all iterations.
    pub(super) fn is_fixed(&self, proj: &Proj, strided: &Strided) -> bool {
        let fixed =
            |operand: &Operand| self.affine(operand, strided).is_some_and(|affine| !affine.grows);
        match proj {
            Proj::Field(_) => true,
            Proj::Index(index) => fixed(index),
            Proj::Slice { start, end, .. } => start.iter().chain(end).all(fixed),
            _ => false,
        }
    }

    /// An index as a function of the iterations that were made, if it is of this kind.
    pub(super) fn affine(&self, operand: &Operand, strided: &Strided) -> Option<Affine> {
        let var = match operand {
            Operand::Var(var) => *var,
            Operand::Literal(literal) => {
                return Some(Affine { grows: false, first: literal.tokens.stream() });
            }
        };
        if var == strided.var {
            let first = ident("first");
            return Some(Affine { grows: true, first: quote!(#first) });
        }
        if !strided.inside.contains(&self.function.var(var).region) {
            let is_fixed = !self.function.var(var).is_mutable();
            return is_fixed.then(|| Affine { grows: false, first: self.index_operand(operand) });
        }
        let mut rebound = self.residuals.rebound.get(&strided.region).into_iter().flatten();
        if !self.residuals.recomputed.contains(&var) && !rebound.any(|again| *again == var) {
            return None;
        }
        if let Some((counter, _)) = self.residuals.counters.reads.get(&var) {
            return self.counted(var, *counter, strided);
        }
        match self.index.definition(var)? {
            Value::Use(operand) => self.affine(operand, strided),
            Value::Binary(op, lhs, rhs) => {
                let (lhs, rhs) = (self.affine(lhs, strided)?, self.affine(rhs, strided)?);
                let grows = match (lhs.grows, rhs.grows) {
                    (false, false) => false,
                    (true, false) if matches!(op, BinaryOp::Add | BinaryOp::Sub) => true,
                    (false, true) if *op == BinaryOp::Add => true,
                    _ => return None,
                };
                let value = binary(*op, lhs.first, rhs.first, Span::mixed_site());
                Some(Affine { grows, first: quote!((#value)) })
            }
            _ => None,
        }
    }

    /// As `affine`, of what was read from a counter.
    fn counted(&self, var: VarId, counter: VarId, strided: &Strided) -> Option<Affine> {
        if strided.inside.contains(&self.function.var(counter).region) {
            return None;
        }
        let steps = self.residuals.counters.steps.get(&strided.region);
        let mut steps = steps.into_iter().flatten().filter(|step| step.counter == counter);
        let read = self.computed_again(var);
        match (steps.next(), steps.next()) {
            (None, _) => Some(Affine { grows: false, first: read }),
            (Some(step), None) if !step.negate && !strided.reversed && is_one(&step.by) => {
                // Here the counter has made the steps of all iterations.
                let (krate, count) = (&self.krate, ident("count"));
                Some(Affine {
                    grows: true,
                    first: quote!(#krate::private::Counter::down(#read, #count)),
                })
            }
            _ => None,
        }
    }
}

fn is_one(operand: &Operand) -> bool {
    let Operand::Literal(literal) = operand else { return false };
    let number = syn::parse2::<syn::LitInt>(literal.tokens.stream());
    number.is_ok_and(|number| number.base10_digits() == "1")
}
