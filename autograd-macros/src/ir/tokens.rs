//! Tokens that stand for a value.

use proc_macro2::{Delimiter, Group, Ident, Punct, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};
use std::fmt::{self, Display};

/// Tokens that are put among others: mostly a few, for which the compiler need not be asked as it is for a stream.
#[derive(Clone)]
pub(crate) enum Tokens {
    One(TokenTree),
    Few(Vec<TokenTree>),
    Many(TokenStream),
}

impl Tokens {
    /// In parentheses.
    pub(crate) fn parenthesized(self, span: Span) -> Self {
        let mut group = Group::new(Delimiter::Parenthesis, self.into_stream());
        group.set_span(span);
        Self::One(group.into())
    }

    /// Two values with an operator between them.
    pub(crate) fn binary(self, operator: impl Iterator<Item = Punct>, other: Self) -> Self {
        if matches!(self, Self::Many(_)) || matches!(other, Self::Many(_)) {
            let mut tokens = self.into_stream();
            tokens.extend(operator.map(TokenTree::from));
            other.append_to(&mut tokens);
            return Self::Many(tokens);
        }
        let mut tokens = self.into_vec();
        tokens.extend(operator.map(TokenTree::from));
        tokens.extend(other.into_vec());
        Self::Few(tokens)
    }

    pub(crate) fn stream(&self) -> TokenStream {
        self.clone().into_stream()
    }

    pub(crate) fn into_stream(self) -> TokenStream {
        match self {
            Self::One(token) => token.into(),
            Self::Few(tokens) => tokens.into_iter().collect(),
            Self::Many(tokens) => tokens,
        }
    }

    fn into_vec(self) -> Vec<TokenTree> {
        match self {
            Self::One(token) => vec![token],
            Self::Few(tokens) => tokens,
            Self::Many(tokens) => tokens.into_iter().collect(),
        }
    }

    fn append_to(self, tokens: &mut TokenStream) {
        match self {
            Self::One(token) => tokens.append(token),
            Self::Few(more) => tokens.extend(more),
            Self::Many(more) => tokens.extend(more),
        }
    }
}

impl ToTokens for Tokens {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::One(token) => tokens.append(token.clone()),
            Self::Few(more) => tokens.extend(more.iter().cloned()),
            Self::Many(more) => more.to_tokens(tokens),
        }
    }

    fn into_token_stream(self) -> TokenStream {
        self.into_stream()
    }
}

impl Display for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(token) => token.fmt(f),
            more => more.to_token_stream().fmt(f),
        }
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

impl From<proc_macro2::Literal> for Tokens {
    fn from(literal: proc_macro2::Literal) -> Self {
        Self::One(literal.into())
    }
}

impl From<TokenStream> for Tokens {
    fn from(tokens: TokenStream) -> Self {
        Self::Many(tokens)
    }
}
