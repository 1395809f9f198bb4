//! Operands, and paths into memory.

use super::{Tokens, Ty, VarId};
use proc_macro2::{Ident, Span};
use std::rc::Rc;
use syn::Member;

#[derive(Clone)]
pub(crate) enum Operand {
    Var(VarId),
    Literal(Rc<Literal>),
}

impl Operand {
    pub(crate) fn literal(tokens: impl Into<Tokens>, ty: Ty) -> Self {
        Self::Literal(Rc::new(Literal { tokens: tokens.into(), ty }))
    }

    pub(crate) fn var(&self) -> Option<VarId> {
        match self {
            Self::Var(var) => Some(*var),
            Self::Literal(_) => None,
        }
    }
}

/// A literal, a path to a constant, or another expression without variables that means the same
/// wherever it is written.
pub(crate) struct Literal {
    pub(crate) tokens: Tokens,
    pub(crate) ty: Ty,
}

impl Literal {
    /// Whether this is `1.0`, however it is spelled.
    pub(crate) fn is_one(&self) -> bool {
        self.number() == Some(1.0)
    }

    /// The number that is written out in decimal digits, if one is.
    pub(crate) fn number(&self) -> Option<f64> {
        let text = self.tokens.to_string();
        if !text.starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        let digits = match text.find(['f', 'i', 'u']) {
            Some(suffix) => &text[..suffix],
            None => &text,
        };
        digits.replace('_', "").parse().ok()
    }
}

/// The method of a tangent that gives the place for a field of a variant, or of a struct.
pub(crate) fn variant_accessor(variant: &Ident, member: &Member) -> Ident {
    let member = quote::quote!(#member).to_string();
    let name = format!("differentiable_{variant}_{}", member.trim_start_matches("r#"));
    Ident::new(&name, Span::mixed_site())
}

/// A path into memory.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) root: VarId,
    pub(crate) path: Vec<Proj>,
}

impl Place {
    pub(crate) fn var(root: VarId) -> Self {
        Self { root, path: Vec::new() }
    }

    /// Whether the reverse pass could spell it: not what only a pattern can reach.
    pub(crate) fn is_readable(&self) -> bool {
        !self.path.iter().any(|proj| matches!(proj, Proj::Variant(..)))
    }

    /// The operands that its indices consist of.
    pub(crate) fn indices(&self) -> impl Iterator<Item = &Operand> {
        self.path.iter().flat_map(Proj::operands)
    }
}

#[derive(Clone)]
pub(crate) enum Proj {
    Field(Member),
    /// A field of a variant of an enum, which only a pattern can read.
    Variant(Ident, Member),
    Deref,
    /// `[i]`
    Index(Operand),
    /// `[[i, j]]`, an element of a tensor.
    Coordinates(Vec<Operand>),
    /// `[start..end]`
    Slice {
        start: Option<Operand>,
        end: Option<Operand>,
        inclusive: bool,
    },
}

impl Proj {
    /// The operands that an index consists of.
    pub(crate) fn operands(&self) -> Vec<&Operand> {
        match self {
            Self::Index(index) => vec![index],
            Self::Coordinates(indices) => indices.iter().collect(),
            Self::Slice { start, end, .. } => start.iter().chain(end.iter()).collect(),
            Self::Field(_) | Self::Variant(..) | Self::Deref => Vec::new(),
        }
    }
}
