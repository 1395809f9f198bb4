//! Sums in registers, for loops of the reverse pass that add to one place in memory.

use super::names::ident;
use super::Emitter;
use crate::transform::adjoint::{Branch, Target};
use crate::transform::sums::{is_same, sums};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

impl Emitter<'_> {
    /// Emits the reverse of a loop, with the sums that it makes declared before it and added to their
    /// places after it.
    pub(super) fn with_sums(
        &self,
        body: &Branch<'_>,
        emit: impl FnOnce() -> TokenStream,
    ) -> TokenStream {
        let found = sums(self.function, body).into_iter();
        let found: Vec<(Target, Ident)> = found
            // A cotangent that is not a number is looked for at its place.
            .filter(|target| !self.target.args.anomaly && !self.growing.contains(&target.root))
            .enumerate()
            .map(|(number, target)| (target, ident(&format!("sum{}_{number}", body.region.id.0))))
            .collect();
        let zeros =
            found.iter().map(|(target, _)| self.scalar_zero(&self.function.place_ty(target)));
        let zeros: Vec<TokenStream> = zeros.collect();
        let names: Vec<&Ident> = found.iter().map(|(_, name)| name).collect();
        let places: Vec<TokenStream> =
            found.iter().map(|(target, _)| self.bar_place(target)).collect();
        let krate = &self.krate;
        let outer = self.sums.borrow().len();
        self.sums.borrow_mut().extend(found.iter().cloned());
        let looped = emit();
        self.sums.borrow_mut().truncate(outer);
        // A loop without an iteration may belong to an element that is not there. (A dual number that is
        // equal to zero may have a tangent.)
        quote! {
            #(let mut #names = #zeros;)*
            #looped
            #(if !#krate::Real::is_exactly_zero(#names) { #places += #names; })*
        }
    }

    /// The sum that stands for a place.
    pub(super) fn sum_of(&self, target: &Target) -> Option<Ident> {
        let sums = self.sums.borrow();
        sums.iter().rev().find(|(place, _)| is_same(place, target)).map(|(_, name)| name.clone())
    }
}
