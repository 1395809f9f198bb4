//! The forward pass of control flow: branches and loops, with their frames.

use super::forward::{range, Use};
use super::names::ident;
use super::Emitter;
use crate::ir::{EachForm, Op, OpKind, Operand, Region, Source, VarId};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

impl Emitter<'_> {
    pub(super) fn forward_if(
        &self,
        op: &Op,
        cond: &Operand,
        regions: [&Region; 2],
        dest: Option<VarId>,
    ) -> TokenStream {
        let span = op.span;
        let slots = regions.iter().filter_map(|region| self.frames.branch(region.id));
        let slots: TokenStream =
            slots.map(|slot| quote!(let mut #slot = ::core::option::Option::None;)).collect();
        let cond = self.operand(cond, Use::Receiver);
        let [then, els] = regions.map(|region| self.region_block(region));
        let Some(dest) = dest else {
            let els = (!regions[1].ops.is_empty() || regions[1].result.is_some())
                .then(|| quote!(else #els));
            return quote_spanned!(span=> #slots if #cond #then #els);
        };
        let var = self.function.var(dest);
        let name = &var.ident;
        let mutable = var.is_mutable().then(|| quote!(mut));
        let annotation = self.annotation(dest);
        let shape = if self.kept.shapes.contains(&dest) {
            self.shape_statement(dest, &quote!(&#name), span)
        } else {
            TokenStream::new()
        };
        quote_spanned!(span=> #slots let #mutable #name #annotation = if #cond #then else #els; #shape)
    }

    /// A branch with its result, its frame stored last.
    pub(super) fn region_block(&self, region: &Region) -> TokenStream {
        let ops = self.forward_ops(region);
        let store = self.store_frame(region);
        match &region.result {
            None => quote!({ #ops #store }),
            Some(result) => {
                let result = self.operand(result, Use::Move);
                if store.is_empty() {
                    return quote!({ #ops #result });
                }
                let name = ident("result");
                quote!({ #ops let #name = #result; #store #name })
            }
        }
    }

    pub(super) fn forward_for(
        &self,
        source: &Source,
        label: Option<&syn::Label>,
        body: &Region,
        span: Span,
    ) -> TokenStream {
        let store = self.store_frame(body);
        let ops: TokenStream = body
            .ops
            .iter()
            .filter(|op| !matches!(&op.kind, OpKind::Define { dest, .. } if Self::is_bound_by_loop(source, *dest)))
            .map(|op| self.forward_op(op))
            .collect();
        let shape = match source {
            Source::Each { element, .. } if self.kept.shapes.contains(element) => {
                let name = &self.function.var(*element).ident;
                self.shape_statement(*element, &quote!(&#name), span)
            }
            _ => TokenStream::new(),
        };
        let (pattern, iterator) = match source {
            Source::Range { var, start, end, inclusive, reversed } => {
                let name = &self.function.var(*var).ident;
                let start = self.operand(start, Use::Receiver);
                let end = self.operand(end, Use::Receiver);
                (quote!(#name), range(&start, &end, *inclusive, *reversed))
            }
            Source::Each { place, form, element, .. } => {
                let var = self.function.var(*element);
                let name = &var.ident;
                let mutable = var.is_mutable().then(|| quote!(mut));
                let tokens = self.place(place);
                match form {
                    EachForm::Shared => (quote!(#name), quote!(#tokens.iter())),
                    EachForm::Mutable => (quote!(#name), quote!(#tokens.iter_mut())),
                    EachForm::Copied => (quote!(&#mutable #name), quote!(#tokens.iter())),
                    EachForm::Owned => {
                        let krate = &self.krate;
                        let kept = self.kept.is_kept(self.function.resolve(place).root);
                        let list =
                            if kept { quote!(#krate::private::keep(&#tokens)) } else { tokens };
                        (quote!(#mutable #name), list)
                    }
                }
            }
        };
        quote_spanned!(span=> #label for #pattern in #iterator { #shape #ops #store })
    }
}
