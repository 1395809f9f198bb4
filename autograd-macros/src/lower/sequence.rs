//! Iterator chains as loops.
//!
//! Up to the first filter a chain is a *sequence*: it has a length, and an element for each number
//! below it. So zipped, reversed and stepped chains are loops over one index. What comes after a
//! filter is a list of stages that each element passes (`stages.rs`).

use super::chain::{Access, Adapter, Blocks, Source};
use super::closure::{Closure, Item};
use super::pattern::project;
use super::Lowerer;
use crate::ir::{BinaryOp, Opaque, Operand, Place, Proj, RefStyle, Ty, Value};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned, ToTokens};
use std::rc::Rc;
use syn::spanned::Spanned;
use syn::{Expr, ExprRange, RangeLimits};

/// Elements by number. A length of `None` is endless.
pub(super) enum Seq {
    List {
        place: Place,
        access: Access,
        len: Operand,
    },
    Range {
        start: Operand,
        end: Option<Operand>,
        inclusive: bool,
        len: Option<Operand>,
    },
    Blocks {
        place: Place,
        size: Operand,
        kind: Blocks,
        total: Operand,
        len: Operand,
    },
    Zip(Box<Seq>, Box<Seq>, Option<Operand>),
    /// One after the other, with the length of the first and of both.
    Chain(Box<Seq>, Box<Seq>, Operand, Option<Operand>),
    Enumerate(Box<Seq>),
    Map(Box<Seq>, Rc<Closure>),
    Copied(Box<Seq>),
    Rev(Box<Seq>, Operand),
    Take(Box<Seq>, Operand),
    Skip(Box<Seq>, Operand, Option<Operand>),
    StepBy(Box<Seq>, Operand, Option<Operand>),
}

impl Seq {
    /// The range behind a sequence that is one, perhaps mapped: its bounds, and whether the last one
    /// belongs to it.
    pub(super) fn whole_range(&self) -> Option<(Operand, Operand, bool)> {
        match self {
            Self::Range { start, end: Some(end), inclusive, .. } => {
                Some((start.clone(), end.clone(), *inclusive))
            }
            Self::Map(inner, _) => inner.whole_range(),
            _ => None,
        }
    }

    /// Whether its elements are changed in place.
    fn is_changed(&self) -> bool {
        match self {
            Self::List { access, .. } => *access == Access::Mutable,
            Self::Rev(inner, _)
            | Self::Take(inner, _)
            | Self::Skip(inner, ..)
            | Self::StepBy(inner, ..) => inner.is_changed(),
            Self::Chain(a, b, ..) => a.is_changed() || b.is_changed(),
            _ => false,
        }
    }

    pub(super) fn len(&self) -> Option<Operand> {
        match self {
            Self::List { len, .. }
            | Self::Blocks { len, .. }
            | Self::Rev(_, len)
            | Self::Take(_, len) => Some(len.clone()),
            Self::Range { len, .. }
            | Self::Zip(.., len)
            | Self::Chain(.., len)
            | Self::Skip(.., len)
            | Self::StepBy(.., len) => len.clone(),
            Self::Enumerate(inner) | Self::Map(inner, _) | Self::Copied(inner) => inner.len(),
        }
    }
}

