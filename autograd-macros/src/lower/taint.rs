//! Which names could hold an active value at all: a quick answer that errs on the safe side.
//!
//! Code that mentions none of them can be carried over as it is, whatever it does.

use crate::ir::Names;
use crate::parse::Target;
use crate::walk::visit::{self, Visit};
use quote::ToTokens;
use std::cell::OnceCell;
use std::collections::HashMap;
use syn::{Expr, Pat};

/// The names that could hold an active value, looked for when they are first asked for: most functions never ask.
pub(super) struct Taint<'a> {
    target: &'a Target,
    names: OnceCell<Names>,
}

impl<'a> Taint<'a> {
    pub(super) fn new(target: &'a Target) -> Self {
        Self { target, names: OnceCell::new() }
    }

    fn names(&self) -> Names {
        let mut flows = Flows::default();
        flows.visit_block(&self.target.function.block);
        let active = self.target.params.iter().filter(|param| param.active);
        let mut names = Names::default();
        for param in active {
            names.insert(param.ident.to_string());
            names.extend(param.pattern.as_ref().map(idents).unwrap_or_default());
        }
        loop {
            let before = names.len();
            for (sources, targets) in &flows.edges {
                if sources.iter().any(|source| names.contains(source)) {
                    names.extend(targets.iter().cloned());
                }
            }
            if names.len() == before {
                return names;
            }
        }
    }

    /// Whether code mentions a name that could hold an active value.
    pub(super) fn reaches(&self, code: impl ToTokens) -> bool {
        let names = self.names.get_or_init(|| self.names());
        idents(code).iter().any(|name| names.contains(name))
    }
}

/// All identifiers, some more than once: a set would cost more than it saves.
fn idents(code: impl ToTokens) -> Vec<String> {
    let mut names = Vec::new();
    super::collect_idents(code.to_token_stream(), &mut names);
    names
}

#[derive(Default)]
struct Flows {
    /// Names that flow to names.
    edges: Vec<(Vec<String>, Vec<String>)>,
    /// The inputs of closures that have a name.
    closures: HashMap<String, Vec<String>>,
}

impl Flows {
    fn flow(&mut self, from: impl ToTokens, to: impl ToTokens) {
        self.edges.push((idents(from), idents(to)));
    }

    /// What binds a pattern to a value: what is written through a mutable reference flows back.
    fn bind(&mut self, value: &Expr, pat: &Pat) {
        let (value, pat) = (idents(value), idents(pat));
        if value.iter().any(|name| name == "mut" || name.ends_with("_mut")) {
            self.edges.push((pat.clone(), value.clone()));
        }
        self.edges.push((value, pat));
    }
}

impl<'ast> Visit<'ast> for Flows {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some(init) = &local.init {
            self.bind(&init.expr, &local.pat);
            if let (Pat::Ident(name), Expr::Closure(closure)) = (&local.pat, &*init.expr) {
                let inputs = closure.inputs.iter().flat_map(idents).collect();
                self.closures.insert(name.ident.to_string(), inputs);
            }
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_assign(&mut self, assign: &'ast syn::ExprAssign) {
        self.flow(&assign.right, &assign.left);
        visit::visit_expr_assign(self, assign);
    }

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        if crate::parse::is_compound(&binary.op) {
            self.flow(&binary.right, &binary.left);
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_for_loop(&mut self, each: &'ast syn::ExprForLoop) {
        self.bind(&each.expr, &each.pat);
        visit::visit_expr_for_loop(self, each);
    }

    fn visit_expr_let(&mut self, test: &'ast syn::ExprLet) {
        self.bind(&test.expr, &test.pat);
        visit::visit_expr_let(self, test);
    }

    fn visit_expr_match(&mut self, matched: &'ast syn::ExprMatch) {
        for arm in &matched.arms {
            self.bind(&matched.expr, &arm.pat);
        }
        visit::visit_expr_match(self, matched);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        // A method may change its receiver, and give a closure what it holds.
        self.flow(&call.args, &call.receiver);
        for arg in &call.args {
            let is_mutable =
                matches!(arg, Expr::Reference(reference) if reference.mutability.is_some());
            if is_mutable || matches!(arg, Expr::Path(_)) {
                self.flow(&call.args, arg);
                self.flow(&call.receiver, arg);
            }
            if let Expr::Closure(closure) = arg {
                self.flow(&call.receiver, &closure.inputs);
                self.flow(&call.args, &closure.inputs);
            }
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        for arg in &call.args {
            // A name may be that of a mutable reference.
            let is_mutable =
                matches!(arg, Expr::Reference(reference) if reference.mutability.is_some());
            if is_mutable || matches!(arg, Expr::Path(_)) {
                self.flow(&call.args, arg);
            }
        }
        if let Expr::Path(path) = &*call.func {
            let name = path.path.get_ident().map(ToString::to_string).unwrap_or_default();
            if let Some(inputs) = self.closures.get(&name).cloned() {
                self.edges.push((idents(&call.args), inputs));
            }
        }
        if let Expr::Paren(paren) = &*call.func {
            self.flow(&call.args, paren);
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let stmts = super::call::inside_of_macro(mac);
        let mut inner = Flows { closures: self.closures.clone(), ..Flows::default() };
        stmts.iter().for_each(|stmt| inner.visit_stmt(stmt));
        self.edges.extend(inner.edges);
    }
}
