//! The first, the last and the numbered element of a list as an `Option`: taken apart where it is made, it is a slice
//! pattern.

use super::Lowerer;
use crate::ir::{Place, Ty};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{parse_quote_spanned, Expr, ExprMethodCall, Pat};

/// `list.first()` and the like.
pub(super) struct Element {
    /// A part of the list of which it is the first or the last element, as a place.
    list: Expr,
    /// The element as a place, and whether it is there.
    place: Expr,
    exists: Expr,
    /// Whether it is the last one.
    last: bool,
    /// Whether the rest of the list comes with it.
    with_rest: bool,
    /// Whether it is copied.
    copied: bool,
}

impl Lowerer<'_> {
    /// An expression as an element of a list, if it is one.
    pub(super) fn element_of_list(&mut self, expr: &Expr) -> Option<Element> {
        let call = match expr {
            Expr::Paren(inner) => return self.element_of_list(&inner.expr),
            Expr::MethodCall(call) => call,
            _ => return None,
        };
        let name = call.method.to_string();
        let span = call.method.span();
        let list = &call.receiver;
        let args: Vec<&Expr> = call.args.iter().collect();
        if let ("copied" | "cloned", []) = (name.as_str(), args.as_slice()) {
            let element = self.element_of_list(list)?;
            let is_reference = !element.copied && !element.with_rest;
            return is_reference.then_some(Element { copied: true, ..element });
        }
        let whole = || parse_quote_spanned!(span=> #list[..]);
        let exists = || parse_quote_spanned!(span=> !#list.is_empty());
        let first = || parse_quote_spanned!(span=> #list[0]);
        let last = || parse_quote_spanned!(span=> #list[#list.len() - 1]);
        let (list_part, place, exists, last, with_rest) = match (name.as_str(), args.as_slice()) {
            ("first", []) => (whole(), first(), exists(), false, false),
            ("last", []) => (whole(), last(), exists(), true, false),
            ("split_first", []) => (whole(), first(), exists(), false, true),
            ("split_last", []) => (whole(), last(), exists(), true, true),
            ("get", [index]) if is_plain(index) => (
                parse_quote_spanned!(span=> #list[::core::cmp::Ord::min(#index, #list.len())..]),
                parse_quote_spanned!(span=> #list[#index]),
                parse_quote_spanned!(span=> #index < #list.len()),
                false,
                false,
            ),
            _ => return None,
        };
        let element = Element { list: list_part, place, exists, last, with_rest, copied: false };
        (self.taint.reaches(list) && self.is_known_list(call)).then_some(element)
    }

    /// The place of `list.first().unwrap()`, after a look at whether it is there.
    pub(super) fn unwrapped_element(&mut self, expr: &Expr) -> Option<Place> {
        let call = match expr {
            Expr::Paren(inner) => return self.unwrapped_element(&inner.expr),
            Expr::MethodCall(call) => call,
            _ => return None,
        };
        let args: Vec<&Expr> = call.args.iter().collect();
        let message: TokenStream = match (call.method.to_string().as_str(), args.as_slice()) {
            ("unwrap", []) => quote!("called `Option::unwrap()` on a `None` value"),
            ("expect", [message]) => quote!("{}", #message),
            _ => return None,
        };
        let element = self.element_of_list(&call.receiver)?;
        if element.copied || element.with_rest {
            return None;
        }
        let exists = &element.exists;
        let check = parse_quote_spanned!(call.method.span()=> ::core::assert!(#exists, #message));
        self.maybe_unit(&check);
        self.place(&element.place)
    }

    fn is_known_list(&mut self, call: &ExprMethodCall) -> bool {
        let is_place = matches!(
            &*call.receiver,
            Expr::Path(_) | Expr::Field(_) | Expr::Index(_) | Expr::Paren(_)
        );
        let Some(place) = is_place.then(|| self.place(&call.receiver)).flatten() else {
            return false;
        };
        let ty = self.place_ty(&place);
        ty.is_list() || ty == Ty::Unknown
    }
}

impl Element {
    /// What is matched in place of the `Option`.
    pub(super) fn list(&self, by_value: bool) -> Expr {
        let list = &self.list;
        if by_value || self.copied {
            list.clone()
        } else {
            syn::parse_quote!(&#list)
        }
    }

    /// The pattern of a list for one of the `Option`, and whether it takes the element by value.
    pub(super) fn pattern(&self, pat: &Pat) -> Option<(Pat, bool)> {
        match pat {
            Pat::Paren(inner) => self.pattern(&inner.pat),
            Pat::Wild(_) => Some((pat.clone(), false)),
            Pat::Ident(ident) if ident.ident == "None" => Some((syn::parse_quote!([]), false)),
            Pat::Path(path) if path.path.segments.last()?.ident == "None" => {
                Some((syn::parse_quote!([]), false))
            }
            Pat::TupleStruct(some) if some.path.segments.last()?.ident == "Some" => {
                let inner = some.elems.first().filter(|_| some.elems.len() == 1)?;
                self.of_some(inner)
            }
            _ => None,
        }
    }

    fn of_some(&self, inner: &Pat) -> Option<(Pat, bool)> {
        match inner {
            Pat::Paren(inner) => self.of_some(&inner.pat),
            Pat::Tuple(tuple) if self.with_rest => {
                let parts: Vec<&Pat> = tuple.elems.iter().collect();
                let [element, rest] = parts.as_slice() else { return None };
                let rest: Pat = match rest {
                    Pat::Wild(_) => syn::parse_quote!(..),
                    Pat::Ident(name) if name.subpat.is_none() => syn::parse_quote!(#name @ ..),
                    _ => return None,
                };
                Some((self.listed(element, &rest), false))
            }
            _ if self.with_rest => None,
            Pat::Reference(reference) => {
                Some((self.listed(&reference.pat, &syn::parse_quote!(..)), true))
            }
            element => Some((self.listed(element, &syn::parse_quote!(..)), false)),
        }
    }

    fn listed(&self, element: &Pat, rest: &Pat) -> Pat {
        if self.last {
            syn::parse_quote!([#rest, #element])
        } else {
            syn::parse_quote!([#element, #rest])
        }
    }
}

/// Whether an expression is a number that may be computed more than once.
fn is_plain(index: &Expr) -> bool {
    match index {
        Expr::Path(_) | Expr::Lit(_) => true,
        Expr::Field(field) => is_plain(&field.base),
        Expr::Paren(inner) => is_plain(&inner.expr),
        Expr::Binary(binary) => is_plain(&binary.left) && is_plain(&binary.right),
        Expr::Cast(cast) => is_plain(&cast.expr),
        Expr::MethodCall(call) => call.method == "len" && is_plain(&call.receiver),
        _ => false,
    }
}
