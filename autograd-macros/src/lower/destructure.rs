//! Assignments to patterns of places: `(x, y) = (y, x);`

use super::Lowerer;
use crate::ir::{Place, Value};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, ToTokens};
use std::collections::HashMap;
use syn::parse::Parser as _;
use syn::spanned::Spanned;
use syn::{Expr, ExprAssign, Pat, RangeLimits};

impl Lowerer<'_> {
    /// The parts of the value receive names, by which they are then assigned one after another.
    /// `false` if the left side is one place.
    pub(super) fn destructure(&mut self, assign: &ExprAssign) -> bool {
        let mut places = Vec::new();
        let Some(pattern) = pattern(&assign.left, &mut places) else { return false };
        let Ok(pattern) = Pat::parse_multi.parse2(pattern) else { return false };
        self.scopes.push(HashMap::new());
        self.let_pattern(&pattern, &assign.right);
        let names = self.scopes.pop().expect("the scope of the names is open");
        for (name, place) in places {
            let Some(part) = names.get(&name.to_string()) else { continue };
            let (ty, span) = (self.var(*part).ty.clone(), place.span());
            let value = self.define(Value::Load(Place::var(*part)), ty, span);
            self.store(place, value, assign.eq_token.span());
        }
        true
    }
}

/// A pattern with a name for each place of an assignment's left side; `None` for a place.
pub(super) fn pattern<'e>(
    left: &'e Expr,
    places: &mut Vec<(Ident, &'e Expr)>,
) -> Option<TokenStream> {
    let mut all = |elems: &mut dyn Iterator<Item = &'e Expr>| -> Vec<TokenStream> {
        elems.map(|elem| pattern_or_name(elem, places)).collect()
    };
    match left {
        Expr::Paren(inner) => pattern(&inner.expr, places),
        Expr::Tuple(tuple) => {
            let parts = all(&mut tuple.elems.iter());
            Some(quote!((#(#parts,)*)))
        }
        Expr::Array(array) => {
            let parts = all(&mut array.elems.iter());
            Some(quote!([#(#parts),*]))
        }
        Expr::Call(call) => {
            let (path, parts) = (&call.func, all(&mut call.args.iter()));
            Some(quote!(#path(#(#parts),*)))
        }
        Expr::Struct(of) if of.rest.is_none() => {
            let parts = all(&mut of.fields.iter().map(|field| &field.expr));
            let members = of.fields.iter().map(|field| &field.member);
            let rest = of.dot2_token.map(|dots| quote!(#dots));
            let path = &of.path;
            Some(quote!(#path { #(#members: #parts,)* #rest }))
        }
        _ => None,
    }
}

fn pattern_or_name<'e>(part: &'e Expr, places: &mut Vec<(Ident, &'e Expr)>) -> TokenStream {
    match part {
        Expr::Infer(_) => quote!(_),
        Expr::Range(range)
            if range.start.is_none()
                && range.end.is_none()
                && matches!(range.limits, RangeLimits::HalfOpen(_)) =>
        {
            quote!(..)
        }
        part => pattern(part, places).unwrap_or_else(|| {
            let name = format!("assigned_part_{}", places.len());
            let name = Ident::new(&name, Span::mixed_site().located_at(part.span()));
            places.push((name.clone(), part));
            name.to_token_stream()
        }),
    }
}
