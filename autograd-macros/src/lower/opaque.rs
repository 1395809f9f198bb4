//! Tokens that are carried over whole: which variables they read, write and move, and whether
//! control could leave them.

use super::Lowerer;
use crate::ir::{Opaque, Operand, Reject, Ty, Value, VarId};
use crate::parse::is_compound;
use crate::rules;
use crate::walk::visit_mut::{self, VisitMut};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, ToTokens};
use std::collections::HashSet;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Block, Expr, ExprBlock, ExprForLoop, ExprLoop, ExprWhile, Label, Lifetime, Lit, Macro, Pat,
    Token,
};

/// The reason for which an expression may not see an active value.
#[allow(clippy::unnecessary_wraps, reason = "every use is an optional reason")]
pub(super) fn reject(message: impl Into<String>, help: impl Into<String>) -> Option<Reject> {
    Some(Reject { message: message.into(), help: help.into() })
}

impl Lowerer<'_> {
    /// Carries an expression over, to be evaluated once in the forward pass.
    pub(super) fn opaque(
        &mut self,
        expr: &Expr,
        reject: Option<Reject>,
        ty: Ty,
        label: &'static str,
    ) -> Operand {
        self.opaque_at(expr, reject, ty, label, expr.span())
    }

    /// The same; `span` is where it is rejected.
    pub(super) fn opaque_at(
        &mut self,
        expr: &Expr,
        reject: Option<Reject>,
        ty: Ty,
        label: &'static str,
        span: Span,
    ) -> Operand {
        let mut expr = expr.clone();
        let opaque = self.scan(|scan| scan.visit_expr_mut(&mut expr), reject, label);
        let opaque = Opaque { tokens: expr.to_token_stream(), ..opaque };
        if opaque.reads.is_empty() && opaque.writes.is_empty() && is_path_like(&expr) {
            return Operand::literal(opaque.tokens, ty);
        }
        self.define(Value::Opaque(opaque), ty, span)
    }

    /// Scans syntax in place, renaming variables, and gathers what it does with them.
    pub(super) fn scan(
        &mut self,
        visit: impl FnOnce(&mut Scan<'_, '_>),
        reject: Option<Reject>,
        label: &'static str,
    ) -> Opaque {
        let (opaque, escapes) = self.scanned(visit, reject, label);
        for (span, what) in escapes {
            self.diag.error(
                span,
                format!("{what} is not accepted in a differentiable function"),
                "the reverse pass must know every way out of the function: end the body with its value",
            );
        }
        opaque
    }

    /// The same, with the ways out of the syntax.
    pub(super) fn scanned(
        &mut self,
        visit: impl FnOnce(&mut Scan<'_, '_>),
        reject: Option<Reject>,
        label: &'static str,
    ) -> (Opaque, Vec<(Span, &'static str)>) {
        let mut scan = Scan {
            lowerer: self,
            reads: Vec::new(),
            writes: Vec::new(),
            moves: Vec::new(),
            assigned: Vec::new(),
            called: Vec::new(),
            escapes: Vec::new(),
            bound: Vec::new(),
            loops: 0,
            labels: Vec::new(),
        };
        visit(&mut scan);
        let Scan { mut reads, mut writes, moves, mut assigned, called, escapes, .. } = scan;
        // Tokens that mention a closure do what it does.
        for var in reads.clone() {
            let Some(closure) = self.closures.get(&var).map(std::rc::Rc::clone) else { continue };
            self.mentioned.insert(var);
            closure.captures.reads.iter().for_each(|var| push(&mut reads, *var));
            closure.captures.writes.iter().for_each(|var| push(&mut writes, *var));
            closure.captures.assigned.iter().for_each(|var| push(&mut assigned, *var));
        }
        // What is allowed to look at active values is not allowed to change them.
        let reject = reject
            .or_else(|| (!assigned.is_empty()).then(assignment))
            .or_else(|| (!called.is_empty()).then(hidden_call));
        let tokens = TokenStream::new();
        (Opaque { tokens, reads, writes, assigned, moves, reject, label }, escapes)
    }
}

