//! Iterations that end where there is nothing to pull back.

use super::Emitter;
use crate::transform::adjoint::{Branch, Stmt};
use crate::transform::sparsity::{inputs, Inputs};
use proc_macro2::TokenStream;
use quote::quote;

impl Emitter<'_> {
    /// The reverse of an iteration that ends after its cotangents are taken out if all of them are zero; nothing
    /// if the question is not worth it.
    pub(super) fn sparse(&self, body: &Branch<'_>) -> Option<TokenStream> {
        let Inputs { bars, end } = inputs(&body.body)?;
        let (krate, region) = (&self.krate, body.region.id);
        let (first, rest) = body.body.split_at(end);
        let mut skips = Vec::new();
        let mut may_skip = Vec::new();
        self.skips(rest, true, &mut may_skip, &mut skips);
        let zero = bars.iter().map(|var| {
            let bar = self.bar(*var);
            quote!(#krate::private::vanishes(&#bar))
        });
        let zero = may_skip.into_iter().chain(zero);
        let (pop, prologue) = (self.pop(region), self.prologue(region));
        let (first_stmts, rest_stmts) = (self.reverse_stmts(first), self.reverse_stmts(rest));
        let (unused, recycled) = (self.recycled(region, first), self.recycled(region, &body.body));
        Some(quote! {
            #pop #prologue #first_stmts
            if #(#zero)&&* {
                #(#skips)* #unused
                continue;
            }
            #rest_stmts #recycled
        })
    }

    /// The conditions under which the frames of inner loops may stay where they are or be left out, and
    /// the statements that leave them out.
    fn skips(
        &self,
        stmts: &[Stmt<'_>],
        runs_once: bool,
        may_skip: &mut Vec<TokenStream>,
        skips: &mut Vec<TokenStream>,
    ) {
        for stmt in stmts {
            if let Stmt::For { source, body, counted, .. } = stmt {
                let region = body.region.id;
                if let (Some(stack), Some(_)) = (self.stack(region), self.run(region)) {
                    if runs_once {
                        let (_, range, _) = self.reversed_source(source, region, *counted);
                        may_skip.push(quote!(#stack.may_skip()));
                        skips.push(quote!(#stack.skip(&(#range));));
                    } else {
                        may_skip.push(quote!(#stack.is_of_nothing()));
                    }
                }
            }
            for branch in stmt.branches() {
                self.skips(&branch.body, false, may_skip, skips);
            }
        }
    }
}
