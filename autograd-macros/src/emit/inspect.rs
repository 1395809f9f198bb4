//! Looking at cotangents: the hooks of `inspect_grad!`.

use super::Emitter;
use crate::ir::{Opaque, VarId};
use crate::transform::adjoint::Expr;
use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

impl Emitter<'_> {
    /// Gives the cotangent of a variable to a hook, with the values that the hook reads in scope.
    pub(super) fn inspect(&self, var: VarId, hook: &Opaque, span: Span) -> TokenStream {
        let krate = &self.krate_at(span);
        let (bar, shape) = (self.bar(var), self.shape(var));
        let recomputed =
            hook.reads.iter().filter(|read| self.residuals.recomputed.contains(read)).map(|read| {
                let name = &self.function.var(*read).ident;
                let value = self.owned(&Expr::Primal(*read), span);
                quote!(let #name = #value;)
            });
        let receiver = hook.reads.iter().find(|read| self.function.var(**read).ident == "self");
        let tokens = match receiver {
            Some(receiver) => renamed(&hook.tokens, &self.reverse_name(*receiver)),
            None => hook.tokens.clone(),
        };
        let call = quote_spanned!(span=> #krate::private::inspect(&#shape, &mut #bar, #tokens));
        quote!({ #(#recomputed)* #call; })
    }
}

/// The pullback knows the receiver under another name.
fn renamed(tokens: &TokenStream, receiver: &proc_macro2::Ident) -> TokenStream {
    let tree = |tree| match tree {
        TokenTree::Ident(ident) if ident == "self" => receiver.clone().into(),
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), renamed(&group.stream(), receiver));
            inner.set_span(group.span());
            inner.into()
        }
        other => other,
    };
    tokens.clone().into_iter().map(tree).collect()
}
