//! Statements and blocks.

use super::closure::Item;
use super::opaque::reject;
use super::option::is_option_type;
use super::Lowerer;
use crate::ir::{OpKind, Opaque, Operand, Place, RefStyle, Reject, Role, Ty, Value, VarId};
use crate::walk::visit::{self, Visit};
use crate::walk::visit_mut::VisitMut as _;
use proc_macro2::Ident;
use syn::spanned::Spanned;
use syn::{Block, Expr, Local, Pat, Stmt, Type};

impl Lowerer<'_> {
    /// Lowers a block in a scope of its own.
    pub(super) fn block(&mut self, block: &Block) -> Option<Operand> {
        self.scopes.push(std::collections::HashMap::new());
        let result = self.stmts(&block.stmts);
        self.scopes.pop();
        result
    }

    pub(super) fn stmts(&mut self, stmts: &[Stmt]) -> Option<Operand> {
        for (index, stmt) in stmts.iter().enumerate() {
            let last = index + 1 == stmts.len();
            match stmt {
                Stmt::Expr(expr, None) if last => return self.maybe_unit(expr),
                Stmt::Expr(expr, _) => {
                    if let Some(Operand::Var(var)) = self.maybe_unit(expr) {
                        // Evaluated for its effect, where it stands.
                        self.pin(&Operand::Var(var));
                    }
                }
                Stmt::Macro(mac) => {
                    let expr = Expr::Macro(syn::ExprMacro {
                        attrs: mac.attrs.clone(),
                        mac: mac.mac.clone(),
                    });
                    let value = self.maybe_unit(&expr);
                    if last && mac.semi_token.is_none() {
                        return value;
                    }
                }
                Stmt::Local(local) => self.local(local),
                Stmt::Item(item) => self.item(item),
            }
        }
        None
    }

    fn item(&mut self, item: &syn::Item) {
        if let syn::Item::Mod(module) = item {
            self.diag.error_on(
                module.mod_token,
                "a module inside a differentiable function is not accepted",
                "move the module out of the function",
            );
        }
        if let syn::Item::Macro(mac) = item {
            self.diag.error_on(
                &mac.mac.path,
                "a macro defined inside a differentiable function is not accepted",
                "define it outside of the function",
            );
        }
        self.items.push(match item {
            syn::Item::Fn(function) => syn::Item::Fn(self.nested_function(function)),
            other => other.clone(),
        });
    }

    fn local(&mut self, local: &Local) {
        for attr in &local.attrs {
            if attr.path().is_ident("no_grad") {
                self.diag.error_on(
                    attr,
                    "`#[no_grad]` stands on a parameter or on a field of a struct",
                    "write `let x = no_grad! { … };`",
                );
            }
        }
        let (pat, ty) = match &local.pat {
            Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
            pat => (pat, None),
        };
        let Some(init) = &local.init else {
            self.declare(pat, ty);
            return;
        };
        if let Some((_, diverge)) = &init.diverge {
            self.let_else(local, diverge);
            return;
        }
        if let (Pat::Ident(ident), Some(closure)) = (pat, self.names_closure(&init.expr)) {
            self.rename_closure(&ident.ident, closure);
            return;
        }
        match pat {
            Pat::Ident(ident) if is_closure(&init.expr) => {
                if let Expr::Closure(closure) = &*init.expr {
                    self.bind_closure(&ident.ident, closure);
                }
            }
            Pat::Ident(ident) if ident.by_ref.is_none() && ident.subpat.is_none() => {
                self.let_name(&ident.ident, ident.mutability.is_some(), ty, &init.expr);
            }
            Pat::Wild(_) => {
                if let Some(operand) = self.maybe_unit(&init.expr) {
                    self.pin(&operand);
                }
            }
            pat => self.let_pattern(pat, &init.expr),
        }
    }

    /// `let x;`
    fn declare(&mut self, pat: &Pat, ty: Option<&Type>) {
        match pat {
            Pat::Tuple(tuple) if ty.is_none() => {
                return tuple.elems.iter().for_each(|pat| self.declare(pat, None));
            }
            Pat::Type(typed) => return self.declare(&typed.pat, Some(&typed.ty)),
            Pat::Paren(inner) => return self.declare(&inner.pat, ty),
            _ => {}
        }
        let Pat::Ident(ident) = pat else {
            self.diag.error_on(
                pat,
                "this declaration is not accepted yet in a differentiable function",
                "declare one name at a time",
            );
            return;
        };
        let known = ty.map_or(Ty::Unknown, |ty| Ty::of(ty, &self.reals));
        let dest = self.named(&ident.ident, known, Role::Mutable);
        if ty.is_some_and(is_option_type) {
            self.optional.insert(dest);
        }
        self.vars[dest.0 as usize].annotation = ty.cloned();
        self.emit(OpKind::Declare { dest }, ident.span());
    }

    fn let_name(&mut self, name: &Ident, mutable: bool, ty: Option<&Type>, init: &Expr) {
        if let (Some(target), false) = (self.reference_target(init), mutable) {
            let rebind = !matches!(init, Expr::Reference(_));
            // What is moved stays what it was.
            let mutable = rebind && self.may_be_changed_through(target.root);
            self.alias(name, target, mutable, rebind);
            return;
        }
        let is_option = ty.is_some_and(is_option_type) || self.is_option(init);
        let init = super::ends::with_expected_type(init, ty);
        let value = if ty.is_some_and(|ty| self.is_looked_for(&init, ty)) {
            self.opaque(&init, None, Ty::Inactive, "search")
        } else {
            self.expr(&init)
        };
        self.settle();
        let known = match ty.map(|ty| Ty::of(ty, &self.reals)) {
            None | Some(Ty::Unknown) => self.operand_ty(&value),
            Some(known) => known,
        };
        if mutable && self.refers_to_list(&init, &known) {
            self.diag.error_on(
                &init,
                "a variable that refers to one active list after the other is not accepted yet",
                "keep the position in a number, and write `&list[position..]` where the list is read",
            );
        }
        let role = if mutable { Role::Mutable } else { Role::Let };
        // What an operation computes is a value of its own: a rule may ask for it after the variable
        // was overwritten.
        let temp = self.take_temp(&value).filter(|_| !mutable || self.last_defines_mutable());
        let dest = self.named(name, known, role);
        if is_option {
            self.optional.insert(dest);
        }
        if let Some(temp) = temp {
            // The temporary becomes the named variable.
            self.adopt(temp, dest);
        } else {
            self.emit(OpKind::Define { dest, value: Value::Use(value) }, name.span());
        }
        self.vars[dest.0 as usize].annotation = ty.cloned();
    }

    /// Whether `init`, of type `ty`, is a reference to a list of active values.
    fn refers_to_list(&mut self, init: &Expr, ty: &Ty) -> bool {
        let is_reference = match init {
            Expr::Paren(inner) => return self.refers_to_list(&inner.expr, ty),
            Expr::Reference(_) => true,
            Expr::Path(path) => {
                self.variable_of(path).is_some_and(|var| self.var(var).is_reference())
            }
            _ => false,
        };
        is_reference && ty.is_list() && !ty.is_inactive() && self.taint.reaches(init)
    }

    /// The place that `init` is a reference to, if that is what it is.
    fn reference_target(&mut self, init: &Expr) -> Option<Place> {
        match init {
            Expr::Paren(inner) => self.reference_target(&inner.expr),
            Expr::Reference(reference) if reference.mutability.is_none() => {
                Some(self.place_or_temp(&reference.expr))
            }
            Expr::Path(path) => {
                self.variable_of(path).filter(|var| self.var(*var).is_reference()).map(Place::var)
            }
            _ => None,
        }
    }

    /// The temporary behind an operand, if its definition is the last operation and can be
    /// renamed.
    fn take_temp(&self, operand: &Operand) -> Option<VarId> {
        let var = operand.var()?;
        let is_temp = matches!(self.var(var).role, Role::Temp { .. });
        match self.ops().last().map(|op| &op.kind) {
            Some(OpKind::Define { dest, value }) if *dest == var && is_temp => {
                (!matches!(value, Value::Ref { style: RefStyle::Plain | RefStyle::AutoRef, .. }))
                    .then_some(var)
            }
            Some(OpKind::If { dest: Some(dest), .. }) if *dest == var && is_temp => Some(var),
            _ => None,
        }
    }

    /// Whether the last operation may define a mutable variable: no rule asks for its result.
    fn last_defines_mutable(&self) -> bool {
        match self.ops().last().map(|op| &op.kind) {
            Some(OpKind::Define { value, .. }) => value.may_define_mutable(),
            _ => true,
        }
    }

    /// Whether a value is what an iterator looks for, which by its type has no derivative: an index, or
    /// a list of them.
    fn is_looked_for(&self, init: &Expr, ty: &Type) -> bool {
        struct Integers(bool);
        impl<'ast> Visit<'ast> for Integers {
            fn visit_expr(&mut self, expr: &'ast Expr) {
                let to = if let Expr::Cast(cast) = expr { Some(&cast.ty) } else { None };
                self.0 |= to.is_some_and(|ty| !matches!(Ty::of(ty, &[]), Ty::Float(_)));
                visit::visit_expr(self, expr);
            }
        }
        if !Ty::of(ty, &self.reals).is_inactive() {
            return false;
        }
        // What is cast to an integer is reported where it is cast.
        let mut casts = Integers(false);
        casts.visit_expr(init);
        super::chain::is_of_iterator(init) && !casts.0
    }

    /// Lets the last operation define `named` instead of `temp`.
    fn adopt(&mut self, temp: VarId, named: VarId) {
        let ops = &mut self.open.last_mut().expect("a region is open").ops;
        match ops.last_mut().map(|op| &mut op.kind) {
            Some(OpKind::Define { dest, .. } | OpKind::If { dest: Some(dest), .. })
                if *dest == temp =>
            {
                *dest = named;
            }
            _ => unreachable!("the temporary is defined by the last operation"),
        }
    }

    pub(super) fn let_pattern(&mut self, pat: &Pat, init: &Expr) {
        if self.split_at(pat, init) {
            return;
        }
        // `let (a, b) = (x, y);` binds one by one.
        if let (Pat::Tuple(pats), Expr::Tuple(exprs)) = (pat, init) {
            let plain = pats.elems.iter().all(|pat| matches!(pat, Pat::Ident(_) | Pat::Wild(_)));
            if pats.elems.len() == exprs.elems.len() && plain {
                let members = pats.elems.iter().zip(&exprs.elems);
                let items: Vec<Item> = members.map(|(pat, elem)| self.member(pat, elem)).collect();
                for (pat, item) in pats.elems.iter().zip(items) {
                    let Pat::Ident(ident) = pat else { continue };
                    let Item::Value(value) = item else {
                        self.bind_item(pat, item);
                        continue;
                    };
                    let ty = self.operand_ty(&value);
                    let role = if ident.mutability.is_some() { Role::Mutable } else { Role::Let };
                    let dest = self.named(&ident.ident, ty, role);
                    self.emit(OpKind::Define { dest, value: Value::Use(value) }, ident.span());
                }
                return;
            }
        }
        let (inner, by_ref) = match init {
            Expr::Reference(reference) if reference.mutability.is_none() => {
                (&*reference.expr, true)
            }
            other => (other, false),
        };
        let place = self.place_or_temp(inner);
        let by_ref = by_ref || (place.path.is_empty() && self.var(place.root).is_reference());
        self.bind(pat, place, by_ref);
    }

    /// A member of a tuple that is taken apart where it is made.
    fn member(&mut self, pat: &Pat, expr: &Expr) -> Item {
        let is_fixed = matches!(pat, Pat::Ident(ident) if ident.mutability.is_none());
        if let (Expr::Reference(reference), true) = (expr, is_fixed) {
            let place = self.fixed_place(&reference.expr);
            return Item::Ref { place, mutable: reference.mutability.is_some() };
        }
        let operand = self.expr(expr);
        self.pin(&operand);
        Item::Value(operand)
    }

    /// A statement whose tokens are carried over, such as `println!`.
    pub(super) fn effect(&mut self, expr: &Expr, may_see_active: bool, label: &'static str) {
        let reason = if may_see_active {
            None
        } else {
            reject(
                "this statement over an active value is not accepted yet",
                "use `.detach()` or `no_grad! { … }`",
            )
        };
        let opaque = self.carried(expr, reason, label);
        self.emit(OpKind::Effect(opaque), expr.span());
    }

    /// A statement that changes a list of integers by what it sees of active values.
    pub(super) fn sorting(&mut self, expr: &Expr) {
        let mut opaque = self.carried(expr, None, "sort");
        if opaque.writes.iter().all(|var| self.var(*var).ty.is_inactive()) {
            opaque.reject = None;
        }
        self.emit(OpKind::Effect(opaque), expr.span());
    }

    fn carried(&mut self, expr: &Expr, reject: Option<Reject>, label: &'static str) -> Opaque {
        let mut tokens = expr.clone();
        let opaque = self.scan(|scan| scan.visit_expr_mut(&mut tokens), reject, label);
        Opaque { tokens: quote::quote!(#tokens), ..opaque }
    }
}

fn is_closure(expr: &Expr) -> bool {
    matches!(expr, Expr::Closure(closure) if closure.asyncness.is_none())
}
