//! Control flow: `if` and `for`.

use super::opaque::reject;
use super::Lowerer;
use crate::ir::{
    EachForm, OpKind, Operand, Place, Proj, RefStyle, Role, Snapshots, Source, Ty, Value,
};
use crate::walk::visit_mut::VisitMut as _;
use proc_macro2::Ident;
use syn::spanned::Spanned;
use syn::{Expr, ExprForLoop, ExprIf, ExprRange, Pat, RangeLimits};

impl Lowerer<'_> {
    pub(super) fn branch(&mut self, branch: &ExprIf) -> Option<Operand> {
        let els = branch.else_branch.as_ref().map(|(_, els)| &**els);
        self.branch_or(branch, |this| els.and_then(|els| this.maybe_unit(els)))
    }

    /// An `if` whose branches are lowered by `then` and `els`.
    pub(super) fn select(
        &mut self,
        cond: Operand,
        span: proc_macro2::Span,
        then: impl FnOnce(&mut Self) -> Option<Operand>,
        els: impl FnOnce(&mut Self) -> Option<Operand>,
    ) -> Option<Operand> {
        let then = self.in_region(then);
        let els = self.in_region(els);
        let dest = match (&then.result, &els.result) {
            (Some(a), None) if els.diverges() => Some(self.operand_ty(a)),
            (None, Some(b)) if then.diverges() => Some(self.operand_ty(b)),
            (Some(a), Some(b)) => Some(self.common_ty(&[a, b])),
            _ => None,
        };
        let dest = dest.map(|ty| self.temp(ty, span, Role::Temp { inline: false }));
        self.emit(OpKind::If { cond, then, els, dest }, span);
        dest.map(Operand::Var)
    }

    pub(super) fn for_loop(&mut self, each: &ExprForLoop) {
        let (inner, reversed) = strip_rev(&each.expr);
        if let Expr::Range(range) = inner {
            if let (Some(start), Some(end)) = (&range.start, &range.end) {
                self.range_loop(each, range, [start, end], reversed, None);
                return;
            }
        }
        if !reversed {
            if let Some((target, form)) = elements(&each.expr) {
                let target = target.clone();
                if self.place_is_iterable(&target, form) {
                    self.each_loop(each, &target, form);
                    return;
                }
            }
        }
        if self.chain_loop(each) {
            return;
        }
        if !self.taint.reaches(&each.expr) {
            self.plain_iterator(each);
            return;
        }
        let whole = Expr::ForLoop(each.clone());
        let message = "`for` over this iterator and an active value is not accepted yet";
        let help = "loop over a range and index, or over a slice";
        let reason = reject(message, help);
        let mut tokens = whole.clone();
        let opaque = self.scan(|scan| scan.visit_expr_mut(&mut tokens), reason, "for");
        let opaque = crate::ir::Opaque { tokens: quote::quote!(#tokens), ..opaque };
        self.emit(OpKind::Effect(opaque), each.expr.span());
    }

    /// A loop over an iterator that gives nothing active asks it for its items one by one.
    fn plain_iterator(&mut self, each: &ExprForLoop) {
        let (label, pat, expr, body) = (&each.label, &each.pat, &each.expr, &each.body);
        let written_out: Expr = syn::parse_quote_spanned! {each.for_token.span=> {
            let mut autograd_iterator = ::core::iter::IntoIterator::into_iter(#expr);
            #label while let ::core::option::Option::Some(#pat) =
                ::core::iter::Iterator::next(&mut autograd_iterator) #body
        }};
        self.maybe_unit(&written_out);
    }

    pub(super) fn range_loop(
        &mut self,
        each: &ExprForLoop,
        range: &ExprRange,
        bounds: [&Expr; 2],
        reversed: bool,
        snapshots: Option<Snapshots>,
    ) {
        let span = each.for_token.span;
        let bounds = self.in_order(&bounds, |this, bound| {
            let operand = this.expr(bound);
            this.pin(&operand);
            operand
        });
        let name = match &*each.pat {
            Pat::Ident(ident) if ident.mutability.is_none() => ident.ident.clone(),
            Pat::Wild(wild) => {
                let span = proc_macro2::Span::mixed_site().located_at(wild.span());
                Ident::new("_index", span)
            }
            other => {
                self.diag.error_on(
                    other,
                    "the variable of a `for` over a range is a name or `_`",
                    "",
                );
                return;
            }
        };
        let mut var = None;
        let body = self.in_region(|this| {
            var = Some(this.named(&name, Ty::Inactive, Role::LoopIndex));
            this.loop_body(&each.body, each.label.as_ref())
        });
        let [start, end] =
            <[Operand; 2]>::try_from(bounds).unwrap_or_else(|_| unreachable!("two bounds"));
        let source = Source::Range {
            var: var.expect("the loop variable is declared"),
            start,
            end,
            inclusive: matches!(range.limits, RangeLimits::Closed(_)),
            reversed,
            snapshots,
        };
        self.emit(OpKind::For { source, body }, span);
    }

    /// Whether a `for` target is memory of which single elements can be named.
    fn place_is_iterable(&mut self, target: &Expr, form: EachForm) -> bool {
        fn is_place(expr: &Expr) -> bool {
            match expr {
                Expr::Path(path) => path.path.get_ident().is_some(),
                Expr::Field(field) => is_place(&field.base),
                Expr::Index(index) => is_place(&index.expr),
                Expr::Paren(paren) => is_place(&paren.expr),
                _ => false,
            }
        }
        if !is_place(target) {
            return false;
        }
        let Some(place) = self.place(target) else { return false };
        // What is taken apart by value must be a list as far as is known.
        form != EachForm::Owned
            || self.var(place.root).is_reference()
            || self.place_ty(&place).is_list()
    }

    fn each_loop(&mut self, each: &ExprForLoop, target: &Expr, form: EachForm) {
        let span = each.for_token.span;
        let place = self.place(target).expect("the target was checked to be a place");
        let root_is_reference = place.path.is_empty() && self.var(place.root).is_reference();
        let form = match (form, &*each.pat) {
            (EachForm::Owned, _) if root_is_reference && self.var(place.root).is_mutable() => {
                EachForm::Mutable
            }
            (EachForm::Owned, pat) if root_is_reference => match pat {
                Pat::Reference(_) => EachForm::Copied,
                _ => EachForm::Shared,
            },
            (EachForm::Shared, Pat::Reference(_)) => EachForm::Copied,
            (form, _) => form,
        };
        for index in place.indices().cloned().collect::<Vec<_>>() {
            self.pin(&index);
        }
        let len = self.length(&place, span);
        let mut index_and_element = None;
        let body = self.in_region(|this| {
            let index = this.temp(Ty::Inactive, span, Role::LoopIndex);
            let mut element = place.clone();
            element.path.push(Proj::Index(Operand::Var(index)));
            let holder = this.element(each, element, form);
            index_and_element = Some((index, holder));
            this.loop_body(&each.body, each.label.as_ref())
        });
        let (index, element) = index_and_element.expect("the body was lowered");
        let source = Source::Each { index, len, place, form, element };
        self.emit(OpKind::For { source, body }, span);
    }

    /// The number of elements, read before the loop starts.
    pub(super) fn length(&mut self, place: &Place, span: proc_macro2::Span) -> crate::ir::VarId {
        let receiver = self.reference(place.clone(), RefStyle::AutoRef, span);
        let name = Ident::new("len", proc_macro2::Span::mixed_site().located_at(span));
        let value = Value::Method { name, turbofish: None, args: vec![receiver] };
        let operand = self.define(value, Ty::Inactive, span);
        self.pin(&operand);
        operand.var().expect("a definition gives a variable")
    }

    /// Binds the loop pattern to one element. Returns the variable that the forward loop binds.
    fn element(&mut self, each: &ExprForLoop, element: Place, form: EachForm) -> crate::ir::VarId {
        let mut pat = &*each.pat;
        if let (EachForm::Copied, Pat::Reference(reference)) = (form, pat) {
            pat = &reference.pat;
        }
        let by_ref = matches!(form, EachForm::Shared | EachForm::Mutable);
        let ty = self.place_ty(&element);
        let holder = if by_ref {
            let role = Role::Alias { target: element, mutable: form == EachForm::Mutable };
            match pat {
                Pat::Ident(ident) => return self.named(&ident.ident, ty, role),
                _ => self.temp(ty, pat.span(), role),
            }
        } else {
            let (holder, mutable) = match pat {
                Pat::Ident(ident) => {
                    let mutable = ident.mutability.is_some();
                    let role = if mutable { Role::Mutable } else { Role::Let };
                    (self.named(&ident.ident, ty, role), true)
                }
                _ => (self.temp(ty, pat.span(), Role::Temp { inline: false }), false),
            };
            self.emit(OpKind::Define { dest: holder, value: Value::Load(element) }, pat.span());
            if mutable {
                return holder;
            }
            holder
        };
        self.bind(pat, Place::var(holder), by_ref);
        holder
    }

    /// `no_grad! { … }` and `enable_grad! { … }`.
    pub(super) fn with_recording(
        &mut self,
        recording: bool,
        body: &[syn::Stmt],
    ) -> Option<Operand> {
        let outer = std::mem::replace(&mut self.recording, recording);
        let before = self.vars.len();
        self.scopes.push(std::collections::HashMap::new());
        let result = self.stmts(body);
        self.scopes.pop();
        // What flows out of the block is made here, so that it is a constant outside.
        let result = result.map(|operand| match &operand {
            Operand::Var(var)
                if !recording && var.0 as usize >= before && self.open_defines(*var) =>
            {
                operand
            }
            Operand::Var(var) if !recording => {
                let ty = self.operand_ty(&operand);
                let span = self.var(*var).span;
                self.define(Value::Detach(operand), ty, span)
            }
            // What is named where recording is on again is not cut by the block around.
            Operand::Var(var) if !outer && !self.operand_ty(&operand).is_inactive() => {
                let (ty, span) = (self.operand_ty(&operand), self.var(*var).span);
                self.define(Value::Use(operand), ty, span)
            }
            _ => operand,
        });
        self.recording = outer;
        result
    }

    /// Whether the last operation defines `var` by computing it.
    fn open_defines(&self, var: crate::ir::VarId) -> bool {
        match self.ops().last().map(|op| &op.kind) {
            Some(OpKind::Define { dest, value }) => {
                *dest == var && !matches!(value, Value::Ref { .. })
            }
            Some(OpKind::If { dest, .. } | OpKind::Match { dest, .. }) => *dest == Some(var),
            _ => false,
        }
    }

    /// Lowers a branch. What it has for a value is a constant where nothing is recorded, be it only
    /// the name of a variable from outside.
    pub(super) fn branch_value(
        &mut self,
        lower: impl FnOnce(&mut Self) -> Option<Operand>,
    ) -> Option<Operand> {
        let before = self.vars.len();
        let operand = lower(self)?;
        match &operand {
            Operand::Var(var)
                if !self.recording
                    && (var.0 as usize) < before
                    && !matches!(self.operand_ty(&operand), Ty::Inactive) =>
            {
                let (ty, span) = (self.operand_ty(&operand), self.var(*var).span);
                Some(self.define(Value::Use(operand), ty, span))
            }
            _ => Some(operand),
        }
    }

    /// `set_grad_enabled!(mode, { … })`.
    pub(super) fn gated(&mut self, mode: &Expr, body: &[syn::Stmt]) -> Option<Operand> {
        if let Expr::Lit(lit) = mode {
            if let syn::Lit::Bool(value) = &lit.lit {
                return self.with_recording(value.value, body);
            }
        }
        let cond = self.condition(mode);
        let span = mode.span();
        self.select(
            cond,
            span,
            |this| this.with_recording(true, body),
            |this| this.with_recording(false, body),
        )
    }
}

fn strip_rev(expr: &Expr) -> (&Expr, bool) {
    match expr {
        Expr::Paren(inner) => strip_rev(&inner.expr),
        Expr::MethodCall(call) if call.method == "rev" && call.args.is_empty() => {
            let (inner, reversed) = strip_rev(&call.receiver);
            (inner, !reversed)
        }
        other => (other, false),
    }
}

/// The list that a `for` runs over, and how.
fn elements(expr: &Expr) -> Option<(&Expr, EachForm)> {
    match expr {
        Expr::Paren(inner) => elements(&inner.expr),
        Expr::Reference(reference) => Some((
            &reference.expr,
            if reference.mutability.is_some() { EachForm::Mutable } else { EachForm::Shared },
        )),
        Expr::MethodCall(call) if call.args.is_empty() => match call.method.to_string().as_str() {
            "iter" => Some((&call.receiver, EachForm::Shared)),
            "iter_mut" => Some((&call.receiver, EachForm::Mutable)),
            _ => None,
        },
        Expr::Path(_) | Expr::Field(_) => Some((expr, EachForm::Owned)),
        _ => None,
    }
}

pub(super) fn has_let(cond: &Expr) -> bool {
    match cond {
        Expr::Let(_) => true,
        Expr::Paren(inner) => has_let(&inner.expr),
        Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}
