//! Patterns that cannot fail: each name is bound to a part of a place.

use super::Lowerer;
use crate::ir::{OpKind, Operand, Place, Proj, Role, Ty, Value, VarId};
use proc_macro2::Ident;
use syn::{Member, Pat};

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
                for (index, elem) in slice.elems.iter().enumerate() {
                    if matches!(elem, Pat::Rest(_)) && index + 1 == slice.elems.len() {
                        break;
                    }
                    if matches!(elem, Pat::Rest(_)) {
                        self.diag.error_on(
                            elem,
                            "`..` is accepted only at the end of a slice pattern",
                            "",
                        );
                        break;
                    }
                    let literal = proc_macro2::Literal::usize_unsuffixed(index);
                    let index = Operand::Literal(crate::ir::Literal {
                        tokens: quote::quote!(#literal),
                        ty: Ty::Inactive,
                    });
                    self.bind(elem, project(&place, Proj::Index(index)), by_ref);
                }
            }
            other => self.diag.error_on(
                other,
                "this pattern is not accepted yet in a differentiable function",
                "bind a name and take it apart with fields and indices",
            ),
        }
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
