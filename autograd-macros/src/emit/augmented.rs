//! The augmented primal: the forward pass, and the pullback that it returns.

use super::names::ident;
use super::operand::Use;
use super::signature::{borrowed, erased};
use super::Emitter;
use crate::ir::{Aggregate, OpKind, RegionId, Value, VarId};
use crate::parse::Param;
use crate::transform::adjoint::Reverse;
use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::{FnArg, Type};

/// What stands around the reverse pass, for the parameters.
pub(super) struct Passed {
    /// By-reference arguments that are passed again, with their types.
    pub(super) again: Vec<TokenStream>,
    /// Makes places of slots.
    pub(super) resolve: Vec<TokenStream>,
    pub(super) finish: Vec<TokenStream>,
    /// The cotangents of by-value parameters.
    pub(super) values: Vec<TokenStream>,
}

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
        let track = self.signatures.track_caller();
        quote!(#[doc(hidden)] #prefix #track #vis fn #name #generics(#(#inputs),*) -> #returns #clause)
    }

    pub(super) fn augmented(&self, reverse: &Reverse<'_>) -> TokenStream {
        let signature = self.augmented_signature();
        let items = &self.function.items;
        let stacks = self.stacks();
        let krate = &self.krate;
        let (check, shapes) = (self.signatures.shape_check(), self.param_shapes());
        let ops = self.forward_ops(&self.function.body);
        let result =
            self.function.body.result.as_ref().map(|result| self.operand(result, Use::Move));
        let result = result.unwrap_or_else(|| quote!(()).into());
        let value = ident("value");
        let recycled = self.recycled_locals(&self.function.body);
        let body = self.signatures.returned_pullback(self.pullback_closure(reverse));
        let import = self.import_for(&body);
        quote! {
            #[inline]
            #signature {
                #import
                #(#items)*
                #check
                #(let mut #stacks = #krate::private::Stack::new();)*
                #shapes
                #ops
                let #value = #result;
                #recycled
                (#value, #body)
            }
        }
    }

    /// The places inside an `Option`'s tangent come from a trait.
    pub(super) fn import_for(&self, body: &TokenStream) -> Option<TokenStream> {
        let krate = &self.krate;
        (self.has_variants() && mentions(body, "differentiable_Some_0"))
            .then(|| quote!(use #krate::private::SomePlace as _;))
    }

    /// Whether the function makes variants or takes them apart: a quick answer, beside that of its tokens.
    fn has_variants(&self) -> bool {
        let mut found = false;
        self.function.body.walk(&mut |op| {
            found |= matches!(
                op.kind,
                OpKind::Match { .. }
                    | OpKind::Define { value: Value::Aggregate(Aggregate::Variant { .. }, _), .. }
            );
        });
        found
    }

    /// What is remembered of the shapes of parameters.
    pub(super) fn param_shapes(&self) -> TokenStream {
        let shapes = self
            .params()
            .filter(|(param, var)| {
                self.residuals.shapes.contains(var)
                    || (param.in_out && param.active)
                    || self.changes_length(param, *var)
            })
            .map(|(param, var)| {
                let borrowed = borrowed(param);
                let shape = self.shape(var);
                match self.signatures.witness(param, &borrowed) {
                    Some(witness) => quote!(let #shape = #witness;),
                    None => self.shape_statement(var, &borrowed, param.span),
                }
            });
        shapes.collect()
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

    fn slot_name(&self, var: VarId) -> proc_macro2::Ident {
        let bar = self.bar(var);
        format_ident!("{bar}_slot")
    }

    /// The slots of by-reference parameters, with their types.
    pub(super) fn slot_params(&self) -> Vec<TokenStream> {
        let by_ref = self.params().filter(|(param, _)| param.by_ref);
        let slots = by_ref.map(|(param, var)| {
            let slot = self.slot_name(var);
            let slot_type = self.signatures.slot_type(param);
            quote!(#slot: #slot_type)
        });
        slots.collect()
    }

    /// What stands around the reverse pass.
    pub(super) fn passed(&self, reverse: &Reverse<'_>) -> Passed {
        let (mut again, mut resolve, mut finish, mut values) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
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
            let slot = self.slot_name(var);
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
        Passed { again, resolve, finish, values }
    }

    pub(super) fn pullback_closure(&self, reverse: &Reverse<'_>) -> TokenStream {
        let Passed { again, resolve, finish, values } = self.passed(reverse);
        let slots = self.slot_params();
        let seed = self.bar(crate::transform::reverse::SEED);
        let cotangent = self.signatures.tangent(&erased(&self.target.output));
        let stacks = self.stacks();
        let prologue = self.prologue(RegionId(0));
        let stmts = self.reverse_stmts(&reverse.body);
        let recycled = self.recycled(RegionId(0), &reverse.body);
        quote! {
            move |#(#again,)* #seed: #cotangent, #(#slots),*| {
                #(let mut #stacks = #stacks;)*
                #(#resolve)*
                #prologue
                #stmts
                #(#finish)*
                #recycled
                (#(#values,)*)
            }
        }
    }
}

pub(crate) fn mentions(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        _ => false,
    })
}
