//! The tokens of an operand.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};

/// Tokens that are put among others: mostly a single one, for which the compiler need not be asked as it is for a
/// stream.
pub(super) enum Tokens {
    One(TokenTree),
    Many(TokenStream),
}

impl Tokens {
    /// In parentheses.
    pub(super) fn parenthesized(self, span: Span) -> Self {
        let mut group = Group::new(Delimiter::Parenthesis, self.into_stream());
        group.set_span(span);
        Self::One(group.into())
    }

    pub(super) fn into_stream(self) -> TokenStream {
        match self {
            Self::One(token) => token.into(),
            Self::Many(tokens) => tokens,
        }
    }

    /// Behind others.
    pub(super) fn append_to(self, tokens: &mut TokenStream) {
        match self {
            Self::One(token) => tokens.append(token),
            Self::Many(more) => tokens.extend(more),
        }
    }
}

impl ToTokens for Tokens {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::One(token) => tokens.append(token.clone()),
            Self::Many(more) => more.to_tokens(tokens),
        }
    }

    fn into_token_stream(self) -> TokenStream {
        self.into_stream()
    }
}

impl From<&Ident> for Tokens {
    fn from(name: &Ident) -> Self {
        Self::One(name.clone().into())
    }
}

impl From<Ident> for Tokens {
    fn from(name: Ident) -> Self {
        Self::One(name.into())
    }
}

impl From<TokenStream> for Tokens {
    fn from(tokens: TokenStream) -> Self {
        Self::Many(tokens)
    }
}
