//! Operands and places of the forward pass.

use super::names::{ends, located};
use super::Emitter;
use crate::ir::{variant_accessor, Operand, Place, Proj, RefStyle, Role, Tokens, Ty, Value, VarId};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned, ToTokens};

/// How an operand is used, which decides how one that must stay in place is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Ownership is taken.
    Move,
    /// A side of an operator, which works on values and references alike.
    Arithmetic,
    /// The receiver of a method, or the base of a place.
    Receiver,
}

impl Emitter<'_> {
    /// `&place`, or the place itself if it is a reference already.
    pub(super) fn reference_to(&self, place: &Place) -> TokenStream {
        let tokens = self.place(place);
        if place.path.is_empty() && self.function.var(place.root).is_reference() {
            tokens
        } else {
            quote!(&#tokens)
        }
    }

    /// Whether a temporary is written where it is used.
    pub(super) fn is_inline(&self, var: VarId) -> bool {
        if !matches!(self.function.var(var).role, Role::Temp { inline: true })
            || self.residuals.is_kept(var)
            || self.fusion.is_output(var)
        {
            return false;
        }
        let is_read =
            matches!(self.index.definition(var), Some(Value::Ref { .. } | Value::Load(_)));
        if self.residuals.partials.contains_key(&var)
            || (self.residuals.is_read_again(var) && !is_read)
        {
            return false;
        }
        !self.residuals.shapes.contains(&var)
            || matches!(self.index.definition(var), Some(Value::Ref { .. } | Value::Load(_)))
    }

    pub(super) fn operand(&self, operand: &Operand, usage: Use) -> Tokens {
        if let (Use::Arithmetic, Some(scalar)) = (usage, self.scalar_behind(operand)) {
            return quote_spanned!(scalar.span()=> (*#scalar)).into();
        }
        match operand {
            Operand::Literal(literal) => literal.tokens.clone(),
            Operand::Var(var) if self.is_inline(*var) => self.inline(*var, usage),
            // What is kept is a copy: a call changes the place itself.
            Operand::Var(var) if self.activity.written_through(*var).is_some() => {
                match self.index.definition(*var) {
                    Some(value) => self.value(value, self.function.var(*var).span),
                    None => self.variable(*var, usage),
                }
            }
            Operand::Var(var) => self.variable(*var, usage),
        }
    }

    /// Whether an operand may be a reference to a scalar, in a twin.
    pub(super) fn may_be_behind(&self, operand: &Operand) -> bool {
        operand.var().is_some_and(|var| {
            let ty = &self.function.var(var).ty;
            self.target.args.is_twin && *ty == Ty::Unknown && self.is_written_as_reference(var)
        })
    }

    /// The reference to a scalar that an operand is, in a twin: over `f64` references have operators, but a generic
    /// scalar has none on them.
    fn scalar_behind(&self, operand: &Operand) -> Option<&Ident> {
        if !self.target.args.is_twin {
            return None;
        }
        let var = operand.var()?;
        let root = match self.index.definition(var) {
            Some(Value::Ref { place, style: RefStyle::Plain | RefStyle::AutoRef })
                if place.path.is_empty() && self.is_inline(var) =>
            {
                place.root
            }
            Some(_) => return None,
            None => var,
        };
        let info = self.function.var(root);
        (info.is_reference() && info.ty.is_float()).then_some(&info.ident)
    }

    pub(super) fn inline(&self, var: VarId, usage: Use) -> Tokens {
        let span = self.function.var(var).span;
        let value = self.index.definition(var).expect("an inline temporary has a definition");
        if let Value::Load(place) = value {
            let tokens = self.place_at(place, span);
            let ty = &self.function.var(var).ty;
            let stays = self.residuals.is_kept(self.function.resolve(place).root)
                && !ty.is_copy()
                && !ty.is_inactive();
            let tokens = match usage {
                Use::Move if stays => self.kept_copy(ty, &quote!(&#tokens), span),
                Use::Arithmetic if stays => quote_spanned!(span=> &#tokens),
                _ => tokens,
            };
            return tokens.into();
        }
        // What is only used is written as itself: with the parentheses that it needs there.
        if let Value::Use(operand) = value {
            return self.operand(operand, usage);
        }
        let tokens = self.value(value, span);
        let compound = matches!(value, Value::Unary(..) | Value::Binary(..) | Value::Cast(..))
            || (matches!(
                value,
                Value::Ref { style: RefStyle::Explicit | RefStyle::ExplicitMut, .. }
            ) && usage == Use::Receiver);
        let nested = usage != Use::Move;
        if compound && nested {
            tokens.parenthesized(span)
        } else {
            tokens
        }
    }

    fn variable(&self, var: VarId, usage: Use) -> Tokens {
        let info = self.function.var(var);
        let name = &info.ident;
        let borrowed = matches!(self.index.definition(var), Some(Value::Ref { style, .. }) if *style != RefStyle::AutoRef);
        let kept = self.residuals.is_kept(var);
        if kept && borrowed {
            return if usage == Use::Receiver { name.into() } else { quote!(&#name).into() };
        }
        if !kept || info.ty.is_copy() || info.ty.is_inactive() || info.is_reference() {
            return name.into();
        }
        match usage {
            Use::Move => self.kept_copy(&info.ty, &quote!(&#name), info.span).into(),
            Use::Arithmetic => quote!(&#name).into(),
            Use::Receiver => name.into(),
        }
    }

    /// An operand as a reference.
    pub(super) fn borrowed(&self, operand: &Operand) -> TokenStream {
        let tokens = self.operand(operand, Use::Receiver).into_stream();
        let is_reference = operand.var().is_some_and(|var| self.is_written_as_reference(var));
        if is_reference {
            tokens
        } else {
            quote_spanned!(ends(&tokens).0=> &#tokens)
        }
    }

    /// Whether the tokens for a variable are a reference already.
    pub(super) fn is_written_as_reference(&self, var: VarId) -> bool {
        match self.index.definition(var) {
            Some(Value::Ref { place, style: RefStyle::AutoRef | RefStyle::Plain })
                if self.is_inline(var) =>
            {
                place.path.is_empty() && self.function.var(place.root).is_reference()
            }
            Some(Value::Ref { style: RefStyle::Explicit | RefStyle::ExplicitMut, .. })
                if self.is_inline(var) =>
            {
                true
            }
            Some(Value::Ref { .. }) => !self.residuals.is_kept(var),
            _ => self.function.var(var).is_reference(),
        }
    }

    /// Whether an operand must stay in place and may be of a type without operators on references.
    pub(super) fn stays_without_operators(&self, operand: &Operand) -> bool {
        let Operand::Var(var) = operand else { return false };
        let ty = &self.function.var(*var).ty;
        if ty.is_float() || ty.is_inactive() || matches!(ty, crate::ir::Ty::Tensor(_)) {
            return false;
        }
        if self.is_inline(*var) {
            return match self.index.definition(*var) {
                Some(Value::Load(place)) => {
                    self.residuals.is_kept(self.function.resolve(place).root)
                }
                // A rule uses what a method is called on as a side of an operator.
                Some(Value::Ref { .. }) => !self.tangents.is_empty(),
                _ => false,
            };
        }
        self.residuals.is_kept(*var)
    }

    pub(super) fn place(&self, place: &Place) -> TokenStream {
        let root = &self.function.var(place.root);
        let base = if self.is_inline(place.root) {
            self.operand(&Operand::Var(place.root), Use::Receiver).into_stream()
        } else {
            root.ident.to_token_stream()
        };
        projections(base, &place.path, |index| self.operand(index, Use::Move).into_stream())
    }

    /// A place for which an error would be at a span.
    pub(super) fn place_at(&self, place: &Place, span: Span) -> TokenStream {
        self.located_place(self.place(place), place.root, &place.path, span)
    }

    /// The tokens of a place with an error at a span, should what is indexed be no list.
    pub(super) fn located_place(
        &self,
        tokens: TokenStream,
        root: VarId,
        path: &[Proj],
        span: Span,
    ) -> TokenStream {
        if self.may_be_no_list(root, path) {
            located(tokens, span)
        } else {
            tokens
        }
    }

    /// Whether something is indexed that may have no elements for all that is known.
    fn may_be_no_list(&self, root: VarId, path: &[Proj]) -> bool {
        let is_list = self.function.var(root).ty.has_elements();
        !is_list && path.iter().any(|proj| !proj.operands().is_empty())
    }
}

/// Appends a path to a base.
pub(super) fn projections(
    base: TokenStream,
    path: &[Proj],
    index: impl Fn(&Operand) -> TokenStream,
) -> TokenStream {
    path.iter().fold(base, |base, proj| match proj {
        Proj::Field(member) => quote!(#base.#member),
        Proj::Variant(variant, member) => {
            let accessor = variant_accessor(variant, member);
            quote!((*#base.#accessor()))
        }
        Proj::Deref => quote!((*#base)),
        Proj::Index(operand) => {
            let operand = index(operand);
            quote!(#base[#operand])
        }
        Proj::Coordinates(operands) => {
            let operands = operands.iter().map(&index);
            quote!(#base[[#(#operands),*]])
        }
        Proj::Slice { start, end, inclusive } => {
            let start = start.as_ref().map(&index);
            let end = end.as_ref().map(&index);
            if *inclusive {
                quote!(#base[#start..=#end])
            } else {
                quote!(#base[#start..#end])
            }
        }
    })
}
