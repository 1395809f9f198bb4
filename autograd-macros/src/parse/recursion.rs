//! Whether a function calls itself, directly or through other differentiable functions.
//!
//! The type of a pullback contains the types of the pullbacks that it calls; of a recursive function
//! it would contain itself, so there it is erased. A cycle through several functions is found when
//! the last of them is expanded: the expansions of a crate run in one process, which remembers what
//! each function calls. Names are compared without their paths: at worst a pullback is erased that
//! need not be.

use crate::walk::visit::{self, Visit};
use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use syn::{Expr, ItemFn};

type Calls = BTreeMap<String, BTreeSet<String>>;

static CALLS: Mutex<Calls> = Mutex::new(Calls::new());

/// Notes what a function calls, and says whether it can come back to itself by that.
pub(super) fn is_recursive(function: &ItemFn) -> bool {
    let name = function.sig.ident.to_string();
    let mut callees = Callees::default();
    callees.visit_block(&function.block);
    let mut calls = CALLS.lock().unwrap_or_else(PoisonError::into_inner);
    calls.insert(name.clone(), callees.0);
    let (mut seen, mut open) = (BTreeSet::new(), vec![&name]);
    while let Some(next) = open.pop() {
        for callee in calls.get(next).into_iter().flatten() {
            if *callee == name {
                return true;
            }
            if seen.insert(callee) {
                open.push(callee);
            }
        }
    }
    false
}

#[derive(Default)]
struct Callees(BTreeSet<String>);

impl<'ast> Visit<'ast> for Callees {
    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(path) = &*call.func {
            let last = path.path.segments.last();
            self.0.extend(last.map(|segment| segment.ident.to_string()));
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.0.insert(call.method.to_string());
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        // Names are enough, whatever the macro takes.
        names(mac.tokens.clone(), &mut self.0);
    }
}

fn names(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                found.insert(ident.to_string());
            }
            TokenTree::Group(group) => names(group.stream(), found),
            _ => {}
        }
    }
}
