//! The forward pass of writes to memory, with what is kept of what was there.

use super::frames::{before_name, old_name};
use super::names::ident;
use super::operand::Use;
use super::Emitter;
use crate::ir::{Mutation, Op, OpKind, Operand, Place, VarId};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote_spanned, ToTokens};

impl Emitter<'_> {
    pub(super) fn forward_write(&self, op: &Op) -> TokenStream {
        let span = op.span;
        match &op.kind {
            OpKind::Store { place, value } => self.store(op, place, value),
            OpKind::AddAssign { place, value, negate } => {
                self.add_assign(op, place, value, *negate)
            }
            OpKind::Mutate { mutation, place, args } => {
                let pushed = self.pushed(place).filter(|_| *mutation == Mutation::Push);
                if let Some(pushed) = pushed {
                    let value = self.operand(&args[0], Use::Move);
                    return quote_spanned!(span=> let #pushed = #value;);
                }
                let guard = self.list_guard(place, span);
                let room = (*mutation == Mutation::Push).then(|| self.room_for(op, place));
                let place = self.place(place);
                let method = Ident::new(mutation.name(), span);
                let args = match mutation {
                    Mutation::Push => &args[..1],
                    Mutation::Reverse => &[],
                    _ => &args[..],
                };
                let args = args.iter().map(|arg| self.operand(arg, Use::Move));
                quote_spanned!(span=> #guard #room #place.#method(#(#args),*);)
            }
            OpKind::Exchange { a, b } => {
                let [x, y] = [a, b].map(|var| &self.function.var(*var).ident);
                let shapes = [self.shape_after(*a, x, span), self.shape_after(*b, y, span)];
                let shapes = TokenStream::from_iter(shapes);
                quote_spanned!(span=> ::core::mem::swap(&mut #x, &mut #y); #shapes)
            }
            _ => unreachable!("other operations do not write"),
        }
    }

    fn store(&self, op: &Op, place: &Place, value: &Operand) -> TokenStream {
        let span = op.span;
        let late = place.path.is_empty()
            && self.index.is_late(place.root)
            && self.residuals.shapes.contains(&place.root);
        let shape = late.then(|| {
            let name = &self.function.var(place.root).ident;
            let shape = self.shape(place.root);
            quote_spanned!(span=> #shape.set(&#name);)
        });
        let target = self.place_at(place, span);
        let value = self.operand(value, Use::Move);
        if self.is_part_of_tangent(place) {
            return self.put(&target, &value, span);
        }
        let whole = self.function.resolve(place);
        let before = self.residuals.before.contains(&op.id.0).then(|| {
            let (before, shape) = (before_name(op.id.0), self.shape(whole.root));
            quote_spanned!(span=> let #before = ::core::clone::Clone::clone(&#shape);)
        });
        let after = whole.path.is_empty().then(|| self.shape_after(whole.root, &target, span));
        let old = old_name(op.id.0);
        let is_kept = self.residuals.old.contains(&op.id.0);
        let write = match (is_kept, self.function.place_ty(place).is_copy()) {
            (false, _) => quote_spanned!(span=> #target = #value;),
            (true, true) => quote_spanned!(span=> let #old = #target; #target = #value;),
            (true, false) => {
                let new = ident("new");
                quote_spanned! {span=>
                    let #new = #value;
                    let #old = ::core::mem::replace(&mut #target, #new);
                }
            }
        };
        quote_spanned!(span=> #before #write #shape #after)
    }

    fn add_assign(&self, op: &Op, place: &Place, value: &Operand, negate: bool) -> TokenStream {
        let span = op.span;
        let guard = self.arithmetic_guard(place, span);
        let place = self.place_at(place, span);
        let old = self.residuals.old.contains(&op.id.0).then(|| {
            let old = old_name(op.id.0);
            quote_spanned!(span=> let #old = #place;)
        });
        let usage = if self.stays_without_operators(value) { Use::Move } else { Use::Arithmetic };
        let value = self.operand(value, usage);
        if negate {
            quote_spanned!(span=> #old #guard #place -= #value;)
        } else {
            quote_spanned!(span=> #old #guard #place += #value;)
        }
    }

    /// The shape of a list after another one took its place.
    fn shape_after(&self, var: VarId, list: impl ToTokens, span: Span) -> TokenStream {
        if !self.residuals.shapes.contains(&var) || !self.replaced.contains(&var) {
            return TokenStream::new();
        }
        let (krate, shape) = (&self.krate_at(span), self.shape(var));
        quote_spanned!(span=> #shape = #krate::private::Witness::of(&#list);)
    }
}