impl Lowerer<'_> {
    pub(super) fn source(&mut self, source: Source<'_>) -> Seq {
        match source {
            Source::List(list, access) => {
                let place = self.fixed_place(list);
                let len = Operand::Var(self.length(&place, list.span()));
                let by_ref = access == Access::Into
                    && place.path.is_empty()
                    && self.var(place.root).is_reference();
                let access = match by_ref {
                    true if self.var(place.root).is_mutable() => Access::Mutable,
                    true => Access::Shared,
                    false => access,
                };
                Seq::List { place, access, len }
            }
            Source::Range(range) => self.range_source(range),
            Source::Blocks(list, size, kind) => {
                let place = self.fixed_place(list);
                let total = Operand::Var(self.length(&place, list.span()));
                let size = self.pinned(size);
                let (t, s) = (self.tokens_of(&total), self.tokens_of(&size));
                let count = match kind {
                    Blocks::Chunks { exact: true, .. } => quote!(#t / #s),
                    Blocks::Chunks { .. } => quote!(#t.div_ceil(#s)),
                    Blocks::Windows => quote!((#t + 1).saturating_sub(#s)),
                };
                let len = self.integer(&count, &[&total, &size], list.span());
                Seq::Blocks { place, size, kind, total, len }
            }
        }
    }

    /// A place whose indices are those of now.
    pub(super) fn fixed_place(&mut self, expr: &Expr) -> Place {
        let place = self.place_or_temp(expr);
        place.indices().cloned().collect::<Vec<_>>().iter().for_each(|index| self.pin(index));
        place
    }

    pub(super) fn pinned(&mut self, expr: &Expr) -> Operand {
        let operand = self.expr(expr);
        self.pin(&operand);
        operand
    }

    fn range_source(&mut self, range: &ExprRange) -> Seq {
        let start = range.start.as_deref().expect("the range has a start");
        let start = self.pinned(start);
        let inclusive = matches!(range.limits, RangeLimits::Closed(_));
        let Some(end) = &range.end else {
            return Seq::Range { start, end: None, inclusive, len: None };
        };
        let end = self.pinned(end);
        let (a, b) = (self.tokens_of(&start), self.tokens_of(&end));
        let count = match range.limits {
            RangeLimits::HalfOpen(_) => quote!((#a..#b).count()),
            RangeLimits::Closed(_) => quote!((#a..=#b).count()),
        };
        let len = self.integer(&count, &[&start, &end], range.span());
        Seq::Range { start, end: Some(end), inclusive, len: Some(len) }
    }

    pub(super) fn adapt(&mut self, seq: Seq, adapter: &Adapter<'_>) -> Seq {
        let inner = |seq| Box::new(seq);
        match adapter {
            Adapter::Map(f) => Seq::Map(inner(seq), self.callable(f, 1)),
            Adapter::Enumerate => Seq::Enumerate(inner(seq)),
            Adapter::Copied => Seq::Copied(inner(seq)),
            Adapter::Zip(other) => {
                let other = self.run(other);
                let len = match (seq.len(), other.seq.len()) {
                    (Some(a), Some(b)) => {
                        let (s, t) = (self.tokens_of(&a), self.tokens_of(&b));
                        let min = quote!(::core::cmp::Ord::min(#s, #t));
                        Some(self.integer(&min, &[&a, &b], Span::mixed_site()))
                    }
                    (a, b) => a.or(b),
                };
                Seq::Zip(inner(seq), Box::new(other.seq), len)
            }
            Adapter::Chain(other) => {
                let span = other.source.span();
                let other = self.run(other).seq;
                self.chained(seq, other, span)
            }
            Adapter::Rev => {
                let len = seq.len().unwrap_or_else(|| usize_literal(0));
                Seq::Rev(inner(seq), len)
            }
            Adapter::Take(n) => {
                let n = self.pinned(n);
                let len = match seq.len() {
                    Some(len) => {
                        let (s, t) = (self.tokens_of(&len), self.tokens_of(&n));
                        let min = quote!(::core::cmp::Ord::min(#s, #t));
                        self.integer(&min, &[&len, &n], Span::mixed_site())
                    }
                    None => n,
                };
                Seq::Take(inner(seq), len)
            }
            Adapter::Skip(n) => {
                let n = self.pinned(n);
                let len = seq.len().map(|len| {
                    let (s, t) = (self.tokens_of(&len), self.tokens_of(&n));
                    let rest = quote!(#s.saturating_sub(#t));
                    self.integer(&rest, &[&len, &n], Span::mixed_site())
                });
                Seq::Skip(inner(seq), n, len)
            }
            Adapter::StepBy(n) => {
                let n = self.pinned(n);
                let len = seq.len().map(|len| {
                    let (s, t) = (self.tokens_of(&len), self.tokens_of(&n));
                    self.integer(&quote!(#s.div_ceil(#t)), &[&len, &n], Span::mixed_site())
                });
                Seq::StepBy(inner(seq), n, len)
            }
            _ => unreachable!("what filters is a stage"),
        }
    }

    /// One sequence after another.
    fn chained(&mut self, first: Seq, second: Seq, span: Span) -> Seq {
        if first.is_changed() || second.is_changed() {
            self.diag.error(
                span,
                "a `chain` of elements that change is not accepted yet",
                "write a loop for each list",
            );
        }
        let Some(end) = first.len() else { return first };
        let len = second.len().map(|rest| {
            let (a, b) = (self.tokens_of(&end), self.tokens_of(&rest));
            self.integer(&quote!(#a + #b), &[&end, &rest], Span::mixed_site())
        });
        Seq::Chain(Box::new(first), Box::new(second), end, len)
    }

    /// An integer that is computed once, where it stands.
    pub(super) fn integer(
        &mut self,
        tokens: &TokenStream,
        from: &[&Operand],
        span: Span,
    ) -> Operand {
        let tokens = quote_spanned!(span=> #tokens);
        let reads = from.iter().filter_map(|operand| operand.var()).collect();
        let opaque = Opaque::pure(tokens, reads, "count");
        self.define(Value::Opaque(opaque), Ty::Inactive, span)
    }

    pub(super) fn tokens_of(&mut self, operand: &Operand) -> TokenStream {
        match operand {
            Operand::Literal(literal) => literal.tokens.stream(),
            Operand::Var(var) => {
                self.pin(operand);
                self.var(*var).ident.to_token_stream()
            }
        }
    }

    /// The element of a mapped range for a number of the range itself, which may be of any type.
    pub(super) fn element_of_range(&mut self, seq: &Seq, number: &Operand, span: Span) -> Item {
        match seq {
            Seq::Map(inner, f) => {
                let item = self.element_of_range(inner, number, span);
                let value = self.inline(f, vec![item], span);
                Item::Value(value.unwrap_or_else(|| Self::poisoned(span)))
            }
            _ => Item::Value(number.clone()),
        }
    }

    /// Element `index` of a sequence.
    pub(super) fn element_of(&mut self, seq: &Seq, index: &Operand, span: Span) -> Item {
        match seq {
            Seq::List { place, access, .. } => {
                let element = project(place, Proj::Index(index.clone()));
                match access {
                    Access::Shared => Item::Ref { place: element, mutable: false },
                    Access::Mutable => Item::Ref { place: element, mutable: true },
                    Access::Into => self.copied(Item::Ref { place: element, mutable: false }, span),
                }
            }
            Seq::Range { start, .. } => Item::Value(self.offset(start, index, span)),
            Seq::Blocks { place, size, kind, total, .. } => {
                let start = match kind {
                    Blocks::Windows => index.clone(),
                    Blocks::Chunks { .. } => {
                        self.index_of(BinaryOp::Mul, index.clone(), size.clone(), span)
                    }
                };
                let end = match kind {
                    Blocks::Chunks { exact: false, .. } => {
                        let (s, n, t) =
                            (self.tokens_of(&start), self.tokens_of(size), self.tokens_of(total));
                        let end = quote!(::core::cmp::Ord::min(#s + #n, #t));
                        self.integer(&end, &[&start, size, total], span)
                    }
                    _ => self.index_of(BinaryOp::Add, start.clone(), size.clone(), span),
                };
                let slice = Proj::Slice { start: Some(start), end: Some(end), inclusive: false };
                let mutable = matches!(kind, Blocks::Chunks { mutable: true, .. });
                Item::Ref { place: project(place, slice), mutable }
            }
            Seq::Zip(a, b, _) => {
                let a = self.element_of(a, index, span);
                let b = self.element_of(b, index, span);
                Item::Tuple(vec![a, b])
            }
            Seq::Chain(first, second, end, _) => {
                self.element_of_either(first, second, end, index, span)
            }
            Seq::Enumerate(inner) => {
                let item = self.element_of(inner, index, span);
                Item::Tuple(vec![Item::Value(index.clone()), item])
            }
            Seq::Map(inner, f) => {
                let item = self.element_of(inner, index, span);
                let value = self.inline(f, vec![item], span);
                Item::Value(value.unwrap_or_else(|| Self::poisoned(span)))
            }
            Seq::Copied(inner) => {
                let item = self.element_of(inner, index, span);
                self.copied(item, span)
            }
            Seq::Rev(inner, len) => {
                let before = self.index_of(BinaryOp::Sub, len.clone(), usize_literal(1), span);
                let index = self.index_of(BinaryOp::Sub, before, index.clone(), span);
                self.element_of(inner, &index, span)
            }
            Seq::Take(inner, _) => self.element_of(inner, index, span),
            Seq::Skip(inner, n, _) => {
                let index = self.index_of(BinaryOp::Add, index.clone(), n.clone(), span);
                self.element_of(inner, &index, span)
            }
            Seq::StepBy(inner, n, _) => {
                let index = self.index_of(BinaryOp::Mul, index.clone(), n.clone(), span);
                self.element_of(inner, &index, span)
            }
        }
    }

    /// Element `index` of a sequence, or of another that comes after its `end`.
    fn element_of_either(
        &mut self,
        first: &Seq,
        second: &Seq,
        end: &Operand,
        index: &Operand,
        span: Span,
    ) -> Item {
        let (i, n) = (self.tokens_of(index), self.tokens_of(end));
        let in_first = self.integer(&quote!(#i < #n), &[index, end], span);
        let mut is_reference = false;
        let then = |this: &mut Self| {
            let item = this.element_of(first, index, span);
            is_reference = matches!(item, Item::Ref { .. });
            Some(this.copy_of(item, span))
        };
        let els = |this: &mut Self| {
            let index = this.index_of(BinaryOp::Sub, index.clone(), end.clone(), span);
            let item = this.element_of(second, &index, span);
            Some(this.copy_of(item, span))
        };
        let value = self.select(in_first, span, then, els);
        let value = value.unwrap_or_else(|| Self::poisoned(span));
        if is_reference {
            let place = Place::var(self.materialized(value, span));
            return Item::Ref { place, mutable: false };
        }
        Item::Value(value)
    }

    fn copy_of(&mut self, item: Item, span: Span) -> Operand {
        let item = self.copied(item, span);
        let value = self.item_value(item, span);
        self.pin(&value);
        value
    }

    /// Element `index` of a range from `start`.
    fn offset(&mut self, start: &Operand, index: &Operand, span: Span) -> Operand {
        if matches!(start, Operand::Literal(literal) if literal.tokens.to_string() == "0") {
            return index.clone();
        }
        self.index_of(BinaryOp::Add, start.clone(), index.clone(), span)
    }

    fn index_of(&mut self, op: BinaryOp, a: Operand, b: Operand, span: Span) -> Operand {
        let operand = self.define(Value::Binary(op, a, b), Ty::Inactive, span);
        self.pin(&operand);
        operand
    }

    /// The value behind a reference.
    pub(super) fn copied(&mut self, item: Item, span: Span) -> Item {
        let Item::Ref { place, .. } = item else { return item };
        let ty = self.place_ty(&place);
        let operand = if ty.is_copy() || ty.is_inactive() {
            self.define(Value::Load(place), ty, span)
        } else {
            let receiver = self.reference(place, RefStyle::AutoRef, span);
            let name = proc_macro2::Ident::new("clone", Span::mixed_site().located_at(span));
            let value = Value::Method { name, turbofish: None, args: vec![receiver] };
            self.define(value, ty, span)
        };
        self.pin(&operand);
        Item::Value(operand)
    }
}

pub(super) fn usize_literal(value: usize) -> Operand {
    let literal = proc_macro2::Literal::usize_unsuffixed(value);
    Operand::literal(literal, Ty::Inactive)
}
