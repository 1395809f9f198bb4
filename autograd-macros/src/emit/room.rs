//! Room for what is pushed to lists: they grow in memory that was used before.
//!
//! A list that an iteration pushes to grows at the beginning of the iteration. What the iteration computes would
//! otherwise have to be put into memory while the list grows, which is possible in each iteration.

use super::Emitter;
use crate::ir::{
    Aggregate, IdMap, Mutation, Op, OpId, OpKind, Place, Region, Role, Ty, Value, VarId,
};
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

impl Emitter<'_> {
    /// Makes room for what an operation pushes, if that was not done when the iteration began.
    pub(super) fn room_for(&self, op: &Op, place: &Place) -> Option<TokenStream> {
        let is_due = !self.has_room.borrow_mut().remove(&op.id) && self.is_vec(place);
        is_due.then(|| self.room(place, op.span))
    }

    /// Makes room, where an iteration begins, in the lists that it pushes to once.
    pub(super) fn rooms(&self, body: &Region, filled: Option<VarId>) -> TokenStream {
        let mut pushes: IdMap<VarId, Vec<(OpId, &Place, Span)>> = IdMap::new();
        for op in &body.ops {
            if let OpKind::Mutate { mutation: Mutation::Push, place, .. } = &op.kind {
                pushes.or_default(place.root).push((op.id, place, op.span));
            }
        }
        let inside = body.with_inner();
        let once = pushes.iter().filter_map(|(root, pushes)| match pushes[..] {
            [push] if Some(*root) != filled => Some((root, push)),
            _ => None,
        });
        let stays = |root: &VarId| {
            let var = self.function.var(*root);
            matches!(var.role, Role::Mutable)
                && !inside.contains(&var.region)
                && !self.index.is_moved(*root)
                && !self.index.is_late(*root)
        };
        let once = once.filter(|(root, (_, place, _))| {
            place.path.is_empty() && stays(root) && self.is_vec(place)
        });
        once.map(|(_, (op, place, span))| {
            self.has_room.borrow_mut().insert(op);
            self.room(place, span)
        })
        .collect()
    }

    fn room(&self, place: &Place, span: Span) -> TokenStream {
        let (krate, place) = (&self.krate_at(span), self.place(place));
        // Called as a method, `as_mut` takes lists and references to them.
        quote_spanned!(span=> #krate::private::make_room(#place.as_mut());)
    }

    /// Whether a place is certainly a list of `std`.
    fn is_vec(&self, place: &Place) -> bool {
        let is_made = || match self.index.definition(place.root) {
            Some(Value::Aggregate(Aggregate::Vec | Aggregate::VecRepeat, _)) => true,
            Some(value) => super::memory::is_empty_vec(value),
            None => false,
        };
        matches!(self.function.place_ty(place), Ty::Vec(_)) || (place.path.is_empty() && is_made())
    }
}
