//! Where an expression begins, which is where the compiler points to.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::Expr;

/// The span of the first token, found without writing out the others: expressions are nested, and each is asked.
pub(super) fn start(expr: &Expr) -> Span {
    match expr {
        Expr::Binary(binary) if binary.attrs.is_empty() => start(&binary.left),
        Expr::Cast(cast) if cast.attrs.is_empty() => start(&cast.expr),
        Expr::Field(field) if field.attrs.is_empty() => start(&field.base),
        Expr::Index(index) if index.attrs.is_empty() => start(&index.expr),
        Expr::Call(call) if call.attrs.is_empty() => start(&call.func),
        Expr::MethodCall(call) if call.attrs.is_empty() => start(&call.receiver),
        Expr::Assign(assign) if assign.attrs.is_empty() => start(&assign.left),
        Expr::Path(path) if path.attrs.is_empty() => path_start(path),
        Expr::Lit(lit) if lit.attrs.is_empty() => lit.lit.span(),
        Expr::Paren(paren) if paren.attrs.is_empty() => paren.paren_token.span.join(),
        other => other.span(),
    }
}

/// The same of a path.
pub(super) fn path_start(path: &syn::ExprPath) -> Span {
    match path.path.get_ident() {
        Some(name) if path.qself.is_none() => name.span(),
        _ => path.span(),
    }
}
