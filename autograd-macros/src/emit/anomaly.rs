//! Stopping at the first cotangent that is not a number, where that was asked for.

use super::Emitter;
use crate::ir::{Place, VarId};
use crate::transform::adjoint::{Argument, Stmt, Target};
use crate::transform::reverse::SEED;
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

impl Emitter<'_> {
    /// Checks the cotangents that a statement has added to.
    pub(super) fn anomaly(&self, stmt: &Stmt<'_>) -> TokenStream {
        if !self.target.args.anomaly {
            return TokenStream::new();
        }
        match stmt {
            Stmt::Let { var, span, .. } | Stmt::Merge { var, span, .. } => {
                self.watch(&Place::var(*var), *span)
            }
            Stmt::Add { target, span, .. }
            | Stmt::Call { target, span, .. }
            | Stmt::MergeList { target, span, .. } => self.watch(target, *span),
            Stmt::Pullback { args, span, .. } => {
                let slots = args.iter().filter_map(|arg| match arg {
                    Argument::Reference { slot, .. } => slot.as_ref(),
                    Argument::Value { .. } => None,
                });
                slots.map(|slot| self.watch(slot, *span)).collect()
            }
            _ => TokenStream::new(),
        }
    }

    fn watch(&self, target: &Target, span: Span) -> TokenStream {
        let (krate, place) = (&self.krate_at(span), self.bar_mut(target));
        let name = self.name_of_anomaly(target.root);
        // As text: the span of a call that the macro makes leads to the attribute.
        let line = quote_spanned! {span=>
            ::core::concat!(::core::file!(), ":", ::core::line!(), ":", ::core::column!())
        };
        quote_spanned!(span=> #krate::private::watch(#place, #name, #line);)
    }

    fn name_of_anomaly(&self, var: VarId) -> String {
        if var == SEED {
            return String::new();
        }
        let name = self.function.var(var).source.as_ref();
        name.map(|name| format!(" of `{name}`")).unwrap_or_default()
    }
}
