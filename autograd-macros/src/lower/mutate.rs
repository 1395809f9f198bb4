//! Methods that change a list in place, and the ways to split one.

use super::closure::Item;
use super::Lowerer;
use crate::ir::{Mutation, OpKind, Place, Proj, Ty};
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall, Pat};

impl Lowerer<'_> {
    /// `list.push(x)` and the like as a statement; whether it is one of an active list.
    pub(super) fn mutating_method(&mut self, call: &ExprMethodCall) -> bool {
        let mutation = match (call.method.to_string().as_str(), call.args.len()) {
            ("push", 1) => Mutation::Push,
            ("swap", 2) => Mutation::Swap,
            ("fill", 1) => Mutation::Fill,
            ("copy_from_slice" | "clone_from_slice", 1) => Mutation::CopyFrom,
            ("reverse", 0) => Mutation::Reverse,
            ("truncate", 1) => Mutation::Truncate,
            _ => return false,
        };
        // What holds no active value is changed as it is written.
        if !self.taint.reaches(call) {
            return false;
        }
        let span = call.method.span();
        let Some(place) = self.place(&call.receiver) else { return false };
        if matches!(self.place_ty(&place), Ty::Tensor(_) | Ty::Inactive) {
            return false;
        }
        for index in place.indices().cloned().collect::<Vec<_>>() {
            self.pin(&index);
        }
        self.check_writable(&place, &call.receiver);
        let exprs: Vec<Expr> = call.args.iter().cloned().collect();
        let args = self.in_order(&exprs, |this, arg| {
            let operand = this.expr(arg);
            this.pin(&operand);
            operand
        });
        if mutation == Mutation::Push {
            for value in args {
                self.push_to(place.clone(), value, span);
            }
            return true;
        }
        let mut args = args;
        if mutation == Mutation::Reverse {
            args.push(crate::ir::Operand::Var(self.length(&place, span)));
        }
        self.emit(OpKind::Mutate { mutation, place, args }, span);
        true
    }

    /// `let (a, b) = list.split_at_mut(k);`, two names for parts of one list.
    pub(super) fn split_at(&mut self, pat: &Pat, init: &Expr) -> bool {
        let (Pat::Tuple(pats), Expr::MethodCall(call)) = (pat, init) else { return false };
        let mutable = match (call.method.to_string().as_str(), call.args.len()) {
            ("split_at_mut", 1) => true,
            ("split_at", 1) => false,
            _ => return false,
        };
        if pats.elems.len() != 2 || !self.taint.reaches(init) {
            return false;
        }
        let Some(place) = self.place(&call.receiver) else { return false };
        let middle = self.expr(&call.args[0]);
        self.pin(&middle);
        let part = |start, end| {
            let slice = Proj::Slice { start, end, inclusive: false };
            super::pattern::project(&place, slice)
        };
        let end = self.end_of(&place, call.span());
        let (low, high) = (part(None, Some(middle.clone())), part(Some(middle), end));
        if mutable {
            self.split_aliases(&pats.elems[0], &pats.elems[1], [low, high], init);
        } else {
            self.bind_item(&pats.elems[0], Item::Ref { place: low, mutable });
            self.bind_item(&pats.elems[1], Item::Ref { place: high, mutable });
        }
        true
    }

    /// Two mutable aliases of one list, which must be made by one split.
    fn split_aliases(&mut self, low: &Pat, high: &Pat, parts: [Place; 2], init: &Expr) {
        let (Pat::Ident(low), Pat::Ident(high)) = (low, high) else {
            self.diag.error_on(
                init,
                "the parts of a list that is split need names in a differentiable function",
                "write `let (low, high) = list.split_at_mut(k);`",
            );
            return;
        };
        let [first, second] = parts;
        let span = init.span();
        let low = self.alias_of(&low.ident, first, true);
        let high = self.alias_of(&high.ident, second, true);
        self.emit(OpKind::Split { low, high }, span);
    }
}
