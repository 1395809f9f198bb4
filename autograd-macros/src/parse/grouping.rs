//! Expressions that a `macro_rules!` has put into the function keep together as one operand.
//!
//! They arrive in groups without delimiters. The compiler respects these in what `macro_rules!`
//! writes and disregards them in what a procedural macro writes, so that `2.0 * $e` would mean
//! another product there. Parentheses say the same in a way that stays.

use crate::walk::visit_mut::{self, VisitMut};
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use syn::{BinOp, Expr, Type};

/// Puts parentheses around expressions in groups without delimiters, where a neighbour could take a
/// part of one.
pub(crate) fn keep_grouping(tokens: TokenStream) -> TokenStream {
    if !has_bare_groups(tokens.clone()) {
        return tokens;
    }
    let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
    for at in 0..trees.len() {
        let TokenTree::Group(group) = &trees[at] else { continue };
        let inner = keep_grouping(group.stream());
        let wrap = group.delimiter() == Delimiter::None
            && binds_loosely(&inner, trees.get(at + 1))
            && (is_like_a_statement(&inner)
                || !(ends_before(&trees[..at]) && starts_after(trees.get(at + 1))));
        let delimiter = if wrap { Delimiter::Parenthesis } else { group.delimiter() };
        let mut kept = Group::new(delimiter, inner);
        let span = group.span();
        kept.set_span(if wrap { Span::mixed_site().located_at(span) } else { span });
        trees[at] = TokenTree::Group(kept);
    }
    trees.into_iter().collect()
}

/// Whether groups without delimiters are anywhere in the tokens: mostly there are none.
fn has_bare_groups(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => {
            group.delimiter() == Delimiter::None || has_bare_groups(group.stream())
        }
        _ => false,
    })
}

/// Takes types out of the groups that `macro_rules!` has put around them.
pub(crate) struct BareTypes;

impl VisitMut for BareTypes {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        while let Type::Group(group) = ty {
            // A sum of bounds may need its parentheses.
            let inner = (*group.elem).clone();
            *ty = match inner {
                Type::TraitObject(_) | Type::ImplTrait(_) => syn::parse_quote!((#inner)),
                inner => inner,
            };
        }
        visit_mut::visit_type_mut(self, ty);
    }
}

/// Whether tokens are an expression of which an operator or a method beside it would take a part.
fn binds_loosely(tokens: &TokenStream, next: Option<&TokenTree>) -> bool {
    match syn::parse2::<Expr>(tokens.clone()) {
        Ok(Expr::Binary(binary)) => !is_compound(&binary.op),
        Ok(Expr::Unary(_) | Expr::Cast(_) | Expr::Range(_) | Expr::Closure(_)) => true,
        // What is spelled so may also be a type, but a type has no methods and elements.
        Ok(Expr::Reference(_)) => match next {
            Some(TokenTree::Punct(punct)) => matches!(punct.as_char(), '.' | '?'),
            Some(TokenTree::Group(group)) => {
                matches!(group.delimiter(), Delimiter::Bracket | Delimiter::Parenthesis)
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether an expression would end early where a statement begins: `no_grad! { x } + y`.
fn is_like_a_statement(tokens: &TokenStream) -> bool {
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), _) => group.delimiter() == Delimiter::Brace,
        (Some(TokenTree::Ident(_)), Some(TokenTree::Punct(punct))) if punct.as_char() == '!' => {
            true
        }
        (Some(TokenTree::Ident(ident)), _) => {
            ["if", "match", "loop", "while", "for", "unsafe"].iter().any(|word| ident == word)
        }
        _ => false,
    }
}

/// Whether what comes before cannot be an operator.
fn ends_before(before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Punct(first), TokenTree::Punct(punct)] if punct.as_char() == '=' => {
            first.spacing() == proc_macro2::Spacing::Alone
        }
        [.., TokenTree::Punct(punct)] => matches!(punct.as_char(), ',' | ';' | ':' | '='),
        [.., TokenTree::Ident(ident)] => {
            ["if", "while", "match", "return", "in"].iter().any(|keyword| ident == keyword)
        }
        [.., TokenTree::Group(group)] => group.delimiter() == Delimiter::Brace,
        _ => before.is_empty(),
    }
}

/// Whether what comes after cannot be an operator.
fn starts_after(after: Option<&TokenTree>) -> bool {
    match after {
        Some(TokenTree::Punct(punct)) => matches!(punct.as_char(), ',' | ';'),
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
        Some(_) => false,
        None => true,
    }
}

/// Whether an operator assigns.
pub(crate) fn is_compound(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::BitXorAssign(_)
            | BinOp::BitAndAssign(_)
            | BinOp::BitOrAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_)
    )
}
