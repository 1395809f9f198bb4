//! A function over `f64` as a function over any scalar, so that it can be run over dual numbers.
//!
//! The type of the scalars, float literals, casts to it and constants become those of a generic parameter. What
//! cannot be seen, such as a call of a function over `f64` alone, does not fit its type then: that is an
//! error of the type checker at the user's tokens.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, ToTokens};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Expr, ExprCall, ExprCast, ExprLit, ExprMacro, ExprPath, ExprRepeat, Item, ItemFn, Lit, Macro,
    Pat, StmtMacro, Token, Type, TypeArray, TypePath,
};

/// The name of the twin of a function.
pub(crate) fn twin_name(name: &Ident) -> Ident {
    let plain = name.to_string();
    format_ident!("__{}_over_duals", plain.trim_start_matches("r#"), span = name.span())
}

/// The name of the function that a twin is of.
pub(super) fn untwinned(twin: &str) -> &str {
    let plain = twin.strip_prefix("__").and_then(|name| name.strip_suffix("_over_duals"));
    plain.unwrap_or(twin)
}

/// The scalar that a function is written over: the one that its signature names.
pub(crate) fn scalar_of(function: &ItemFn) -> Option<Ident> {
    struct Find(Option<Ident>);
    impl<'ast> Visit<'ast> for Find {
        fn visit_type_path(&mut self, ty: &'ast TypePath) {
            if let Some(name) = ty.path.get_ident().filter(|name| is_scalar(name)) {
                self.0.get_or_insert_with(|| name.clone());
            }
            visit::visit_type_path(self, ty);
        }
    }
    let mut find = Find(None);
    find.visit_signature(&function.sig);
    find.0
}

fn is_scalar(name: &Ident) -> bool {
    name == "f64" || name == "f32"
}

