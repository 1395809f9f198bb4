//! `inspect_grad!(x, |g| …)`.

use super::Lowerer;
use crate::ir::{Opaque, Operand, Role, Value};
use crate::walk::visit_mut::VisitMut;
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, Macro, Token};

impl Lowerer<'_> {
    pub(super) fn inspect_grad(&mut self, mac: &Macro) -> Option<Operand> {
        let arguments = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(mac.tokens.clone());
        let arguments: Vec<Expr> = arguments.into_iter().flatten().collect();
        let [value, hook] = arguments.as_slice() else {
            self.diag.error_on(
                &mac.path,
                "`inspect_grad!` takes a value and a closure that gets its cotangent",
                "write `inspect_grad!(x, |g| …)`",
            );
            return arguments.first().map(|value| self.expr(value));
        };
        let operand = self.expr(value);
        let Operand::Var(var) = operand else { return Some(operand) };
        if self.is_reference(var) || self.var(var).is_reference() {
            self.diag.error_on(
                value,
                "`inspect_grad!` of a reference: its cotangent is gathered where it points to, with that of every other use",
                "inspect a value: what is computed from it, or its `.clone()`",
            );
            return Some(operand);
        }
        let mut tokens = hook.clone();
        let scanned = self.scan(|scan| scan.visit_expr_mut(&mut tokens), None, "inspect_grad");
        for read in &scanned.reads {
            let read = self.var(*read);
            let what = match read.role {
                Role::Mutable | Role::InOut { .. } => "which may have changed by then",
                Role::Alias { .. } => "which is borrowed",
                _ => continue,
            };
            let name = read.source.clone().unwrap_or_default();
            self.diag.error_on(
                hook,
                format!("this runs in the reverse pass and mentions `{name}`, {what}"),
                "give the value that it needs a name before: `let value = …;`",
            );
            return Some(operand);
        }
        let ty = self.operand_ty(&operand);
        let hook = Opaque { tokens: tokens.to_token_stream(), ..scanned };
        Some(self.define(Value::Inspect { operand, hook }, ty, mac.path.span()))
    }
}
