//! Methods that take the value out of an `Option`.

use super::Lowerer;
use crate::ir::Operand;
use proc_macro2::Ident;
use syn::{Expr, ExprMatch, ExprMethodCall};

impl Lowerer<'_> {
    /// `option.unwrap()` and the like, as a match; `None` if the receiver is not known to be an
    /// `Option` that could hold an active value.
    #[allow(clippy::option_option, reason = "whether it is one, and its value")]
    pub(super) fn unwrapped(&mut self, call: &ExprMethodCall) -> Option<Option<Operand>> {
        let args: Vec<&Expr> = call.args.iter().collect();
        let none: Expr = match (call.method.to_string().as_str(), args.as_slice()) {
            ("unwrap", []) => {
                syn::parse_quote!(panic!("called `Option::unwrap()` on a `None` value"))
            }
            ("expect", [message]) => syn::parse_quote!(panic!("{}", #message)),
            ("unwrap_or", [default]) => return self.unwrapped_or(call, default),
            _ => return None,
        };
        if !self.is_active_option(call) {
            return None;
        }
        Some(self.match_expr(&some_or(call, &call.receiver, &none)))
    }

    /// Whether the receiver is known to be an `Option` that could hold an active value.
    fn is_active_option(&self, call: &ExprMethodCall) -> bool {
        let optional = match &*call.receiver {
            Expr::Path(_) | Expr::Field(_) | Expr::Call(_) => true,
            Expr::MethodCall(inner) => {
                super::chain::is_end(inner)
                    || crate::rules::method(&inner.method.to_string(), inner.args.len() + 1)
                        .is_none()
            }
            _ => false,
        };
        optional && self.taint.reaches(&call.receiver)
    }

    /// `option.unwrap_or(default)`, of which `default` is always evaluated.
    #[allow(clippy::option_option, reason = "whether it is one, and its value")]
    fn unwrapped_or(&mut self, call: &ExprMethodCall, default: &Expr) -> Option<Option<Operand>> {
        if !self.is_active_option(call) {
            return None;
        }
        if is_constant(default) {
            return Some(self.match_expr(&some_or(call, &call.receiver, default)));
        }
        let (receiver, span) = (&call.receiver, call.method.span());
        let [option, other] = ["option", "other"].map(|name| Ident::new(name, span));
        let matched = some_or(call, &syn::parse_quote!(#option), &syn::parse_quote!(#other));
        let block: syn::ExprBlock = syn::parse_quote_spanned! {span=> {
            let (#option, #other) = (#receiver, #default);
            #matched
        }};
        Some(self.block(&block.block))
    }
}

/// `match receiver { Some(some) => some, None => none }`.
fn some_or(call: &ExprMethodCall, receiver: &Expr, none: &Expr) -> ExprMatch {
    syn::parse_quote_spanned! {call.method.span()=>
        match #receiver {
            ::core::option::Option::Some(some) => some,
            ::core::option::Option::None => #none,
        }
    }
}

/// Whether it makes no difference when, and whether, an expression is evaluated.
fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Path(_) | Expr::Lit(_) => true,
        Expr::Paren(inner) => is_constant(&inner.expr),
        Expr::Unary(inner) => is_constant(&inner.expr),
        Expr::Field(inner) => is_constant(&inner.base),
        _ => false,
    }
}
