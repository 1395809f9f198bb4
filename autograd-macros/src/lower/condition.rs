//! Conditions: looked at as they are, unless a call inside one may change an active variable.

use super::Lowerer;
use crate::ir::{Opaque, Operand, Role, Ty, UnaryOp, Value, VarId};
use crate::parse::is_compound;
use crate::rules;
use crate::walk::visit::{self, Visit};
use proc_macro2::Ident;
use quote::{quote, quote_spanned, ToTokens};
use std::collections::HashMap;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprBinary, Macro, Token, UnOp};

/// The name of a condition in the assertion of it.
const CONDITION: &str = "condition_that_must_hold";

impl Lowerer<'_> {
    pub(super) fn condition(&mut self, cond: &Expr) -> Operand {
        let operand = match cond {
            Expr::Paren(inner) => return self.condition(&inner.expr),
            Expr::Path(_) | Expr::Lit(_) | Expr::Field(_) => self.expr(cond),
            other if self.may_change(other) => self.changing(other),
            other => return self.opaque(other, None, Ty::Inactive, "condition"),
        };
        self.pin(&operand);
        operand
    }

    /// A condition in which calls are operations of their own.
    fn changing(&mut self, cond: &Expr) -> Operand {
        let span = cond.span();
        match cond {
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => {
                let inner = self.condition(&unary.expr);
                self.define(Value::Unary(UnaryOp::Not, inner), Ty::Inactive, span)
            }
            Expr::Binary(binary) => match binary.op {
                BinOp::And(_) | BinOp::Or(_) => self.short_circuit(binary),
                _ => self.compare(binary),
            },
            other => self.expr(other),
        }
    }

    /// `a && b` and `a || b`, of which `b` may not be evaluated.
    fn short_circuit(&mut self, binary: &ExprBinary) -> Operand {
        let is_and = matches!(binary.op, BinOp::And(_));
        let decided = if is_and { quote!(false) } else { quote!(true) };
        let decided = Operand::literal(decided, Ty::Inactive);
        let first = self.condition(&binary.left);
        let second = |this: &mut Self| Some(this.condition(&binary.right));
        let decided = |_: &mut Self| Some(decided);
        let span = binary.op.span();
        let value = if is_and {
            self.select(first, span, second, decided)
        } else {
            self.select(first, span, decided, second)
        };
        value.expect("both branches have a value")
    }

    pub(super) fn compare(&mut self, binary: &ExprBinary) -> Operand {
        let sides = [(*binary.left).clone(), (*binary.right).clone()];
        let sides = self.in_order(&sides, |this, side| {
            let operand = this.expr(side);
            this.pin(&operand);
            operand
        });
        let tokens = |operand: &Operand| match operand {
            Operand::Literal(literal) => literal.tokens.stream(),
            Operand::Var(var) => self.var(*var).ident.to_token_stream(),
        };
        let (a, op, b) = (tokens(&sides[0]), &binary.op, tokens(&sides[1]));
        let opaque = Opaque {
            tokens: quote_spanned!(op.span()=> #a #op #b),
            reads: sides.iter().filter_map(Operand::var).collect(),
            writes: Vec::new(),
            assigned: Vec::new(),
            moves: Vec::new(),
            reject: None,
            label: "compare",
        };
        self.define(Value::Opaque(opaque), Ty::Inactive, op.span())
    }

    /// Whether the condition of a `debug_assert!` changes variables or can be left.
    pub(super) fn changes_in_debug(&self, mac: &Macro) -> bool {
        Punctuated::<Expr, Token![,]>::parse_terminated
            .parse2(mac.tokens.clone())
            .is_ok_and(|args| args.first().is_some_and(|cond| self.may_change(cond)))
    }

    /// `assert!` of a condition that changes variables or can be left: the condition is lowered on
    /// its own, and what it gives is asserted. `false` for any other condition.
    pub(super) fn changing_assertion(&mut self, mac: &Macro) -> bool {
        let Ok(args) = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(mac.tokens.clone())
        else {
            return false;
        };
        let mut args = args.into_iter();
        let Some(cond) = args.next().filter(|cond| self.may_change(cond)) else { return false };
        let span = cond.span();
        let operand = self.condition(&cond);
        let holds = self.materialized(operand, span);
        let message: Vec<Expr> = args.collect();
        let message = if message.is_empty() {
            let text = format!("assertion failed: {}", cond.to_token_stream());
            quote!("{}", #text)
        } else {
            quote!(#(#message),*)
        };
        let path = &mac.path;
        let name = Ident::new(CONDITION, span);
        let scope = HashMap::from([(CONDITION.to_owned(), holds)]);
        self.scopes.push(scope);
        let assertion = syn::parse_quote_spanned!(span=> #path!(#name, #message));
        self.effect(&assertion, true, "effect");
        self.scopes.pop();
        true
    }

    /// Whether an expression that is only looked at may change an active variable, or be left.
    pub(super) fn may_change(&self, expr: &Expr) -> bool {
        let mut changes = Changes { lowerer: self, found: false, leaves: false };
        changes.visit_expr(expr);
        changes.leaves || (changes.found && self.taint.reaches(expr))
    }

    /// Whether a call may change a variable that it is given by its name, or as a receiver.
    pub(super) fn is_mutable_reference(&self, name: &syn::Ident) -> bool {
        self.lookup(&name.to_string()).is_some_and(|var| self.may_be_changed_through(var))
    }

    /// Whether a variable is a reference to what may be changed.
    pub(super) fn may_be_changed_through(&self, var: VarId) -> bool {
        matches!(self.var(var).role, Role::InOut { .. } | Role::Alias { mutable: true, .. })
    }

    /// Whether a method may change a receiver that starts in a variable.
    pub(super) fn may_change_receiver(&self, call: &syn::ExprMethodCall) -> bool {
        let name = call.method.to_string();
        if rules::method(&name, call.args.len() + 1).is_some() || rules::only_looks(&name) {
            return false;
        }
        let Some(root) = root_of(&call.receiver) else { return false };
        self.lookup(&root.to_string()).is_some_and(|var| {
            let var = self.var(var);
            var.is_mutable() || matches!(var.role, Role::Alias { mutable: true, .. })
        })
    }
}

/// The variable that a place starts in.
fn root_of(expr: &Expr) -> Option<&syn::Ident> {
    match expr {
        Expr::Path(path) => path.path.get_ident(),
        Expr::Field(field) => root_of(&field.base),
        Expr::Index(index) => root_of(&index.expr),
        Expr::Paren(paren) => root_of(&paren.expr),
        Expr::Unary(unary) => root_of(&unary.expr),
        _ => None,
    }
}

/// Looks for what may change a variable.
struct Changes<'l, 'd> {
    lowerer: &'l Lowerer<'d>,
    found: bool,
    leaves: bool,
}

impl Changes<'_, '_> {
    fn argument(&mut self, arg: &Expr) {
        if let Expr::Path(path) = arg {
            self.found |=
                path.path.get_ident().is_some_and(|name| self.lowerer.is_mutable_reference(name));
        }
    }
}

impl<'ast> Visit<'ast> for Changes<'_, '_> {
    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        super::call::inside_of_macro(mac).iter().for_each(|stmt| {
            let mut inner = Changes { lowerer: self.lowerer, found: false, leaves: false };
            inner.visit_stmt(stmt);
            self.found |= inner.found;
            self.leaves |= inner.leaves;
        });
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => self.leaves = true,
            Expr::Closure(_) => return,
            Expr::Assign(_) => self.found = true,
            Expr::Binary(binary) if is_compound(&binary.op) => self.found = true,
            Expr::Reference(reference) if reference.mutability.is_some() => self.found = true,
            Expr::Call(call) => call.args.iter().for_each(|arg| self.argument(arg)),
            Expr::MethodCall(call) => {
                self.found |= self.lowerer.may_change_receiver(call);
                call.args.iter().for_each(|arg| self.argument(arg));
            }
            _ => {}
        }
        visit::visit_expr(self, expr);
    }
}
