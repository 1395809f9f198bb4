//! Patterns that cannot fail: each name is bound to a part of a place.

use super::Lowerer;
use crate::ir::{BinaryOp, OpKind, Operand, Place, Proj, Role, Ty, Value, VarId};
use proc_macro2::{Ident, Span};
use syn::spanned::Spanned;
use syn::{Member, Pat, PatSlice};

impl Lowerer<'_> {
    /// Binds the names of `pat` to the parts of `place`; to references to them if `by_ref`.
    pub(super) fn bind(&mut self, pat: &Pat, place: Place, by_ref: bool) {
        match pat {
            Pat::Wild(_) | Pat::Rest(_) => {}
            Pat::Paren(inner) => self.bind(&inner.pat, place, by_ref),
            Pat::Type(inner) => self.bind(&inner.pat, place, by_ref),
            Pat::Reference(inner) => self.bind(&inner.pat, place, false),
            Pat::Ident(ident) if ident.subpat.is_none() => {
                if by_ref || ident.by_ref.is_some() {
                    self.alias(&ident.ident, place, false, false);
                } else {
                    self.bind_value(&ident.ident, ident.mutability.is_some(), place);
                }
            }
            Pat::Tuple(tuple) => self.bind_tuple(tuple.elems.iter(), &place, by_ref, pat),
            Pat::TupleStruct(tuple) => self.bind_tuple(tuple.elems.iter(), &place, by_ref, pat),
            Pat::Struct(fields) => {
                for field in &fields.fields {
                    let part = project(&place, Proj::Field(field.member.clone()));
                    self.bind(&field.pat, part, by_ref);
                }
            }
            Pat::Slice(slice) => {
                for (elem, part) in self.slice_parts(slice, &place, pat.span()) {
                    match (elem, rest_name(elem)) {
                        (_, Some(name)) => self.bind(&name, part, by_ref),
                        (elem, None) => self.bind(elem, part, by_ref),
                    }
                }
            }
            other => self.diag.error_on(
                other,
                "this pattern is not accepted yet in a differentiable function",
                "bind a name and take it apart with fields and indices",
            ),
        }
    }

    /// The parts of a list that the elements of a slice pattern stand for.
    pub(super) fn slice_parts<'p>(
        &mut self,
        slice: &'p PatSlice,
        place: &Place,
        span: Span,
    ) -> Vec<(&'p Pat, Place)> {
        let count = slice.elems.len();
        let rest = slice.elems.iter().position(is_rest);
        let after = rest.map_or(0, |rest| count - rest - 1);
        let needs_length =
            rest.is_some_and(|rest| after > 0 || rest_name(&slice.elems[rest]).is_some());
        if needs_length && !place.is_readable() {
            self.diag.error(
                span,
                "`..` in a pattern of a list inside of an enum is not accepted yet",
                "bind the list to a name, and match that",
            );
            return Vec::new();
        }
        let len = needs_length.then(|| Operand::Var(self.length(place, span)));
        let mut parts = Vec::new();
        for (index, elem) in slice.elems.iter().enumerate() {
            let behind = rest.filter(|rest| index > *rest).zip(len.clone());
            let proj = if is_rest(elem) {
                if rest_name(elem).is_none() {
                    continue;
                }
                let end = len.clone().map(|len| self.before_end(len, after, span));
                Proj::Slice { start: Some(number(index)), end, inclusive: false }
            } else if let Some((_, len)) = behind {
                Proj::Index(self.before_end(len, count - index, span))
            } else {
                Proj::Index(number(index))
            };
            parts.push((elem, project(place, proj)));
        }
        parts
    }

    /// `len - n`
    fn before_end(&mut self, len: Operand, n: usize, span: Span) -> Operand {
        let value = Value::Binary(BinaryOp::Sub, len, number(n));
        let operand = self.define(value, Ty::Inactive, span);
        self.pin(&operand);
        operand
    }

    fn bind_tuple<'p>(
        &mut self,
        elems: impl Iterator<Item = &'p Pat>,
        place: &Place,
        by_ref: bool,
        whole: &Pat,
    ) {
        for (index, elem) in elems.enumerate() {
            if matches!(elem, Pat::Rest(_)) {
                if whole_has_more(whole, index) {
                    self.diag.error_on(
                        elem,
                        "`..` is accepted only at the end of a tuple pattern",
                        "",
                    );
                }
                return;
            }
            let member = Member::from(index);
            self.bind(elem, project(place, Proj::Field(member)), by_ref);
        }
    }

    fn bind_value(&mut self, name: &Ident, mutable: bool, place: Place) {
        let ty = self.place_ty(&place);
        let role = if mutable { Role::Mutable } else { Role::Let };
        let dest = self.named(name, ty, role);
        self.emit(OpKind::Define { dest, value: Value::Load(place) }, name.span());
    }

    /// `let name = &place;`
    pub(super) fn alias(
        &mut self,
        name: &Ident,
        target: Place,
        mutable: bool,
        rebind: bool,
    ) -> VarId {
        let alias = self.alias_of(name, target, mutable);
        self.emit(OpKind::Alias { alias, rebind }, name.span());
        alias
    }

    /// A name for a place, which something else binds.
    pub(super) fn alias_of(&mut self, name: &Ident, target: Place, mutable: bool) -> VarId {
        let ty = self.place_ty(&target);
        for index in target.indices().cloned().collect::<Vec<_>>() {
            self.pin(&index);
        }
        self.named(name, ty, Role::Alias { target, mutable })
    }
}

/// `..` or `name @ ..`
fn is_rest(pat: &Pat) -> bool {
    match pat {
        Pat::Rest(_) => true,
        Pat::Ident(ident) => {
            ident.subpat.as_ref().is_some_and(|(_, inner)| matches!(**inner, Pat::Rest(_)))
        }
        _ => false,
    }
}

/// The `name` of `name @ ..`, as a pattern of its own.
pub(super) fn rest_name(pat: &Pat) -> Option<Pat> {
    match pat {
        Pat::Ident(ident) if is_rest(pat) => {
            Some(Pat::Ident(syn::PatIdent { subpat: None, ..ident.clone() }))
        }
        _ => None,
    }
}

fn number(n: usize) -> Operand {
    let literal = proc_macro2::Literal::usize_unsuffixed(n);
    Operand::literal(literal, Ty::Inactive)
}

pub(super) fn project(place: &Place, proj: Proj) -> Place {
    let mut place = place.clone();
    place.path.push(proj);
    place
}

fn whole_has_more(pat: &Pat, index: usize) -> bool {
    match pat {
        Pat::Tuple(tuple) => index + 1 < tuple.elems.len(),
        Pat::TupleStruct(tuple) => index + 1 < tuple.elems.len(),
        _ => false,
    }
}
