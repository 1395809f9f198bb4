//! A function over `f64` as a function over any scalar, so that it can be run over dual numbers.
//!
//! The type of the scalars, float literals, casts to it and constants become those of a generic parameter. What
//! cannot be seen, such as a call of a function over `f64` alone, does not fit its type then: that is an
//! error of the type checker at the user's tokens.

use super::Target;
use crate::ir::Ty;
use crate::walk::visit::{self, Visit};
use crate::walk::visit_mut::{self, VisitMut};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned, ToTokens};
use std::collections::BTreeSet;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    ConstParam, Expr, ExprCall, ExprCast, ExprLit, ExprMacro, ExprMethodCall, ExprPath, ExprRepeat,
    FnArg, Item, ItemFn, Lit, Macro, Pat, PatIdent, StmtMacro, Token, Type, TypeArray, TypeParam,
    TypePath,
};

/// The name of the twin of a function. That of a method is made to be read where it is missing.
pub(crate) fn twin_name(name: &Ident, associated: bool) -> Ident {
    let text = name.to_string();
    let plain = text.trim_start_matches("r#");
    if associated {
        format_ident!("second_order_{plain}", span = name.span())
    } else {
        format_ident!("__{plain}_over_duals", span = name.span())
    }
}

/// The name of the function that a twin is of.
pub(super) fn untwinned(twin: &str) -> &str {
    let plain = twin.strip_prefix("__").and_then(|name| name.strip_suffix("_over_duals"));
    plain.unwrap_or(twin)
}

/// The scalar that a function is written over: the one that the type of its value names, or else the first
/// one in its signature.
pub(crate) fn scalar_of(function: &ItemFn) -> Option<Ident> {
    struct Find(Option<Ident>);
    impl<'ast> Visit<'ast> for Find {
        fn visit_type_path(&mut self, ty: &'ast TypePath) {
            let scalar = ty.path.get_ident().filter(|name| is_scalar(name)).cloned();
            let scalar = scalar
                .or_else(|| is_single_tensor(&ty.path).then(|| Ident::new("f32", ty.path.span())));
            if let Some(scalar) = scalar {
                self.0.get_or_insert(scalar);
            }
            visit::visit_type_path(self, ty);
        }
    }
    let mut find = Find(None);
    find.visit_return_type(&function.sig.output);
    find.visit_signature(&function.sig);
    find.0
}

fn is_scalar(name: &Ident) -> bool {
    name == "f64" || name == "f32"
}

/// `Tensor<2>` has elements of type `f32`.
fn is_single_tensor(path: &syn::Path) -> bool {
    let last = path.segments.last().expect("a path has a segment");
    match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => {
            last.ident == "Tensor" && arguments.args.len() == 1
        }
        _ => false,
    }
}

/// The types of the user's that a function takes active values of, or returns, and of which nothing says which
/// scalar they are over: as text, and `Self` for that of a receiver.
pub(crate) fn own_types(target: &Target, scalar: &Ident) -> BTreeSet<String> {
    struct Collect<'a> {
        scalar: &'a Ident,
        found: BTreeSet<String>,
    }
    impl<'ast> Visit<'ast> for Collect<'_> {
        fn visit_type_path(&mut self, ty: &'ast TypePath) {
            let tokens = ty.to_token_stream();
            let unknown = ty.qself.is_none() && Ty::of(&Type::Path(ty.clone()), &[]) == Ty::Unknown;
            if unknown && !mentions(&tokens, self.scalar) {
                self.found.insert(tokens.to_string());
            } else {
                visit::visit_type_path(self, ty);
            }
        }
    }
    let mut collect = Collect { scalar, found: BTreeSet::new() };
    for param in &target.params {
        if param.active || param.is_self() {
            collect.visit_type(&param.ty);
        }
    }
    collect.visit_type(&target.output);
    collect.found
}

/// Whether the twin takes another type for this one.
pub(crate) fn is_over(ty: &Type, own: &BTreeSet<String>, scalar: &Ident) -> bool {
    struct Find<'a> {
        own: &'a BTreeSet<String>,
        scalar: &'a Ident,
        found: bool,
    }
    impl<'ast> Visit<'ast> for Find<'_> {
        fn visit_type_path(&mut self, ty: &'ast TypePath) {
            self.found |= self.own.contains(&ty.to_token_stream().to_string());
            self.found |= self.scalar == "f32" && is_single_tensor(&ty.path);
            visit::visit_type_path(self, ty);
        }
    }
    let mut find = Find { own, scalar, found: mentions(&ty.to_token_stream(), scalar) };
    find.visit_type(ty);
    find.found
}

fn mentions(tokens: &TokenStream, name: &Ident) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        _ => false,
    })
}

