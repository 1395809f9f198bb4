//! The names of generated code.

use super::signature::Signatures;
use super::Emitter;
use crate::ir::{Role, VarId};
use crate::parse::{krate, Args};
use crate::transform::operations::ARGUMENT_BARS;
use crate::transform::reverse::SEED;
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{quote_spanned, ToTokens};
use syn::Type;

/// The same tokens, as if the user had written them at `span`.
pub(super) fn located(tokens: TokenStream, span: Span) -> TokenStream {
    tokens.into_iter().map(|token| relocated(token, span)).collect()
}

fn relocated(mut token: TokenTree, span: Span) -> TokenTree {
    if let TokenTree::Group(group) = &token {
        let inner = located(group.stream(), span);
        token = proc_macro2::Group::new(group.delimiter(), inner).into();
    }
    token.set_span(token.span().located_at(span));
    token
}

/// The path of the runtime, token by token: for a stream within others the compiler is asked each time.
#[derive(Clone)]
pub(crate) struct CratePath(Vec<TokenTree>);

impl CratePath {
    pub(super) fn new(args: &Args) -> Self {
        Self(krate(args).into_iter().collect())
    }
}

impl ToTokens for CratePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.iter().cloned());
    }
}

/// The path of the runtime as if the user had written it somewhere. Often it is asked for in case that it is
/// needed, so that the tokens are made only where it is.
pub(super) struct CratePathAt<'e> {
    path: &'e CratePath,
    span: Span,
}

impl ToTokens for CratePathAt<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.path.0.iter().map(|token| relocated(token.clone(), self.span)));
    }
}

/// Tokens of a method, for where its receiver is not `self` but an argument of a closure. An `impl` has
/// a `self` of its own.
pub(super) fn with_this(tokens: TokenStream) -> TokenStream {
    let mut is_impl = false;
    let replace = |token: TokenTree| match token {
        TokenTree::Ident(name) if name == "self" => ident("this").into(),
        TokenTree::Ident(name) => {
            is_impl |= name == "impl";
            name.into()
        }
        TokenTree::Group(group) if is_impl && group.delimiter() == Delimiter::Brace => {
            is_impl = false;
            group.into()
        }
        TokenTree::Group(group) => {
            let inner = with_this(group.stream());
            let mut replaced = proc_macro2::Group::new(group.delimiter(), inner);
            replaced.set_span(group.span());
            replaced.into()
        }
        other @ (TokenTree::Punct(_) | TokenTree::Literal(_)) => other,
    };
    tokens.into_iter().map(replace).collect()
}

/// One alone, several as a tuple: how values for the active parameters are passed.
pub(super) fn together(parts: &[impl ToTokens]) -> TokenStream {
    together_at(parts, Span::call_site())
}

/// The same, with the parentheses at `span`.
pub(super) fn together_at(parts: &[impl ToTokens], span: Span) -> TokenStream {
    match parts {
        [single] => single.to_token_stream(),
        several => quote_spanned!(span=> (#(#several),*)),
    }
}

/// The first and the last span of some tokens of the user's.
pub(super) fn ends(tokens: &impl ToTokens) -> (Span, Span) {
    let tokens: Vec<TokenTree> = tokens.to_token_stream().into_iter().collect();
    let first = match tokens.first() {
        Some(TokenTree::Group(group)) => group.span_open(),
        first => first.map_or_else(Span::call_site, TokenTree::span),
    };
    let last = match tokens.last() {
        Some(TokenTree::Group(group)) => group.span_close(),
        last => last.map_or_else(Span::call_site, TokenTree::span),
    };
    (first, last)
}

/// A name of generated code: hygienic, so that it cannot meet a name of the user's.
pub(super) fn ident(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

impl Signatures<'_> {
    /// The path of the runtime, as if the user had written it at `span`: the errors of rustc about
    /// it look like those about the user's own tokens, and are merged with them.
    pub(super) fn krate_written_at(&self, span: Span) -> TokenStream {
        // A path of the user's has a meaning where it was written.
        if self.target.args.krate.is_some() {
            return located(self.krate.to_token_stream(), span);
        }
        let written = |mut token: TokenTree| {
            token.set_span(span);
            token
        };
        self.krate.0.iter().cloned().map(written).collect()
    }

    /// `<ty as Differentiable>::item`, written over the user's `ty`.
    pub(super) fn item_of(&self, ty: &Type, item: &str) -> TokenStream {
        let (first, last) = ends(ty);
        let krate = self.krate_written_at(last);
        let open = quote_spanned!(first=> <);
        let item = Ident::new(item, last);
        quote_spanned!(last=> #open #ty as #krate::Differentiable>::#item)
    }
}

impl Emitter<'_> {
    /// The path of the runtime, located where the user wrote what it is for: the errors of rustc
    /// point there.
    pub(super) fn krate_at(&self, span: Span) -> CratePathAt<'_> {
        CratePathAt { path: &self.krate, span }
    }

    /// A reference to a variable of generated code, located where the user wrote what it is for.
    pub(super) fn reference_at(mut name: Ident, span: Span) -> TokenStream {
        name.set_span(name.span().located_at(span));
        quote_spanned!(name.span()=> &#name)
    }

    /// The name of the cotangent of a variable.
    pub(super) fn bar(&self, var: VarId) -> Ident {
        if var == SEED {
            return ident("value_bar");
        }
        if var.0 >= ARGUMENT_BARS {
            let code = var.0 - ARGUMENT_BARS;
            return ident(&format!("argument{}_bar{}", code % 64, code / 64));
        }
        self.suffixed(var, "bar")
    }

    /// The name of the shape of a variable.
    pub(super) fn shape(&self, var: VarId) -> Ident {
        self.suffixed(var, "shape")
    }

    /// The name of the partial derivative that is kept beside a variable.
    pub(super) fn partial(&self, var: VarId) -> Ident {
        self.suffixed(var, "partial")
    }

    fn suffixed(&self, var: VarId, suffix: &str) -> Ident {
        let name = self.function.var(var).ident.to_string();
        let name = name.trim_start_matches("r#");
        ident(&format!("{name}_{suffix}"))
    }

    /// The name of a variable in the reverse pass, where `self` cannot be bound.
    pub(super) fn reverse_name(&self, var: VarId) -> Ident {
        let name = &self.function.var(var).ident;
        if name == "self" {
            ident("this")
        } else {
            name.clone()
        }
    }

    pub(super) fn is_by_ref_param(&self, var: VarId) -> bool {
        matches!(self.function.var(var).role, Role::Param { by_ref: true, .. } | Role::InOut { .. })
    }
}
