//! Closures: written out where they are called.
//!
//! A closure that is bound by a `let` has its body lowered at each call, in the scope that it was
//! made in, so that what it captures has its gradient. The closure itself is emitted only if tokens
//! that are carried over mention it, such as a condition.

use super::exit::TargetKind;
use super::opaque::reject;
use super::Lowerer;
use crate::ir::{
    Aggregate, IdSet, OpKind, Opaque, Operand, Place, RefStyle, Region, Role, Ty, Value, VarId,
};
use crate::walk::visit_mut::VisitMut;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote_spanned, ToTokens};
use std::collections::HashMap;
use std::rc::Rc;
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, ExprClosure, Pat};

/// A closure, or the path of a function in the place of one.
pub(super) struct Closure {
    pub(super) inputs: Vec<Pat>,
    pub(super) body: Expr,
    /// The scopes that it was made in.
    scopes: Vec<HashMap<String, VarId>>,
    /// What its tokens read and write.
    pub(super) captures: Captures,
}

#[derive(Default, Clone)]
pub(super) struct Captures {
    pub(super) reads: Vec<VarId>,
    pub(super) writes: Vec<VarId>,
    pub(super) assigned: Vec<VarId>,
    /// Other closures that they mention.
    closures: IdSet<VarId>,
}

/// An argument, or an element of an iterator.
#[derive(Clone)]
pub(super) enum Item {
    /// A reference to a place.
    Ref {
        place: Place,
        mutable: bool,
    },
    /// What a variable that is a reference refers to.
    Referred(VarId),
    Value(Operand),
    Tuple(Vec<Item>),
    /// A closure, which is known by the name of a variable.
    Closure(VarId),
}

