//! The augmented primal: the forward pass, and the pullback that it returns.

use super::forward::Use;
use super::names::ident;
use super::signature::erased;
use super::Emitter;
use crate::ir::VarId;
use crate::parse::Param;
use crate::transform::adjoint::Reverse;
use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::{FnArg, Type};

impl Emitter<'_> {
    /// The signature of the augmented primal.
    pub(super) fn augmented_signature(&self) -> TokenStream {
        let name = self.signatures.augmented_ident();
        let prefix = self.signatures.prefix();
        let vis = self.signatures.visibility();
        let generics = &self.target.function.sig.generics;
        let inputs = self.augmented_inputs();
        let output = &self.target.output;
        let returns = self.signatures.pair(output, self.signatures.pullback_type());
        let clause = self.signatures.where_clause(None);
        quote!(#[doc(hidden)] #prefix #vis fn #name #generics(#(#inputs),*) -> #returns #clause)
    }

    pub(super) fn augmented(&self, reverse: &Reverse<'_>) -> TokenStream {
        let signature = self.augmented_signature();
        let items = &self.function.items;
        let stacks = self.frames.stacks();
        let krate = &self.krate;
        let shapes = self
            .params()
            .filter(|(param, var)| {
                self.kept.shapes.contains(var)
                    || (param.in_out && param.active)
                    || self.changes_length(param, *var)
            })
            .map(|(param, var)| {
                let ident = &param.ident;
                let borrowed = match param {
                    Param { in_out: true, .. } => quote!(&*#ident),
                    Param { by_ref: true, .. } => quote!(#ident),
                    _ => quote!(&#ident),
                };
                let shape = self.shape(var);
                match self.signatures.witness(param, &borrowed) {
                    Some(witness) => quote!(let #shape = #witness;),
                    None => self.shape_statement(var, &borrowed, param.span),
                }
            });
        let shapes: TokenStream = shapes.collect();
        let ops = self.forward_ops(&self.function.body);
        let result =
            self.function.body.result.as_ref().map(|result| self.operand(result, Use::Move));
        let result = result.unwrap_or_else(|| quote!(()));
        let value = ident("value");
        let mut body = self.pullback_closure(reverse);
        if self.target.recursive {
            body = quote!(::std::boxed::Box::new(#body));
        }
        // The places inside an `Option`'s tangent come from a trait.
        let import = mentions(&body, "differentiable_Some_0")
            .then(|| quote!(use #krate::private::SomePlace as _;));
        quote! {
            #[inline]
            #signature {
                #import
                #(#items)*
                #(let mut #stacks = #krate::private::Stack::new();)*
                #shapes
                #ops
                let #value = #result;
                (#value, #body)
            }
        }
    }

    /// As the user's parameters, with patterns replaced by names and `self` by reference.
    pub(super) fn augmented_inputs(&self) -> Vec<TokenStream> {
        let inputs = self.target.function.sig.inputs.iter().zip(&self.target.params);
        inputs
            .map(|(input, param)| match input {
                FnArg::Receiver(_) if param.in_out => quote!(&mut self),
                FnArg::Receiver(_) => quote!(&self),
                FnArg::Typed(typed) => {
                    let name = &param.ident;
                    let ty = &typed.ty;
                    let mutable = (param.mutable && !param.by_ref).then(|| quote!(mut));
                    quote!(#mutable #name: #ty)
                }
            })
            .collect()
    }

    /// Whether a parameter of its own may not be as long in the end as it was on entry.
    fn changes_length(&self, param: &Param, var: VarId) -> bool {
        param.active && !param.by_ref && self.growing.contains(&var)
    }

    pub(super) fn pullback_closure(&self, reverse: &Reverse<'_>) -> TokenStream {
        let (mut again, mut slots, mut resolve, mut finish, mut values) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (param, var) in self.params() {
            let bar = self.bar(var);
            if !param.by_ref {
                if self.changes_length(param, var) {
                    let shape = self.shape(var);
                    finish.push(quote!(#shape.write_out(&mut #bar);));
                }
                values.push(if param.active {
                    quote!(#bar)
                } else {
                    self.signatures.returned_zero(param)
                });
                continue;
            }
            let name = self.reverse_name(var);
            let ty = self.signatures.again_type(param);
            again.push(quote!(#name: #ty));
            let slot = format_ident!("{bar}_slot");
            let slot_type = self.signatures.slot_type(param);
            slots.push(quote!(#slot: #slot_type));
            if param.active && param.in_out {
                let shape = self.shape(var);
                let own = format_ident!("{bar}_own");
                resolve.push(quote! {
                    let mut #own = ::core::option::Option::None;
                    let #bar = #slot.resolve(&mut #own, || #shape.accumulator());
                });
                // A slice is as long in the end as it was on entry.
                if matches!(param.ty, Type::Slice(_)) {
                    continue;
                }
                // The list may be longer or shorter in the end than it was on entry.
                if self.growing.contains(&var) {
                    finish.push(quote!(#shape.write_out(#bar);));
                } else {
                    resolve.push(quote!(#shape.write_out(#bar);));
                }
            } else if param.active {
                let own = format_ident!("{bar}_own");
                let write_out = reverse
                    .written_out
                    .contains(&var)
                    .then(|| self.signatures.write_out(param, &quote!(#name), &quote!(#bar)));
                let zero = self.signatures.accumulator(param, &quote!(#name));
                resolve.push(quote! {
                    let mut #own = ::core::option::Option::None;
                    let #bar = #slot.resolve(&mut #own, || #zero);
                    #write_out
                });
            }
        }
        let seed = self.bar(crate::transform::reverse::SEED);
        let cotangent = self.signatures.tangent(&erased(&self.target.output));
        let stacks = self.frames.stacks();
        let stmts = self.reverse_stmts(&reverse.body);
        quote! {
            move |#(#again,)* #seed: #cotangent, #(#slots),*| {
                #(let mut #stacks = #stacks;)*
                #(#resolve)*
                #stmts
                #(#finish)*
                (#(#values,)*)
            }
        }
    }
}

pub(super) fn mentions(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        _ => false,
    })
}
