//! Functions inside of a differentiable function: those that could be given an active value are differentiable, too.

use super::Lowerer;
use crate::ir::Ty;
use crate::parse::krate;
use crate::walk::visit::{self, Visit};
use proc_macro2::Ident;
use syn::{parse_quote, Expr, ExprCall, FnArg, ItemFn, ReturnType};

impl Lowerer<'_> {
    /// A nested function, with the attribute if it needs one.
    pub(super) fn nested_function(&self, function: &ItemFn) -> ItemFn {
        let mut function = function.clone();
        let has_one = function.attrs.iter().any(|attr| {
            attr.path().segments.last().is_some_and(|last| last.ident == "differentiable")
        });
        if !has_one && self.may_be_active(&function) && self.is_called(&function.sig.ident) {
            let krate = krate(&self.target.args);
            function.attrs.push(parse_quote!(#[#krate::differentiable(crate = #krate)]));
        }
        function
    }

    /// Whether a function takes and gives what may have a derivative.
    fn may_be_active(&self, function: &ItemFn) -> bool {
        let may_be = |ty: &syn::Type| !Ty::of(ty, &self.reals).is_inactive();
        let takes = function.sig.inputs.iter().any(|input| match input {
            FnArg::Typed(typed) => may_be(&typed.ty),
            FnArg::Receiver(_) => false,
        });
        takes && matches!(&function.sig.output, ReturnType::Type(_, ty) if may_be(ty))
    }

    /// Whether a function is called with what could be active.
    fn is_called(&self, name: &Ident) -> bool {
        let mut calls = Calls { name, active: Vec::new(), nested: 0, in_nested: false };
        calls.visit_block(&self.target.function.block);
        calls.in_nested || calls.active.into_iter().any(|call| self.taint.reaches(&call.args))
    }
}

/// The calls of a function by its name.
struct Calls<'ast, 'n> {
    name: &'n Ident,
    active: Vec<&'ast ExprCall>,
    nested: usize,
    /// Whether another nested function calls it: what is active there is not known.
    in_nested: bool,
}

impl<'ast> Visit<'ast> for Calls<'ast, '_> {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.nested += 1;
        visit::visit_item_fn(self, function);
        self.nested -= 1;
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if let Expr::Path(path) = &*call.func {
            if path.path.is_ident(self.name) {
                self.in_nested |= self.nested > 0;
                self.active.push(call);
            }
        }
        visit::visit_expr_call(self, call);
    }
}
