//! Walks over syntax, of which each is compiled once.
//!
//! `syn`'s walks are generic: all of one is compiled again for each visitor, and whoever builds these macros
//! waits for it. The traits here have the methods that our visitors override or begin with, under the same names
//! and with the same meaning, and are object-safe: one walk serves them all.

/// Walks over syntax that is read.
pub(crate) mod visit {
    use syn::visit;

    macro_rules! walk {
        ($($method:ident: $node:ident,)+) => {
            /// A visitor. What it does not override walks into the node.
            pub(crate) trait Visit<'ast>: AsDyn<'ast> {
                $(fn $method(&mut self, node: &'ast syn::$node) {
                    $method(self.as_dyn(), node);
                })+
            }

            $(pub(crate) fn $method<'ast>(visitor: &mut dyn Visit<'ast>, node: &'ast syn::$node) {
                visit::$method(&mut Walk(visitor), node);
            })+

            impl<'ast> visit::Visit<'ast> for Walk<'_, 'ast> {
                $(fn $method(&mut self, node: &'ast syn::$node) {
                    self.0.$method(node);
                })+
            }
        };
    }

    /// The walk of `syn`, on behalf of a visitor.
    struct Walk<'v, 'ast>(&'v mut dyn Visit<'ast>);

    /// A visitor as one that is chosen at run time.
    pub(crate) trait AsDyn<'ast> {
        fn as_dyn<'v>(&'v mut self) -> &'v mut (dyn Visit<'ast> + 'v);
    }

    impl<'ast, V: Visit<'ast>> AsDyn<'ast> for V {
        fn as_dyn<'v>(&'v mut self) -> &'v mut (dyn Visit<'ast> + 'v) {
            self
        }
    }

    walk! {
        visit_attribute: Attribute,
        visit_block: Block,
        visit_const_param: ConstParam,
        visit_expr: Expr,
        visit_expr_assign: ExprAssign,
        visit_expr_binary: ExprBinary,
        visit_expr_break: ExprBreak,
        visit_expr_call: ExprCall,
        visit_expr_closure: ExprClosure,
        visit_expr_continue: ExprContinue,
        visit_expr_for_loop: ExprForLoop,
        visit_expr_let: ExprLet,
        visit_expr_loop: ExprLoop,
        visit_expr_match: ExprMatch,
        visit_expr_method_call: ExprMethodCall,
        visit_expr_return: ExprReturn,
        visit_fn_arg: FnArg,
        visit_item: Item,
        visit_item_fn: ItemFn,
        visit_local: Local,
        visit_macro: Macro,
        visit_pat: Pat,
        visit_pat_ident: PatIdent,
        visit_return_type: ReturnType,
        visit_signature: Signature,
        visit_stmt: Stmt,
        visit_type: Type,
        visit_type_param: TypeParam,
        visit_type_path: TypePath,
    }
}

/// Walks over syntax that is changed.
pub(crate) mod visit_mut {
    use syn::visit_mut;

    macro_rules! walk {
        ($($method:ident: $node:ty,)+) => {
            /// A visitor. What it does not override walks into the node.
            pub(crate) trait VisitMut: AsDyn {
                fn visit_attributes_mut(&mut self, attrs: &mut Vec<syn::Attribute>) {
                    let mut walk = Walk(self.as_dyn());
                    attrs.iter_mut().for_each(|attr| visit_mut::visit_attribute_mut(&mut walk, attr));
                }

                $(fn $method(&mut self, node: &mut $node) {
                    $method(self.as_dyn(), node);
                })+
            }

            $(pub(crate) fn $method(visitor: &mut dyn VisitMut, node: &mut $node) {
                visit_mut::$method(&mut Walk(visitor), node);
            })+

            impl visit_mut::VisitMut for Walk<'_> {
                fn visit_attributes_mut(&mut self, attrs: &mut Vec<syn::Attribute>) {
                    self.0.visit_attributes_mut(attrs);
                }

                $(fn $method(&mut self, node: &mut $node) {
                    self.0.$method(node);
                })+
            }
        };
    }

    /// The walk of `syn`, on behalf of a visitor.
    struct Walk<'v>(&'v mut dyn VisitMut);

    /// A visitor as one that is chosen at run time.
    pub(crate) trait AsDyn {
        fn as_dyn<'v>(&'v mut self) -> &'v mut (dyn VisitMut + 'v);
    }

    impl<V: VisitMut> AsDyn for V {
        fn as_dyn<'v>(&'v mut self) -> &'v mut (dyn VisitMut + 'v) {
            self
        }
    }

    walk! {
        visit_arm_mut: syn::Arm,
        visit_block_mut: syn::Block,
        visit_expr_method_call_mut: syn::ExprMethodCall,
        visit_expr_mut: syn::Expr,
        visit_expr_repeat_mut: syn::ExprRepeat,
        visit_field_pat_mut: syn::FieldPat,
        visit_item_fn_mut: syn::ItemFn,
        visit_item_mut: syn::Item,
        visit_lifetime_mut: syn::Lifetime,
        visit_local_mut: syn::Local,
        visit_macro_mut: syn::Macro,
        visit_pat_ident_mut: syn::PatIdent,
        visit_pat_mut: syn::Pat,
        visit_path_mut: syn::Path,
        visit_signature_mut: syn::Signature,
        visit_stmt_macro_mut: syn::StmtMacro,
        visit_stmt_mut: syn::Stmt,
        visit_type_array_mut: syn::TypeArray,
        visit_type_mut: syn::Type,
        visit_type_reference_mut: syn::TypeReference,
        visit_type_path_mut: syn::TypePath,
    }
}