/// The twin of a function. `krate` is the path of the runtime.
pub(crate) fn twin(function: &ItemFn, scalar: &Ident, krate: &TokenStream) -> ItemFn {
    let mut twin = function.clone();
    twin.attrs.clear();
    twin.sig.ident = twin_name(&function.sig.ident);
    let parameter = Ident::new("Scalar", Span::mixed_site());
    let mut over = Over { krate, scalar: scalar.to_string(), parameter: parameter.clone() };
    over.visit_signature_mut(&mut twin.sig);
    over.visit_block_mut(&mut twin.block);
    twin.sig.generics.params.push(syn::parse_quote!(#parameter: #krate::Real));
    twin
}

struct Over<'a> {
    krate: &'a TokenStream,
    scalar: String,
    parameter: Ident,
}

impl Over<'_> {
    fn number(&self, value: &impl ToTokens, span: Span) -> Expr {
        let mut parameter = self.parameter.clone();
        parameter.set_span(parameter.span().located_at(span));
        syn::parse_quote_spanned!(span=> #parameter::from_f64(#value))
    }

    fn is_scalar(&self, ty: &Type) -> bool {
        matches!(ty, Type::Path(path) if path.path.is_ident(&self.scalar))
    }

    /// `f64::sqrt` as that of the parameter.
    fn replace_segment(&self, path: &mut syn::Path) {
        let first = path.segments.first_mut().expect("a path has a segment");
        if first.ident == self.scalar {
            first.ident = self.parameter.clone();
        }
    }

    /// `f64::max(a, b)` as `a.max(b)`, which is that of the parameter.
    fn as_method(
        &self,
        path: &syn::Path,
        args: &Punctuated<Expr, Token![,]>,
        span: Span,
    ) -> Option<Expr> {
        if path.segments[0].ident != self.scalar {
            return None;
        }
        let method = &path.segments[1];
        let (receiver, rest) = (&args[0], args.iter().skip(1));
        Some(syn::parse_quote_spanned!(span=> (#receiver).#method(#(#rest),*)))
    }

    fn list(&mut self, tokens: &TokenStream) -> Option<TokenStream> {
        let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
        let mut exprs = parser.parse2(tokens.clone()).ok()?;
        exprs.iter_mut().for_each(|expr| self.visit_expr_mut(expr));
        Some(exprs.to_token_stream())
    }

    fn repeat(&mut self, tokens: &TokenStream) -> Option<TokenStream> {
        let parser = Punctuated::<Expr, Token![;]>::parse_separated_nonempty;
        let mut exprs = parser.parse2(tokens.clone()).ok()?;
        exprs.iter_mut().for_each(|expr| self.visit_expr_mut(expr));
        Some(exprs.to_token_stream())
    }

    fn block(&mut self, tokens: &TokenStream) -> Option<TokenStream> {
        let mut stmts = syn::Block::parse_within.parse2(tokens.clone()).ok()?;
        stmts.iter_mut().for_each(|stmt| self.visit_stmt_mut(stmt));
        Some(quote!(#(#stmts)*))
    }

    fn mac(&mut self, mac: &mut Macro) {
        let name = mac.path.segments.last().map(|segment| segment.ident.to_string());
        let tokens = &mac.tokens;
        let replaced = match name.as_deref() {
            Some("no_grad" | "enable_grad") => self.block(tokens),
            Some("vec") => self.list(tokens).or_else(|| self.repeat(tokens)),
            _ => self.list(tokens),
        };
        if let Some(tokens) = replaced {
            mac.tokens = tokens;
        }
    }
}

impl VisitMut for Over<'_> {
    fn visit_type_path_mut(&mut self, ty: &mut TypePath) {
        if ty.path.is_ident(&self.scalar) {
            let mut parameter = self.parameter.clone();
            parameter.set_span(parameter.span().located_at(ty.span()));
            ty.path = parameter.into();
            return;
        }
        visit_mut::visit_type_path_mut(self, ty);
        // `Tensor<2>` has elements of type `f32`.
        let last = ty.path.segments.last_mut().expect("a path has a segment");
        if let (true, syn::PathArguments::AngleBracketed(arguments)) =
            (last.ident == "Tensor" && self.scalar == "f32", &mut last.arguments)
        {
            if arguments.args.len() == 1 {
                let parameter = &self.parameter;
                arguments.args.push(syn::parse_quote!(#parameter));
            }
        }
    }

    /// Lengths are constants.
    fn visit_type_array_mut(&mut self, array: &mut TypeArray) {
        self.visit_type_mut(&mut array.elem);
    }

    fn visit_expr_repeat_mut(&mut self, repeat: &mut ExprRepeat) {
        self.visit_expr_mut(&mut repeat.expr);
    }

    /// Items see no generic parameter, and patterns no value.
    fn visit_item_mut(&mut self, _: &mut Item) {}

    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        if let Pat::Type(typed) = pat {
            self.visit_type_mut(&mut typed.ty);
        }
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let span = expr.span();
        match expr {
            Expr::Lit(ExprLit { lit: Lit::Float(literal), .. })
                if literal.suffix().is_empty() || literal.suffix() == self.scalar =>
            {
                let digits = syn::LitFloat::new(literal.base10_digits(), literal.span());
                *expr = self.number(&digits, span);
            }
            Expr::Lit(ExprLit { lit: Lit::Int(literal), .. })
                if literal.suffix() == self.scalar =>
            {
                let digits = format!("{}.0", literal.base10_digits());
                let digits = syn::LitFloat::new(&digits, literal.span());
                *expr = self.number(&digits, span);
            }
            Expr::Cast(ExprCast { expr: inner, ty, .. }) if self.is_scalar(ty) => {
                self.visit_expr_mut(inner);
                let inner = inner.clone();
                *expr = self.number(&quote!(#inner as f64), span);
            }
            Expr::Call(ExprCall { func, args, .. }) => {
                args.iter_mut().for_each(|arg| self.visit_expr_mut(arg));
                if let Expr::Path(path) = &mut **func {
                    self.visit_path_mut(&mut path.path);
                    let is_from = path.path.segments.len() == 2
                        && path.path.segments[0].ident == self.scalar
                        && path.path.segments[1].ident == "from";
                    if is_from {
                        let from = quote!(f64::from(#args));
                        *expr = self.number(&from, span);
                    } else if path.path.segments.len() == 2 && !args.is_empty() {
                        if let Some(method) = self.as_method(&path.path, args, span) {
                            *expr = method;
                        }
                    }
                } else {
                    self.visit_expr_mut(func);
                }
            }
            Expr::Path(ExprPath { qself: None, path, .. }) => {
                let last = path.segments.last().expect("a path has a segment").ident.to_string();
                let constant = last.len() > 1
                    && last.chars().all(|c| c.is_uppercase() || c.is_ascii_digit() || c == '_');
                let of_scalar = path.segments.iter().any(|segment| segment.ident == self.scalar);
                if constant && of_scalar {
                    let path = path.clone();
                    *expr = self.number(&quote!(f64::from(#path)), span);
                } else if constant {
                    let (krate, parameter) = (self.krate, &self.parameter);
                    let path = path.clone();
                    *expr = syn::parse_quote_spanned!(span=> #krate::private::second::over::<#parameter, _>(#path));
                } else {
                    self.visit_path_mut(path);
                    if path.segments.len() > 1 {
                        self.replace_segment(path);
                    }
                }
            }
            Expr::Macro(ExprMacro { mac, .. }) => self.mac(mac),
            other => visit_mut::visit_expr_mut(self, other),
        }
    }

    fn visit_stmt_macro_mut(&mut self, stmt: &mut StmtMacro) {
        self.mac(&mut stmt.mac);
    }
}
