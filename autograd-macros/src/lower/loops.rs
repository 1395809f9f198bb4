//! `while`, `loop`, and the bodies of all loops.

use super::exit::{breaks_with_value, TargetKind};
use super::Lowerer;
use crate::ir::{Exit, OpKind, Operand, Ty};
use syn::spanned::Spanned;
use syn::{Block, ExprLoop, ExprWhile, Label};

impl Lowerer<'_> {
    /// A loop's body, in the region that it is lowered to.
    pub(super) fn loop_body(&mut self, block: &Block, label: Option<&Label>) -> Option<Operand> {
        self.enter(label.map(|label| label.name.ident.to_string()), TargetKind::Loop, None);
        if let Some(value) = self.block(block) {
            self.pin(&value);
        }
        self.targets.pop();
        None
    }

    pub(super) fn while_loop(&mut self, each: &ExprWhile) {
        let span = each.while_token.span();
        if super::control::has_let(&each.cond) || self.may_change(&each.cond) {
            self.tested_loop(each);
            return;
        }
        let cond = self.in_region(|this| Some(this.condition(&each.cond)));
        let body = self.in_region(|this| this.loop_body(&each.body, each.label.as_ref()));
        self.emit(OpKind::Loop { cond: Some(cond), body }, span);
    }

    /// `while let` is a `loop` that ends where the pattern does not match, and so is a `while` whose
    /// condition changes what it is about.
    fn tested_loop(&mut self, each: &ExprWhile) {
        let span = each.while_token.span();
        let body = self.in_region(|this| {
            let label = each.label.as_ref().map(|label| label.name.ident.to_string());
            this.enter(label, TargetKind::Loop, None);
            let region = this.region();
            let branch = syn::ExprIf {
                attrs: Vec::new(),
                if_token: syn::token::If { span: each.while_token.span },
                cond: each.cond.clone(),
                then_branch: each.body.clone(),
                else_branch: None,
            };
            this.branch_or(&branch, |this| {
                this.emit(OpKind::Exit(Exit::Break(region)), span);
                None
            });
            this.targets.pop();
            None
        });
        self.emit(OpKind::Loop { cond: None, body }, span);
    }

    /// `loop { … }`, whose value is that of its `break`s.
    pub(super) fn infinite_loop(&mut self, each: &ExprLoop) -> Option<Operand> {
        let span = each.loop_token.span();
        let has_value = breaks_with_value(&each.body, each.label.as_ref().map(|label| &label.name));
        let result = has_value.then(|| self.slot(Ty::Unknown, None, span));
        let body = self.in_region(|this| {
            let label = each.label.as_ref().map(|label| label.name.ident.to_string());
            this.enter(label, TargetKind::Loop, result);
            if let Some(value) = this.block(&each.body) {
                this.pin(&value);
            }
            this.targets.pop();
            None
        });
        self.emit(OpKind::Loop { cond: None, body }, span);
        self.result_of(result, span)
    }
}