fn assignment() -> Reject {
    Reject {
        message: "an assignment inside this expression to an active variable is not accepted yet"
            .to_owned(),
        help: "assign in a statement of its own".to_owned(),
    }
}

fn hidden_call() -> Reject {
    Reject {
        message: "a call inside this expression may change an active variable".to_owned(),
        help: "give its value a name before: `let y = …;`; or call it on `.detach()` of the variable if it only reads"
            .to_owned(),
    }
}

/// Paths and casts of literals mean the same wherever they are written.
fn is_path_like(expr: &Expr) -> bool {
    match expr {
        Expr::Path(_) | Expr::Lit(_) => true,
        Expr::Paren(inner) => is_path_like(&inner.expr),
        Expr::Unary(inner) => is_path_like(&inner.expr),
        Expr::Cast(inner) => is_path_like(&inner.expr),
        // `T::from_f64(2.0)`, `T::one()`: constants of a generic scalar.
        Expr::Call(call) => {
            matches!(&*call.func, Expr::Path(path) if path.path.segments.len() == 2
                && matches!(path.path.segments[1].ident.to_string().as_str(), "from_f64" | "from_usize"))
                && call.args.iter().all(is_path_like)
        }
        _ => false,
    }
}

/// Which argument of a macro of the standard library is a format string; `None` of any other.
fn position_of_format(path: &syn::Path) -> Option<usize> {
    Some(match path.segments.last()?.ident.to_string().as_str() {
        "assert" | "debug_assert" | "write" | "writeln" => 1,
        "assert_eq" | "assert_ne" | "debug_assert_eq" | "debug_assert_ne" => 2,
        "print" | "println" | "eprint" | "eprintln" | "format" | "format_args" | "panic"
        | "todo" | "unimplemented" | "unreachable" => 0,
        _ => return None,
    })
}

/// Walks over syntax with Rust's scoping.
pub(super) struct Scan<'l, 'd> {
    lowerer: &'l Lowerer<'d>,
    reads: Vec<VarId>,
    writes: Vec<VarId>,
    moves: Vec<VarId>,
    assigned: Vec<VarId>,
    /// What a call may change.
    called: Vec<VarId>,
    escapes: Vec<(Span, &'static str)>,
    /// Names bound inside the syntax itself.
    bound: Vec<HashSet<String>>,
    loops: u32,
    /// The labels of loops and blocks inside the syntax itself.
    labels: Vec<String>,
}

impl Scan<'_, '_> {
    fn resolve(&self, ident: &Ident) -> Option<VarId> {
        let name = ident.to_string();
        if self.bound.iter().any(|scope| scope.contains(&name)) {
            return None;
        }
        self.lowerer.lookup(&name)
    }

    fn local(&self, expr: &Expr) -> Option<VarId> {
        match expr {
            Expr::Path(path) => path.path.get_ident().and_then(|ident| self.resolve(ident)),
            Expr::Field(field) => self.local(&field.base),
            Expr::Index(index) => self.local(&index.expr),
            Expr::Paren(paren) => self.local(&paren.expr),
            Expr::Unary(unary) => self.local(&unary.expr),
            _ => None,
        }
    }

    fn writes(&mut self, target: &Expr) {
        let mut places = Vec::new();
        if super::destructure::pattern(target, &mut places).is_some() {
            return places.iter().for_each(|(_, place)| self.writes(place));
        }
        if let Some(var) = self.local(target) {
            push(&mut self.writes, var);
            push(&mut self.assigned, var);
        }
    }

    /// Whether a `break` or `continue` goes to what is around the syntax.
    fn leaves(&self, label: Option<&Lifetime>) -> bool {
        label.map_or(self.loops == 0, |label| !self.labels.contains(&label.to_string()))
    }

