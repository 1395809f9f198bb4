//! The augmented primal: the forward pass, and the pullback that it returns.

use super::forward::Use;
use super::names::ident;
use super::signature::erased;
use super::Emitter;
use crate::transform::adjoint::Reverse;
use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::FnArg;

impl Emitter<'_> {
    pub(super) fn augmented(&self, reverse: &Reverse<'_>) -> TokenStream {
        let name = self.augmented_ident();
        let prefix = self.prefix();
        let vis = self.visibility();
        let generics = &self.target.function.sig.generics;
        let inputs = self.augmented_inputs();
        let output = &self.target.output;
        let pullback = self.pullback_type();
        let clause = self.where_clause(None);
        let items = &self.function.items;
        let stacks = self.frames.stacks();
        let krate = &self.krate;
        let shapes =
            self.params().filter(|(_, var)| self.kept.shapes.contains(var)).map(|(param, var)| {
                let ident = &param.ident;
                let borrowed = if param.by_ref { quote!(#ident) } else { quote!(&#ident) };
                self.shape_statement(var, &borrowed, param.span)
            });
        let shapes: TokenStream = shapes.collect();
        let ops = self.forward_ops(&self.function.body);
        let result =
            self.function.body.result.as_ref().map(|result| self.operand(result, Use::Move));
        let value = ident("value");
        let mut body = self.pullback_closure(reverse);
        if self.target.recursive {
            body = quote!(::std::boxed::Box::new(#body));
        }
        // The places inside an `Option`'s tangent come from a trait.
        let import = mentions(&body, "differentiable_Some_0")
            .then(|| quote!(use #krate::private::SomePlace as _;));
        quote! {
            #[doc(hidden)]
            #prefix
            #[inline]
            #vis fn #name #generics(#(#inputs),*) -> (#output, #pullback) #clause {
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

    pub(super) fn pullback_closure(&self, reverse: &Reverse<'_>) -> TokenStream {
        let krate = &self.krate;
        let (mut again, mut slots, mut resolve, mut values) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (param, var) in self.params() {
            let bar = self.bar(var);
            if !param.by_ref {
                values.push(if param.active { quote!(#bar) } else { quote!(#krate::NoTangent) });
                continue;
            }
            let name = self.reverse_name(var);
            let ty = erased(&param.ty);
            again.push(quote!(#name: &#ty));
            let slot = format_ident!("{bar}_slot");
            let slot_type = self.slot_type(param);
            slots.push(quote!(#slot: #slot_type));
            if param.active {
                let own = format_ident!("{bar}_own");
                let write_out = reverse
                    .written_out
                    .contains(&var)
                    .then(|| quote!(#krate::private::write_out(#name, #bar);));
                resolve.push(quote! {
                    let mut #own = ::core::option::Option::None;
                    let #bar = #slot.resolve(&mut #own, || #krate::private::accumulator(#name));
                    #write_out
                });
            }
        }
        let seed = self.bar(crate::transform::reverse::SEED);
        let cotangent = self.tangent(&erased(&self.target.output));
        let stacks = self.frames.stacks();
        let stmts = self.reverse_stmts(&reverse.body);
        quote! {
            move |#(#again,)* #seed: #cotangent, #(#slots),*| {
                #(let mut #stacks = #stacks;)*
                #(#resolve)*
                #stmts
                (#(#values,)*)
            }
        }
    }
}

fn mentions(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        _ => false,
    })
}
