//! What a companion says of its pullback where the cotangent is zero.

use super::Emitter;
use crate::analysis::finite::finite;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

impl Emitter<'_> {
    /// Whether the pullback of another function may run for a cotangent that is zero, as a constant. A companion that
    /// says nothing has that of a trait.
    pub(super) fn runs_at_zero(&self, function: &syn::Path, span: Span) -> TokenStream {
        let krate = &self.krate_at(span);
        let mut path = function.clone();
        // Generic arguments are those of the function, not of its companion.
        path.segments.last_mut().expect("a path has a segment").arguments =
            syn::PathArguments::None;
        quote_spanned!(span=> { use #krate::private::RunsAtZero as _; <#path>::RUNS_AT_ZERO })
    }

    /// The constant of this function, if its pullback may run for a cotangent that is zero as far as its own operations
    /// go.
    pub(super) fn zero_constant(&self) -> Option<TokenStream> {
        // What the body alone can name is not in scope.
        let says = !self.target.associated
            && !self.target.recursive
            && !self.target.args.is_twin
            && self.function.items.is_empty();
        let callees = finite(self.function, self.activity, &self.residuals.frames.pullbacks)
            .filter(|_| says)?;
        let callees = callees.into_iter().map(|path| self.runs_at_zero(path, Span::mixed_site()));
        Some(quote! {
            #[doc(hidden)]
            pub const RUNS_AT_ZERO: bool = true #(&& #callees)*;
        })
    }
}
