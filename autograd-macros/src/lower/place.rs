//! Places: paths into memory.

use super::Lowerer;
use crate::ir::{Operand, Place, Proj, Role, Ty, VarId};
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, RangeLimits, UnOp};

impl Lowerer<'_> {
    /// Lowers an expression that names memory. `None` if it is a value and not a place.
    pub(super) fn place(&mut self, expr: &Expr) -> Option<Place> {
        match expr {
            Expr::Paren(inner) => self.place(&inner.expr),
            Expr::Group(inner) => self.place(&inner.expr),
            Expr::Path(path) => self.variable_of(path).map(Place::var),
            Expr::Field(field) => {
                let mut place = self.place_or_temp(&field.base);
                place.path.push(Proj::Field(field.member.clone()));
                Some(place)
            }
            Expr::Index(index) => {
                let mut place = self.place_or_temp(&index.expr);
                let mut proj = self.index(&index.index);
                if let Proj::Slice { end: end @ None, .. } = &mut proj {
                    *end = self.end_of(&place, index.span());
                }
                place.path.push(proj);
                Some(place)
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => {
                if let Some(place) = self.unwrapped_element(&unary.expr) {
                    return Some(place);
                }
                let mut place = self.place(&unary.expr)?;
                place.path.push(Proj::Deref);
                Some(place)
            }
            Expr::Reference(reference) if reference.mutability.is_none() => None,
            // `v.as_slice()` names the same memory as `v[..]`.
            Expr::MethodCall(call) if call.method == "as_slice" && call.args.is_empty() => {
                let place = self.place(&call.receiver)?;
                self.place_ty(&place).is_list().then(|| {
                    let mut place = place;
                    place.path.push(Proj::Slice { start: None, end: None, inclusive: false });
                    place
                })
            }
            Expr::MethodCall(call) if matches!(&*call.receiver, Expr::MethodCall(_)) => {
                self.unwrapped_element(expr)
            }
            _ => None,
        }
    }

    /// As [`place`](Self::place), a value being put into a temporary first.
    pub(super) fn place_or_temp(&mut self, expr: &Expr) -> Place {
        if let Some(place) = self.place(expr) {
            return place;
        }
        let operand = self.expr(expr);
        Place::var(self.materialized(operand, expr.span()))
    }

    /// The variable that holds an operand, made for a literal.
    pub(super) fn materialized(&mut self, operand: Operand, span: Span) -> VarId {
        let var = match operand {
            Operand::Var(var) => var,
            Operand::Literal(literal) => {
                let ty = literal.ty.clone();
                let value = crate::ir::Value::Use(Operand::Literal(literal));
                self.define(value, ty, span).var().expect("a definition gives a variable")
            }
        };
        self.pin(&Operand::Var(var));
        var
    }

    /// Where a list ends that may grow later.
    pub(super) fn end_of(&mut self, list: &Place, span: Span) -> Option<Operand> {
        let root = match &self.var(list.root).role {
            Role::Alias { mutable: true, .. } => true,
            _ => self.var(list.root).is_mutable(),
        };
        let may_grow = root && matches!(self.place_ty(list), Ty::Vec(_) | Ty::Unknown);
        may_grow.then(|| Operand::Var(self.length(list, span)))
    }

    fn index(&mut self, index: &Expr) -> Proj {
        match index {
            Expr::Paren(inner) => self.index(&inner.expr),
            Expr::Range(range) => {
                let bounds: Vec<&Expr> =
                    range.start.iter().chain(&range.end).map(|e| &**e).collect();
                let mut operands =
                    self.in_order(&bounds, |this, bound| this.expr(bound)).into_iter();
                let start = range.start.as_ref().and_then(|_| operands.next());
                let end = range.end.as_ref().and_then(|_| operands.next());
                Proj::Slice {
                    start,
                    end,
                    inclusive: matches!(range.limits, RangeLimits::Closed(_)),
                }
            }
            Expr::Array(array) => {
                let elems: Vec<Expr> = array.elems.iter().cloned().collect();
                Proj::Coordinates(self.in_order(&elems, super::Lowerer::expr))
            }
            other => Proj::Index(self.expr(other)),
        }
    }

    /// What is known of the type of a place.
    pub(super) fn place_ty(&self, place: &Place) -> Ty {
        let root = self.var(place.root);
        let mut ty = match &root.role {
            Role::Alias { target, .. } => self.place_ty(target),
            _ => root.ty.clone(),
        };
        for proj in &place.path {
            ty = match proj {
                Proj::Field(member) => ty.field(member),
                Proj::Variant(..) => Ty::Unknown,
                Proj::Deref => ty,
                Proj::Index(_) => ty.element(),
                Proj::Coordinates(_) => ty.coordinates(),
                Proj::Slice { .. } => match ty.element() {
                    Ty::Unknown => Ty::Unknown,
                    element => Ty::Slice(Box::new(element)),
                },
            };
        }
        ty
    }
}
