//! Functions of the standard library that change values in place, written out in terms of simpler
//! ones.

use super::Lowerer;
use crate::ir::{OpKind, Place, Role, Ty};
use proc_macro2::Span;
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{parse_quote, parse_quote_spanned, Expr, ExprCall, ExprMethodCall};

impl Lowerer<'_> {
    /// `list.pop()` and the like of an active list, by indices, `push` and `truncate`.
    pub(super) fn rewritten_method(&mut self, call: &ExprMethodCall) -> Option<Expr> {
        let args: Vec<&Expr> = call.args.iter().collect();
        let name = call.method.to_string();
        let known = matches!(
            (name.as_str(), args.len()),
            ("pop" | "clear", 0)
                | ("remove" | "swap_remove" | "extend" | "extend_from_slice", 1)
                | ("insert" | "resize", 2)
        );
        if !known || !self.taint.reaches(call) || !self.is_list(&call.receiver) {
            return None;
        }
        let (list, span) = (&call.receiver, call.method.span());
        Some(match (name.as_str(), args.as_slice()) {
            ("pop", []) => parse_quote_spanned! {span=> {
                if #list.is_empty() {
                    ::core::option::Option::None
                } else {
                    let autograd_last = #list.len() - 1;
                    let autograd_item = #list[autograd_last].clone();
                    #list.truncate(autograd_last);
                    ::core::option::Option::Some(autograd_item)
                }
            }},
            ("clear", []) => parse_quote_spanned!(span=> #list.truncate(0)),
            ("remove", [index]) => parse_quote_spanned! {span=> {
                let autograd_index = #index;
                let autograd_item = #list[autograd_index].clone();
                let autograd_last = #list.len() - 1;
                for autograd_i in autograd_index..autograd_last {
                    #list.swap(autograd_i, autograd_i + 1);
                }
                #list.truncate(autograd_last);
                autograd_item
            }},
            ("swap_remove", [index]) => parse_quote_spanned! {span=> {
                let autograd_index = #index;
                let autograd_item = #list[autograd_index].clone();
                let autograd_last = #list.len() - 1;
                #list.swap(autograd_index, autograd_last);
                #list.truncate(autograd_last);
                autograd_item
            }},
            ("insert", [index, value]) => parse_quote_spanned! {span=> {
                let autograd_index = #index;
                let autograd_item = #value;
                let autograd_end = #list.len();
                #list.push(autograd_item);
                for autograd_i in (autograd_index..autograd_end).rev() {
                    #list.swap(autograd_i, autograd_i + 1);
                }
            }},
            ("resize", [len, value]) => parse_quote_spanned! {span=> {
                let autograd_len = #len;
                let autograd_item = #value;
                #list.truncate(autograd_len);
                for _ in #list.len()..autograd_len {
                    #list.push(autograd_item.clone());
                }
            }},
            (_, [values]) => parse_quote_spanned! {span=>
                for autograd_item in #values {
                    #list.push(autograd_item.clone());
                }
            },
            _ => return None,
        })
    }

    fn is_list(&mut self, receiver: &Expr) -> bool {
        let Some(place) = self.place(receiver) else { return false };
        matches!(self.place_ty(&place), Ty::Vec(_) | Ty::Unknown)
    }

    /// `mem::swap(&mut a, &mut b)`, `mem::replace` and `mem::take` of active values, by assignments.
    pub(super) fn rewritten_call(&mut self, call: &ExprCall) -> Option<Expr> {
        let Expr::Path(function) = &*call.func else { return None };
        let segments = &function.path.segments;
        let is_mem = segments.iter().rev().nth(1).is_some_and(|segment| segment.ident == "mem");
        if !is_mem || !self.taint.reaches(call) {
            return None;
        }
        let span = function.span();
        let places: Vec<Expr> = call.args.iter().map(behind).collect();
        Some(match (segments.last()?.ident.to_string().as_str(), places.as_slice()) {
            ("swap", [a, b]) if self.exchange(a, b, span) => parse_quote!({}),
            ("swap", [a, b]) => parse_quote_spanned! {span=> {
                let autograd_a = #a.clone();
                let autograd_b = #b.clone();
                #a = autograd_b;
                #b = autograd_a;
            }},
            ("replace", [place, _]) => {
                let value = &call.args[1];
                parse_quote_spanned! {span=> {
                    let autograd_new = #value;
                    let autograd_old = #place.clone();
                    #place = autograd_new;
                    autograd_old
                }}
            }
            ("take", [place]) => parse_quote_spanned! {span=> {
                let autograd_old = #place.clone();
                #place = ::core::default::Default::default();
                autograd_old
            }},
            _ => return None,
        })
    }
}

impl Lowerer<'_> {
    /// `swap` of two local lists, if that is what these are.
    fn exchange(&mut self, a: &Expr, b: &Expr, span: Span) -> bool {
        let (Expr::Path(_), Expr::Path(_), true) = (a, b, self.recording) else { return false };
        let (Some(first), Some(second)) = (self.place(a), self.place(b)) else { return false };
        let is_local_list = |place: &Place| {
            let var = self.var(place.root);
            place.path.is_empty()
                && matches!(var.role, Role::Mutable)
                && matches!(var.ty, Ty::Vec(_))
        };
        let fits = is_local_list(&first) && is_local_list(&second);
        let (a, b) = (first.root, second.root);
        if !fits || a == b {
            return false;
        }
        self.emit(OpKind::Exchange { a, b }, span);
        true
    }
}

/// The place behind a mutable reference.
fn behind(reference: &Expr) -> Expr {
    match reference {
        Expr::Reference(reference) => (*reference.expr).clone(),
        other => {
            let tokens = quote_spanned!(other.span()=> (*#other));
            syn::parse2(tokens).unwrap_or_else(|_| other.clone())
        }
    }
}