/// The twin of a function, of which `target` is the understanding. `krate` is the path of the runtime.
///
/// A method becomes an associated function, of a receiver that is over any scalar and of the original one. What
/// it calls with a gradient, `methods`, it calls on the former; what is left gives no scalars, and is called
/// on the latter.
pub(crate) fn twin(
    function: &ItemFn,
    target: &Target,
    scalar: &Ident,
    methods: &BTreeSet<String>,
    krate: &TokenStream,
) -> ItemFn {
    let mut twin = function.clone();
    twin.attrs.clear();
    twin.sig.ident = twin_name(&function.sig.ident, target.associated);
    let parameter = Ident::new("Scalar", Span::mixed_site());
    let mut over = Over {
        krate,
        scalar: scalar.to_string(),
        parameter: parameter.clone(),
        own: own_types(target, scalar),
        bound: bound(function),
        methods,
    };
    let mut primal = None;
    if let Some(FnArg::Receiver(receiver)) = twin.sig.inputs.first() {
        let (attrs, this) = (&receiver.attrs, this(receiver.self_token.span));
        let by_value = matches!(receiver.kind, syn::ReceiverKind::Value);
        let borrow = (!by_value).then(|| quote!(&));
        let ty = Ident::new("Self", receiver.self_token.span);
        let original = original(receiver.self_token.span);
        primal = Some(syn::parse_quote!(#[no_grad] #original: &#ty));
        twin.sig.inputs[0] = syn::parse_quote!(#(#attrs)* #this: #borrow #ty);
    }
    over.visit_signature_mut(&mut twin.sig);
    if let Some(primal) = primal {
        twin.sig.inputs.insert(1, primal);
    }
    over.visit_block_mut(&mut twin.block);
    twin.sig.generics.params.push(syn::parse_quote!(#parameter: #krate::Real));
    twin
}

/// The names that a function binds.
fn bound(function: &ItemFn) -> BTreeSet<String> {
    struct Collect(BTreeSet<String>);
    impl<'ast> Visit<'ast> for Collect {
        fn visit_pat_ident(&mut self, pat: &'ast PatIdent) {
            self.0.insert(pat.ident.to_string());
            visit::visit_pat_ident(self, pat);
        }
        fn visit_type_param(&mut self, param: &'ast TypeParam) {
            self.0.insert(param.ident.to_string());
        }
        fn visit_const_param(&mut self, param: &'ast ConstParam) {
            self.0.insert(param.ident.to_string());
        }
    }
    let mut collect = Collect(BTreeSet::new());
    collect.visit_item_fn(function);
    collect.0
}

/// The receiver, in a twin.
fn this(at: Span) -> Ident {
    Ident::new("this", Span::mixed_site().located_at(at))
}

/// The receiver of the method itself, in a twin.
fn original(at: Span) -> Ident {
    Ident::new("original", Span::mixed_site().located_at(at))
}

/// What a twin calls on its receiver as it stands.
const ON_ANY: [&str; 3] = ["clone", "detach", "to_owned"];

struct Over<'a> {
    krate: &'a TokenStream,
    scalar: String,
    parameter: Ident,
    /// Types that are replaced by what they are over the parameter.
    own: BTreeSet<String>,
    /// What the function binds, or has as parameters.
    bound: BTreeSet<String>,
    /// The methods that are called with a gradient.
    methods: &'a BTreeSet<String>,
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

    /// `self.method(x)` as `Self::second_order_method(this, original, x)`, the twin of that method, or as
    /// `original.method(x)`.
    fn method_of_twin(&mut self, call: &mut ExprMethodCall) -> Expr {
        let at = call.receiver.span();
        let (this, original) = (this(at), original(at));
        if ON_ANY.iter().any(|name| call.method == name) {
            call.args.iter_mut().for_each(|arg| self.visit_expr_mut(arg));
            *call.receiver = syn::parse_quote!(#this);
            return Expr::MethodCall(call.clone());
        }
        if !self.methods.contains(&call.method.to_string()) {
            return self.without_scalars(call.to_token_stream(), call.method.span());
        }
        call.args.iter_mut().for_each(|arg| self.visit_expr_mut(arg));
        let (method, turbofish, args) = (&call.method, &call.turbofish, call.args.iter());
        let (of, twin) = (Ident::new("Self", at), twin_name(method, true));
        syn::parse_quote!(#of::#twin #turbofish (#this, #original #(, #args)*))
    }

    /// `Self::method(self, x)`, in the same way.
    fn function_of_twin(&mut self, call: &mut ExprCall) -> Option<Expr> {
        let Expr::Path(function) = &mut *call.func else { return None };
        let of_self =
            function.path.segments.len() == 2 && function.path.segments[0].ident == "Self";
        if !of_self || !call.args.first().is_some_and(is_self) {
            return None;
        }
        let method = function.path.segments[1].ident.clone();
        if !self.methods.contains(&method.to_string()) {
            return Some(self.without_scalars(call.to_token_stream(), method.span()));
        }
        function.path.segments[1].ident = twin_name(&method, true);
        let original = original(call.args[0].span());
        call.args.iter_mut().for_each(|arg| self.visit_expr_mut(arg));
        call.args.insert(1, syn::parse_quote!(#original));
        Some(Expr::Call(call.clone()))
    }

    /// A call of what has no twin, on the original receiver.
    fn without_scalars(&self, call: TokenStream, span: Span) -> Expr {
        let (krate, call) = (self.krate, renamed(call, original));
        syn::parse_quote_spanned!(span=> #krate::private::second::without_scalars(#call))
    }

    /// `f64::max`, as a function that is passed to `fold`, as a closure: no path leads to that of the parameter.
    fn functions_as_closures(&self, call: &mut ExprMethodCall) {
        let two = call.method == "fold" || call.method == "reduce";
        for arg in &mut call.args {
            let Expr::Path(ExprPath { qself: None, path, .. }) = arg else { continue };
            let name = &path.segments[path.segments.len() - 1].ident;
            let is_function = name.to_string().chars().all(|c| !c.is_uppercase());
            if path.segments.len() == 2 && path.segments[0].ident == self.scalar && is_function {
                let (span, name) = (path.span(), name.clone());
                let (a, b) =
                    (Ident::new("a", Span::mixed_site()), Ident::new("b", Span::mixed_site()));
                *arg = if two {
                    syn::parse_quote_spanned!(span=> |#a, #b| #a.#name(#b))
                } else {
                    syn::parse_quote_spanned!(span=> |#a| #a.#name())
                };
            }
        }
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
        mac.tokens = replaced.unwrap_or_else(|| renamed(tokens.clone(), this));
    }
}

fn is_self(expr: &Expr) -> bool {
    matches!(expr, Expr::Path(path) if path.path.is_ident("self"))
}

/// Tokens with another name for the receiver.
fn renamed(tokens: TokenStream, receiver: fn(Span) -> Ident) -> TokenStream {
    let rename = |token: TokenTree| match token {
        TokenTree::Ident(name) if name == "self" => receiver(name.span()).into(),
        TokenTree::Group(group) => {
            let tokens = renamed(group.stream(), receiver);
            let mut other = proc_macro2::Group::new(group.delimiter(), tokens);
            other.set_span(group.span());
            other.into()
        }
        other => other,
    };
    tokens.into_iter().map(rename).collect()
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
        if self.scalar == "f32" && is_single_tensor(&ty.path) {
            let last = ty.path.segments.last_mut().expect("a path has a segment");
            if let syn::PathArguments::AngleBracketed(arguments) = &mut last.arguments {
                let parameter = &self.parameter;
                arguments.args.push(syn::parse_quote!(#parameter));
            }
        }
    }

    fn visit_type_mut(&mut self, ty: &mut Type) {
        let own = matches!(ty, Type::Path(path) if path.qself.is_none())
            && self.own.contains(&ty.to_token_stream().to_string());
        if own {
            let (krate, parameter) = (self.krate, &self.parameter);
            let over = quote_spanned!(ty.span()=> <#ty as #krate::private::second::Over<#parameter>>::Over);
            *ty = syn::parse2(over).expect("a path is a type");
        } else {
            visit_mut::visit_type_mut(self, ty);
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
            Expr::Call(call) => {
                if let Some(of_twin) = self.function_of_twin(call) {
                    *expr = of_twin;
                    return;
                }
                let ExprCall { func, args, .. } = call;
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
            Expr::MethodCall(call) if is_self(&call.receiver) => {
                *expr = self.method_of_twin(call);
            }
            Expr::Path(ExprPath { qself: None, path, .. }) if path.is_ident("self") => {
                let this = this(span);
                *expr = syn::parse_quote!(#this);
            }
            Expr::Path(ExprPath { qself: None, path, .. }) => {
                let last = path.segments.last().expect("a path has a segment").ident.to_string();
                // A single letter after `::` is more likely a variant.
                let constant = !self.bound.contains(&last)
                    && (last.len() > 1 || path.segments.len() == 1)
                    && last.chars().any(char::is_uppercase)
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
            Expr::MethodCall(call) => {
                self.functions_as_closures(call);
                visit_mut::visit_expr_method_call_mut(self, call);
            }
            other => visit_mut::visit_expr_mut(self, other),
        }
    }

    fn visit_stmt_macro_mut(&mut self, stmt: &mut StmtMacro) {
        self.mac(&mut stmt.mac);
    }
}