    fn labelled(&mut self, label: Option<&Label>, visit: impl FnOnce(&mut Self)) {
        let outer = self.labels.len();
        self.labels.extend(label.map(|label| label.name.to_string()));
        visit(self);
        self.labels.truncate(outer);
    }

    pub(super) fn scoped(&mut self, visit: impl FnOnce(&mut Self)) {
        self.bound.push(HashSet::new());
        visit(self);
        self.bound.pop();
    }

    /// Renames and notes the variables that a format string captures: `"{x}"`.
    fn captures(&mut self, format: &str) -> Vec<TokenStream> {
        let mut renamed = Vec::new();
        let mut rest = format;
        while let Some(open) = rest.find('{') {
            rest = &rest[open + 1..];
            if let Some(escaped) = rest.strip_prefix('{') {
                rest = escaped;
                continue;
            }
            let end = rest.find(['}', ':']).unwrap_or(rest.len());
            let Ok(name) = syn::parse_str::<Ident>(&rest[..end]) else { continue };
            let Some(var) = self.resolve(&name) else { continue };
            push(&mut self.reads, var);
            let ident = &self.lowerer.var(var).ident;
            if *ident != name {
                renamed.push(quote!(#name = #ident));
            }
        }
        renamed
    }
}

fn push(list: &mut Vec<VarId>, var: VarId) {
    if !list.contains(&var) {
        list.push(var);
    }
}

impl VisitMut for Scan<'_, '_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Path(path) => {
                let Some(var) = path.path.get_ident().and_then(|ident| self.resolve(ident)) else {
                    return;
                };
                push(&mut self.reads, var);
                let ident = self.lowerer.var(var).ident.clone();
                if path.path.get_ident() != Some(&ident) {
                    path.path = ident.into();
                }
                return;
            }
            Expr::Assign(assign) => self.writes(&assign.left),
            Expr::Binary(binary) if is_compound(&binary.op) => self.writes(&binary.left),
            Expr::Reference(reference) if reference.mutability.is_some() => {
                self.writes(&reference.expr);
            }
            Expr::MethodCall(call) => {
                let name = call.method.to_string();
                if rules::is_mutating(&name) {
                    let receiver = call.receiver.clone();
                    self.writes(&receiver);
                }
                if self.lowerer.may_change_receiver(call) {
                    if let Some(var) = self.local(&call.receiver) {
                        push(&mut self.writes, var);
                        push(&mut self.called, var);
                    }
                }
                for arg in &call.args {
                    self.moved(arg);
                    self.passed_on(arg);
                }
            }
            Expr::Call(call) => {
                for arg in &call.args {
                    self.moved(arg);
                    self.passed_on(arg);
                }
            }
            Expr::Return(inner) => {
                self.escapes.push((inner.return_token.span(), "an early `return`"));
            }
            Expr::Try(inner) => self.escapes.push((inner.question_token.span(), "`?`")),
            Expr::Await(inner) => self.escapes.push((inner.await_token.span(), "`await`")),
            Expr::Yield(inner) => self.escapes.push((inner.yield_token.span(), "`yield`")),
            Expr::Break(inner) if self.leaves(inner.label.as_ref()) => {
                self.escapes.push((inner.break_token.span(), "`break` out of this loop"));
            }
            Expr::Continue(inner) if self.leaves(inner.label.as_ref()) => {
                self.escapes.push((inner.continue_token.span(), "`continue` of this loop"));
            }
            Expr::Closure(closure) => {
                let escapes = self.escapes.len();
                self.scoped(|scan| {
                    for input in &mut closure.inputs {
                        scan.visit_pat_mut(input);
                    }
                    scan.visit_expr_mut(&mut closure.body);
                });
                self.escapes.truncate(escapes);
                return;
            }
            Expr::While(ExprWhile { label, .. })
            | Expr::Loop(ExprLoop { label, .. })
            | Expr::ForLoop(ExprForLoop { label, .. }) => {
                let label = label.clone();
                self.loops += 1;
                self.labelled(label.as_ref(), |scan| {
                    scan.scoped(|scan| visit_mut::visit_expr_mut(scan, expr));
                });
                self.loops -= 1;
                return;
            }
            Expr::Block(ExprBlock { label: Some(label), .. }) => {
                let label = label.clone();
                self.labelled(Some(&label), |scan| visit_mut::visit_expr_mut(scan, expr));
                return;
            }
            _ => {}
        }
        visit_mut::visit_expr_mut(self, expr);
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        self.scoped(|scan| visit_mut::visit_block_mut(scan, block));
    }

