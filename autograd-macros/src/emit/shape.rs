//! The check of what `#[shape(…)]` declares, where a function begins.

use super::names::{self, ident};
use super::signature::Signatures;
use crate::parse::{Entry, Param, Target};
use proc_macro2::{Ident, TokenStream};
use quote::{quote, ToTokens};
use syn::ext::IdentExt;
use syn::{ItemFn, Stmt};

/// The user's function with the check before its first statement.
pub(crate) fn checked(mut plain: ItemFn, target: &Target) -> ItemFn {
    if !target.checks_shapes() {
        return plain;
    }
    let check = Signatures { target, krate: names::CratePath::new(&target.args) }.shape_check();
    if !plain.attrs.iter().any(|attr| attr.path().is_ident("track_caller")) {
        plain.attrs.push(syn::parse_quote!(#[track_caller]));
    }
    // Lints ask for items before statements.
    let stmts = &mut plain.block.stmts;
    let first = stmts.iter().position(|stmt| !matches!(stmt, Stmt::Item(_)));
    stmts.insert(first.unwrap_or(stmts.len()), syn::parse_quote!(#check));
    plain
}

impl Signatures<'_> {
    /// Lets a panic of the check point at the caller.
    pub(super) fn track_caller(&self) -> Option<TokenStream> {
        self.target.checks_shapes().then(|| quote!(#[track_caller]))
    }

    /// The check, if there is anything to look at.
    pub(super) fn shape_check(&self) -> TokenStream {
        if !self.target.checks_shapes() {
            return TokenStream::new();
        }
        let shapes = self.target.params.iter().filter_map(|param| self.shape_of(param));
        // The first parameter with a dimension of each name, and its length.
        let mut sources: Vec<(&Ident, &Param, TokenStream)> = Vec::new();
        let mut checks = Vec::new();
        for param in &self.target.params {
            let entries = param.shape.iter().flat_map(|declared| &declared.dims);
            for (axis, entry) in entries.enumerate() {
                let none = String::new();
                match entry {
                    Entry::Any => {}
                    Entry::Length(length) => {
                        let text = length.to_string();
                        checks.push(self.expect(param, axis, &text, &none, &quote!(#length)));
                    }
                    Entry::Name(name) => {
                        let text = name.unraw().to_string();
                        if self.target.is_length(name) {
                            checks.push(self.expect(param, axis, &text, &none, name));
                            continue;
                        }
                        let known = sources.iter().find(|(known, ..)| *known == name);
                        if let Some((_, first, length)) = known {
                            let from = first.ident.unraw().to_string();
                            checks.push(self.expect(param, axis, &text, &from, length));
                        } else {
                            let shape = shape_name(param);
                            sources.push((name, param, quote!(#shape[#axis])));
                        }
                    }
                }
            }
        }
        quote!({ #(#shapes)* #(#checks)* })
    }

    /// Binds the dimensions of an argument.
    fn shape_of(&self, param: &Param) -> Option<TokenStream> {
        let krate = &self.krate;
        let declared = param.shape.as_ref()?;
        let (name, shape) = (&param.ident, shape_name(param));
        let borrow = (!param.by_ref).then(|| quote!(&));
        let read = if declared.of_list { quote!(list) } else { quote!(tensor) };
        Some(quote!(let #shape = #krate::private::shape::#read(#borrow #name);))
    }

    /// Makes sure that a dimension, which was declared as `text`, has its length.
    fn expect(
        &self,
        param: &Param,
        axis: usize,
        text: &str,
        from: &str,
        length: &impl ToTokens,
    ) -> TokenStream {
        let krate = &self.krate;
        let shape = shape_name(param);
        let (function, parameter) = (self.target.shown_name(), param.ident.unraw().to_string());
        quote! {
            #krate::private::shape::expect(
                &#krate::private::shape::Declared {
                    function: #function,
                    parameter: #parameter,
                    axis: #axis,
                    dimension: #text,
                    from: #from,
                },
                &#shape,
                #length,
            );
        }
    }
}

fn shape_name(param: &Param) -> Ident {
    ident(&format!("{}_shape", param.ident.unraw()))
}
