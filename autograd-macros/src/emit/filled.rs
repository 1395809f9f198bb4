//! Lists that a loop fills, one element an iteration, as `collect` does.
//!
//! The list has room for all of them. So the loop does not look whether the list must grow, and its reverse does not
//! take the elements of the list's cotangent off its end: both passes can be vectorised.

use super::names::ident;
use super::Emitter;
use crate::ir::{Mutation, OpKind, Operand, Place, Region, Source, VarId};
use crate::transform::adjoint::Target;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

fn pushed_name(list: VarId) -> Ident {
    ident(&format!("pushed{}", list.0))
}

fn elements_name(list: VarId) -> Ident {
    ident(&format!("elements{}", list.0))
}

/// The list that a loop fills.
fn filled(source: &Source, body: &Region) -> Option<VarId> {
    let Source::Range { var, start, inclusive: false, reversed: false, snapshots: None, .. } =
        source
    else {
        return None;
    };
    let starts_at_zero =
        matches!(start, Operand::Literal(literal) if literal.tokens.to_string() == "0");
    let runs_through = body.ops.iter().all(|op| op.kind.exits().is_empty());
    let list = body.ops.iter().find_map(|op| match &op.kind {
        // The second operand is the length before.
        OpKind::Mutate { mutation: Mutation::Push, place, args } if place.path.is_empty() => {
            (args[1].var() == Some(*var)).then_some(place.root)
        }
        _ => None,
    });
    list.filter(|_| starts_at_zero && runs_through)
}

impl Emitter<'_> {
    /// The list that a loop of the forward pass fills, which is emitted next.
    pub(super) fn begin_filling(&self, source: &Source, body: &Region) -> Option<VarId> {
        let list = filled(source, body);
        self.filled.borrow_mut().extend(list);
        list
    }

    /// A loop that fills a list.
    pub(super) fn filling(
        &self,
        list: VarId,
        pattern: &TokenStream,
        iterator: &TokenStream,
        iteration: &TokenStream,
        span: Span,
    ) -> TokenStream {
        self.filled.borrow_mut().remove(&list);
        let (krate, pushed) = (&self.krate_at(span), pushed_name(list));
        let name = &self.function.var(list).ident;
        quote_spanned! {span=>
            #krate::private::fill(&mut #name, #iterator, |#pattern| { #iteration #pushed });
        }
    }

    /// The name of what an iteration pushes to a list that its loop fills.
    pub(super) fn pushed(&self, place: &Place) -> Option<Ident> {
        let known = place.path.is_empty() && self.filled.borrow().contains(&place.root);
        known.then(|| pushed_name(place.root))
    }

    /// The reverse of a loop as `emit` gives it, with what stands before it if the loop fills a list.
    pub(super) fn emptying(
        &self,
        source: &Source,
        body: &Region,
        span: Span,
        emit: impl FnOnce() -> TokenStream,
    ) -> TokenStream {
        let list = filled(source, body).filter(|list| self.has_scalars(*list));
        let (Some(list), Source::Range { end, .. }) = (list, source) else { return emit() };
        let (krate, elements) = (&self.krate_at(span), elements_name(list));
        let (bar, len) = (self.bar(list), self.index_operand(end));
        self.filled.borrow_mut().insert(list);
        let emitted = emit();
        self.filled.borrow_mut().remove(&list);
        quote_spanned! {span=>
            let #elements = #krate::private::elements(&mut #bar, #len);
            #emitted
        }
    }

    /// The cotangents of what was pushed to a list that a loop fills.
    pub(super) fn emptied(&self, target: &Target) -> Option<Ident> {
        let known = target.path.is_empty() && self.filled.borrow().contains(&target.root);
        known.then(|| elements_name(target.root))
    }

    fn has_scalars(&self, list: VarId) -> bool {
        self.function.var(list).ty.element().is_float()
    }
}