    fn visit_arm_mut(&mut self, arm: &mut syn::Arm) {
        self.scoped(|scan| visit_mut::visit_arm_mut(scan, arm));
    }

    fn visit_local_mut(&mut self, local: &mut syn::Local) {
        // The initialiser does not see the names that it initialises.
        if let Some(init) = &mut local.init {
            self.visit_expr_mut(&mut init.expr);
            if let Some((_, diverge)) = &mut init.diverge {
                self.visit_expr_mut(diverge);
            }
        }
        self.visit_pat_mut(&mut local.pat);
    }

    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        if let Pat::Ident(ident) = pat {
            if self.bound.is_empty() {
                self.bound.push(HashSet::new());
            }
            let scope = self.bound.last_mut().expect("a scope is open");
            scope.insert(ident.ident.to_string());
        }
        visit_mut::visit_pat_mut(self, pat);
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        let exprs = Punctuated::<Expr, Token![,]>::parse_terminated;
        if let Ok(mut args) = exprs.parse2(mac.tokens.clone()) {
            let mut extra = Vec::new();
            let format = position_of_format(&mac.path);
            for (index, arg) in args.iter_mut().enumerate() {
                match arg {
                    Expr::Lit(lit) if format.is_none_or(|format| format == index) => {
                        if let Lit::Str(format) = &lit.lit {
                            extra.extend(self.captures(&format.value()));
                        }
                    }
                    // `name = value`, a named argument of a format macro.
                    Expr::Assign(assign) => self.visit_expr_mut(&mut assign.right),
                    arg => self.visit_expr_mut(arg),
                }
            }
            let comma = (!args.empty_or_trailing() && !extra.is_empty()).then(|| quote!(,));
            mac.tokens = quote!(#args #comma #(#extra),*);
        } else if let Ok(mut stmts) = Block::parse_within.parse2(mac.tokens.clone()) {
            self.scoped(|scan| stmts.iter_mut().for_each(|stmt| scan.visit_stmt_mut(stmt)));
            mac.tokens = quote!(#(#stmts)*);
        } else {
            let mut idents = HashSet::new();
            super::collect_idents(mac.tokens.clone(), &mut idents);
            for name in idents {
                if let Ok(ident) = syn::parse_str::<Ident>(&name) {
                    if let Some(var) = self.resolve(&ident) {
                        push(&mut self.reads, var);
                    }
                }
            }
        }
    }
}

impl Scan<'_, '_> {
    /// A mutable reference may be changed by what it is given to.
    fn passed_on(&mut self, arg: &Expr) {
        let Expr::Path(path) = arg else { return };
        let Some(name) = path.path.get_ident() else { return };
        if !self.lowerer.is_mutable_reference(name) {
            return;
        }
        if let Some(var) = self.resolve(name) {
            push(&mut self.writes, var);
            push(&mut self.called, var);
        }
    }

    fn moved(&mut self, arg: &Expr) {
        if let Expr::Path(path) = arg {
            if let Some(var) = path.path.get_ident().and_then(|ident| self.resolve(ident)) {
                push(&mut self.moves, var);
            }
        }
    }
}