impl Lowerer<'_> {
    /// `let name = |…| …;`
    pub(super) fn bind_closure(&mut self, name: &Ident, closure: &ExprClosure) {
        let (captures, opaque) = self.captures(closure);
        let made = self.closure(closure, captures);
        let var = self.named(name, Ty::Unknown, Role::Let);
        self.emit(OpKind::Define { dest: var, value: Value::Opaque(opaque) }, name.span());
        self.closures.insert(var, Rc::new(made));
    }

    /// What the tokens of a closure mention, and these tokens.
    fn captures(&mut self, closure: &ExprClosure) -> (Captures, Opaque) {
        let mut tokens = Expr::Closure(closure.clone());
        // Whether they are emitted is not known yet.
        let mentioned = std::mem::take(&mut self.mentioned);
        let opaque = self.scan(|scan| scan.visit_expr_mut(&mut tokens), None, "closure");
        let closures = std::mem::replace(&mut self.mentioned, mentioned);
        let captures = Captures {
            reads: opaque.reads.clone(),
            writes: opaque.writes.clone(),
            assigned: opaque.assigned.clone(),
            closures,
        };
        (captures, Opaque { tokens: tokens.to_token_stream(), reject: None, ..opaque })
    }

    /// A closure as it stands here. A `move` closure has copies of the variables that may change.
    pub(super) fn closure(&mut self, closure: &ExprClosure, captures: Captures) -> Closure {
        let mut scopes = self.scopes.clone();
        if closure.capture.is_some() {
            let copies = self.copies(&captures.reads, closure.span());
            scopes.push(copies);
        }
        Closure {
            inputs: closure.inputs.iter().cloned().collect(),
            body: (*closure.body).clone(),
            scopes,
            captures,
        }
    }

    fn copies(&mut self, reads: &[VarId], span: Span) -> HashMap<String, VarId> {
        let mut copies = HashMap::new();
        for var in reads.iter().copied() {
            if !self.var(var).is_mutable() {
                continue;
            }
            let Some(source) = self.var(var).source.clone() else { continue };
            let ty = self.var(var).ty.clone();
            let copy = self.temp(ty, span, Role::Mutable);
            let value = Value::Load(Place::var(var));
            self.emit(OpKind::Define { dest: copy, value }, span);
            copies.insert(source, copy);
        }
        copies
    }

    /// An expression that stands for a function of `arity` arguments: a closure, the name of one, or
    /// the path of a function.
    pub(super) fn callable(&mut self, expr: &Expr, arity: usize) -> Rc<Closure> {
        match expr {
            Expr::Paren(inner) => return self.callable(&inner.expr, arity),
            Expr::Closure(closure) => {
                let captures = self.captures(closure).0;
                return Rc::new(self.closure(closure, captures));
            }
            Expr::Reference(reference) => return self.callable(&reference.expr, arity),
            Expr::Path(path) => {
                if let Some(closure) =
                    self.variable_of(path).and_then(|var| self.closures.get(&var))
                {
                    return Rc::clone(closure);
                }
            }
            _ => {}
        }
        let span = Span::mixed_site().located_at(expr.span());
        let names: Vec<Ident> =
            (0..arity).map(|i| Ident::new(&format!("argument{i}"), span)).collect();
        let inputs = names.iter().map(|name| syn::parse_quote!(#name)).collect();
        let body = syn::parse_quote_spanned!(expr.span()=> #expr(#(#names),*));
        let scopes = self.scopes.clone();
        Rc::new(Closure { inputs, body, scopes, captures: Captures::default() })
    }

    /// The call of a closure by its name, or where it is made; `None` if it is not one.
    #[allow(clippy::option_option, reason = "whether it is one, and its value")]
    pub(super) fn closure_call(&mut self, call: &ExprCall) -> Option<Option<Operand>> {
        let closure = match strip(&call.func) {
            Expr::Closure(closure) => {
                let captures = self.captures(closure).0;
                Rc::new(self.closure(closure, captures))
            }
            Expr::Path(path) => Rc::clone(self.closures.get(&self.variable_of(path)?)?),
            _ => return None,
        };
        let exprs: Vec<Expr> = call.args.iter().cloned().collect();
        let items: Vec<Item> = exprs.iter().map(|arg| self.argument(arg)).collect();
        Some(self.inline(&closure, items, call.span()))
    }

    fn argument(&mut self, arg: &Expr) -> Item {
        if let Some(closure) = self.closure_argument(arg) {
            return Item::Closure(closure);
        }
        match arg {
            Expr::Paren(inner) => self.argument(&inner.expr),
            Expr::Reference(reference) => {
                let place = self.place_or_temp(&reference.expr);
                Item::Ref { place, mutable: reference.mutability.is_some() }
            }
            Expr::Path(path) => {
                match self.variable_of(path).filter(|var| self.var(*var).is_reference()) {
                    Some(var) => Item::Referred(var),
                    None => self.value_item(arg),
                }
            }
            _ => self.value_item(arg),
        }
    }

    /// A closure, or a reference to one, as an argument.
    fn closure_argument(&mut self, arg: &Expr) -> Option<VarId> {
        match arg {
            Expr::Paren(inner) => self.closure_argument(&inner.expr),
            Expr::Reference(reference) => self.closure_argument(&reference.expr),
            Expr::Closure(closure) => {
                let name = Ident::new("autograd_closure", closure.span());
                self.bind_closure(&name, closure);
                self.lookup("autograd_closure")
            }
            _ => self.names_closure(arg),
        }
    }

    /// The variable that a closure is bound to, if an expression is its name, or a reference to it.
    pub(super) fn names_closure(&self, expr: &Expr) -> Option<VarId> {
        match expr {
            Expr::Paren(inner) => self.names_closure(&inner.expr),
            Expr::Reference(reference) => self.names_closure(&reference.expr),
            Expr::Path(path) => {
                self.variable_of(path).filter(|var| self.closures.contains_key(var))
            }
            _ => None,
        }
    }

    /// Lets a closure be known by another name, too.
    pub(super) fn rename_closure(&mut self, name: &Ident, closure: VarId) {
        let scope = self.scopes.last_mut().expect("a scope is open");
        scope.insert(name.to_string(), closure);
    }

    fn value_item(&mut self, arg: &Expr) -> Item {
        let operand = self.expr(arg);
        self.pin(&operand);
        Item::Value(operand)
    }

    /// Lowers the body of a closure for these arguments.
    pub(super) fn inline(
        &mut self,
        closure: &Closure,
        items: Vec<Item>,
        span: Span,
    ) -> Option<Operand> {
        self.in_closure(closure, items, |this| {
            if !super::exit::returns(&closure.body) {
                return this.maybe_unit(&closure.body);
            }
            let result = this.slot(Ty::Unknown, None, span);
            let body = this.in_region(|this| {
                this.enter(None, TargetKind::Function, Some(result));
                if let Some(value) = this.maybe_unit(&closure.body) {
                    this.pin(&value);
                    this.store_result(result, value, span);
                }
                this.targets.pop();
                None
            });
            this.emit(OpKind::Block { body }, span);
            this.result_of(Some(result), span)
        })
    }

    /// Lowers something in the scope of a closure, its arguments bound.
    pub(super) fn in_closure<T>(
        &mut self,
        closure: &Closure,
        items: Vec<Item>,
        lower: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let mut scopes = closure.scopes.clone();
        scopes.push(HashMap::new());
        let outer = std::mem::replace(&mut self.scopes, scopes);
        let targets = std::mem::take(&mut self.targets);
        for (input, item) in closure.inputs.iter().zip(items) {
            self.bind_item(input, item);
        }
        let result = lower(self);
        self.targets = targets;
        self.scopes = outer;
        result
    }

    /// Binds the names of a pattern that cannot fail to an item.
    pub(super) fn bind_item(&mut self, pat: &Pat, item: Item) {
        match (pat, item) {
            (Pat::Wild(_), Item::Value(operand)) => self.pin(&operand),
            (Pat::Wild(_), _) => {}
            (Pat::Paren(inner), item) => self.bind_item(&inner.pat, item),
            (Pat::Type(typed), Item::Value(operand)) => {
                if let Pat::Ident(ident) = &*typed.pat {
                    let known = Ty::of(&typed.ty, &self.reals);
                    let ty = if known == Ty::Unknown { self.operand_ty(&operand) } else { known };
                    let var =
                        self.bind_operand(&ident.ident, ident.mutability.is_some(), operand, ty);
                    self.vars[var.0 as usize].annotation = Some((*typed.ty).clone());
                } else {
                    self.bind_item(&typed.pat, Item::Value(operand));
                }
            }
            (Pat::Type(typed), item) => self.bind_item(&typed.pat, item),
            (Pat::Ident(ident), Item::Closure(closure)) => {
                self.rename_closure(&ident.ident, closure);
            }
            (Pat::Reference(inner), Item::Ref { place, .. }) => self.bind(&inner.pat, place, false),
            (Pat::Reference(inner), Item::Referred(var)) => {
                self.bind(&inner.pat, Place::var(var), false);
            }
            // A reference to a value that is made on the way: `filter(|&x| …)` after `map`.
            (Pat::Reference(inner), item) => self.bind_item(&inner.pat, item),
            (Pat::Tuple(pats), Item::Tuple(items)) => {
                for (pat, item) in pats.elems.iter().zip(items) {
                    self.bind_item(pat, item);
                }
            }
            (Pat::Ident(ident), Item::Ref { place, mutable }) => {
                self.alias(&ident.ident, place, mutable, false);
            }
            (Pat::Ident(ident), Item::Referred(var)) => {
                // What is moved stays what it was.
                let mutable = self.may_be_changed_through(var);
                self.alias(&ident.ident, Place::var(var), mutable, true);
            }
            (pat, Item::Ref { place, .. }) => self.bind(pat, place, true),
            (pat, Item::Referred(var)) => self.bind(pat, Place::var(var), true),
            (Pat::Ident(ident), item) => {
                let operand = self.item_value(item, ident.span());
                let ty = self.operand_ty(&operand);
                self.bind_operand(&ident.ident, ident.mutability.is_some(), operand, ty);
            }
            (pat, item) => {
                let operand = self.item_value(item, pat.span());
                let var = self.materialized(operand, pat.span());
                self.bind(pat, Place::var(var), false);
            }
        }
    }

    fn bind_operand(&mut self, name: &Ident, mutable: bool, operand: Operand, ty: Ty) -> VarId {
        let role = if mutable { Role::Mutable } else { Role::Let };
        let dest = self.named(name, ty, role);
        self.emit(OpKind::Define { dest, value: Value::Use(operand) }, name.span());
        dest
    }

    /// An item as one operand: a reference is borrowed, a tuple is built.
    pub(super) fn item_value(&mut self, item: Item, span: Span) -> Operand {
        match item {
            Item::Value(operand) => operand,
            Item::Ref { place, .. } => self.reference(place, RefStyle::Explicit, span),
            Item::Referred(var) => self.reference(Place::var(var), RefStyle::Plain, span),
            Item::Closure(closure) => {
                self.mentioned.insert(closure);
                Operand::Var(closure)
            }
            Item::Tuple(items) => {
                let parts: Vec<Operand> = items
                    .into_iter()
                    .map(|item| match item {
                        // A tuple owns what it holds.
                        Item::Ref { place, .. } => {
                            let ty = self.place_ty(&place);
                            self.define(Value::Load(place), ty, span)
                        }
                        item => self.item_value(item, span),
                    })
                    .collect();
                let ty = Ty::Tuple(parts.iter().map(|part| self.operand_ty(part)).collect());
                self.define(Value::Aggregate(Aggregate::Tuple, parts), ty, span)
            }
        }
    }

    /// Lowers the test of a filter, whose closure gets a reference to the item.
    pub(super) fn test_item(&mut self, closure: &Closure, item: &Item, span: Span) -> Operand {
        let item = item.clone();
        let bind = |this: &mut Self| {
            if let Some(input) = closure.inputs.first() {
                this.bind_seen(input, item, span);
            }
            this.condition(&closure.body)
        };
        self.in_closure(closure, Vec::new(), bind)
    }

    /// Binds a pattern to a reference to an item. The names are only looked at.
    fn bind_seen(&mut self, pat: &Pat, item: Item, span: Span) {
        match (pat, item) {
            (Pat::Wild(_), _) => {}
            (Pat::Paren(inner), item) => self.bind_seen(&inner.pat, item, span),
            (Pat::Type(typed), item) => self.bind_seen(&typed.pat, item, span),
            (Pat::Reference(inner), item) => self.bind_item(&inner.pat, item),
            (Pat::Tuple(pats), Item::Tuple(items)) => {
                for (pat, item) in pats.elems.iter().zip(items) {
                    self.bind_seen(pat, item, span);
                }
            }
            (Pat::Ident(ident), item) => {
                let mut reads = Vec::new();
                let tokens = self.seen(&item, &mut reads, span);
                let opaque = Opaque {
                    tokens: quote_spanned!(span=> &#tokens),
                    reads,
                    writes: Vec::new(),
                    assigned: Vec::new(),
                    moves: Vec::new(),
                    reject: None,
                    label: "look",
                };
                let dest = self.named(&ident.ident, Ty::Unknown, Role::Let);
                let value = Value::Opaque(opaque);
                self.emit(OpKind::Define { dest, value }, ident.span());
            }
            (pat, item) => {
                let operand = self.item_value(item, span);
                let var = self.materialized(operand, span);
                self.bind(pat, Place::var(var), true);
            }
        }
    }

    /// The tokens of an item, for code that only looks at it.
    fn seen(&mut self, item: &Item, reads: &mut Vec<VarId>, span: Span) -> TokenStream {
        match item {
            Item::Ref { place, .. } => {
                let name = Ident::new("seen", Span::mixed_site().located_at(span));
                let alias = self.alias(&name, place.clone(), false, false);
                reads.push(alias);
                self.var(alias).ident.to_token_stream()
            }
            Item::Value(operand) => {
                let var = self.materialized(operand.clone(), span);
                reads.push(var);
                self.var(var).ident.to_token_stream()
            }
            Item::Referred(_) | Item::Closure(_) => {
                let operand = self.item_value(item.clone(), span);
                self.seen(&Item::Value(operand), reads, span)
            }
            Item::Tuple(items) => {
                let parts: Vec<TokenStream> =
                    items.iter().map(|item| self.seen(item, reads, span)).collect();
                quote_spanned!(span=> (#(#parts,)*))
            }
        }
    }

    /// A closure's name where it is not called: it would leave the function's sight.
    pub(super) fn escaping(&mut self, expr: &Expr) -> Operand {
        let reason = reject(
            "a closure that captures or is given an active value is called here only where its body is not seen",
            "call it by its name in this function, or write a `#[differentiable]` function",
        );
        self.opaque(expr, reason, Ty::Unknown, "closure")
    }

    /// Removes the closures that no tokens mention.
    pub(super) fn drop_closures(&self, region: &mut Region) {
        let mut used = self.mentioned.clone();
        let mut open: Vec<VarId> = used.iter().copied().collect();
        while let Some(var) = open.pop() {
            let captures = self.closures.get(&var).map(|closure| &closure.captures);
            for inner in captures.into_iter().flat_map(|captures| &captures.closures) {
                if used.insert(*inner) {
                    open.push(*inner);
                }
            }
        }
        let unused = self.closures.keys().copied().filter(|var| !used.contains(var)).collect();
        remove(region, &unused);
    }
}

fn remove(region: &mut Region, unused: &IdSet<VarId>) {
    region
        .ops
        .retain(|op| !matches!(&op.kind, OpKind::Define { dest, .. } if unused.contains(dest)));
    for op in &mut region.ops {
        op.kind.regions_mut().into_iter().for_each(|inner| remove(inner, unused));
    }
}

fn strip(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(inner) => strip(&inner.expr),
        other => other,
    }
}
