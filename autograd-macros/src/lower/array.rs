//! Arrays that a closure makes, `array.map(f)` and `std::array::from_fn(f)`, written out.

use super::Lowerer;
use crate::ir::ty::Float;
use crate::ir::Ty;
use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned, ToTokens};
use syn::spanned::Spanned;
use syn::{
    parse_quote_spanned, Expr, ExprCall, ExprMethodCall, GenericArgument, PathArguments, Type,
};

/// Up to so many elements are written out one by one; more are assigned in a loop, which needs a
/// number to start from.
const ONE_BY_ONE: usize = 16;

impl Lowerer<'_> {
    /// `array.map(f)` of an array that could hold active values.
    pub(super) fn mapped_array(&mut self, call: &ExprMethodCall) -> Option<Expr> {
        if call.method != "map" || call.args.len() != 1 || !self.taint.reaches(call) {
            return None;
        }
        let Ty::Array(element, len) = self.array_ty(&call.receiver)? else { return None };
        let (receiver, span) = (&call.receiver, call.method.span());
        let by_ref = self
            .place(receiver)
            .is_some_and(|place| place.path.is_empty() && self.var(place.root).is_reference());
        let clone = by_ref.then(|| quote_spanned!(span=> .clone()));
        let array = quote_spanned!(span=> autograd_array);
        let (bound, f) = function(&call.args[0], span)?;
        let owned = (!element.is_copy()).then(|| quote_spanned!(span=> .clone()));
        let is_float = element.is_float();
        Some(match len {
            Some(len) if len <= ONE_BY_ONE || !is_float => {
                let elements = (0..len).map(Literal::usize_unsuffixed);
                parse_quote_spanned! {span=> {
                    let #array = #receiver #clone;
                    #bound
                    [#(#f(#array[#elements] #owned)),*]
                }}
            }
            _ if is_float => parse_quote_spanned! {span=> {
                let mut #array = #receiver #clone;
                #bound
                for autograd_i in 0..#array.len() {
                    #array[autograd_i] = #f(#array[autograd_i]);
                }
                #array
            }},
            _ => return None,
        })
    }

    /// The type of an expression that is known to be an array.
    fn array_ty(&mut self, expr: &Expr) -> Option<Ty> {
        match expr {
            Expr::Paren(inner) => self.array_ty(&inner.expr),
            Expr::Array(array) => Some(Ty::Array(Box::new(Ty::Unknown), Some(array.elems.len()))),
            Expr::MethodCall(call) if call.method == "map" => {
                match self.array_ty(&call.receiver)? {
                    Ty::Array(_, len) => Some(Ty::Array(Box::new(Ty::Unknown), len)),
                    _ => None,
                }
            }
            Expr::MethodCall(call) if call.method == "clone" => self.array_ty(&call.receiver),
            Expr::Call(call) => {
                let (element, len) = generics(call)?;
                let element = Box::new(Ty::of(&element, &self.reals));
                Some(Ty::Array(element, crate::ir::ty::length(&len)))
            }
            _ => {
                let place = self.place(expr)?;
                Some(self.place_ty(&place)).filter(|ty| matches!(ty, Ty::Array(..)))
            }
        }
    }

    /// `std::array::from_fn(f)` of a closure that mentions active values.
    pub(super) fn array_from_fn(&mut self, call: &ExprCall) -> Option<Expr> {
        if !is_from_fn(call) || !self.taint.reaches(&call.args[0]) {
            return None;
        }
        let span = call.func.span();
        let Some((element, len)) = generics(call) else {
            self.diag.error(
                span,
                "the length of this array must be known in a differentiable function",
                "write it: `from_fn::<f64, 3, _>(…)`, or `let a: [f64; 3] = from_fn(…);`",
            );
            return None;
        };
        let (bound, f) = function(&call.args[0], span)?;
        let known = crate::ir::ty::length(&len);
        let ty = Ty::of(&element, &self.reals);
        let zero = zero(&ty, span);
        Some(match (known, zero) {
            (Some(known), zero) if known <= ONE_BY_ONE || zero.is_none() => {
                let elements = (0..known).map(Literal::usize_suffixed);
                parse_quote_spanned!(span=> { #bound [#(#f(#elements)),*] })
            }
            (_, Some(zero)) => parse_quote_spanned! {span=> {
                #bound
                let mut autograd_array = [#zero; #len];
                for autograd_i in 0..#len {
                    autograd_array[autograd_i] = #f(autograd_i);
                }
                autograd_array
            }},
            (_, None) => {
                self.diag.error(
                    span,
                    "an array of this type must have a length that is a number",
                    "write the number, or make an array of numbers for each part",
                );
                return None;
            }
        })
    }
}

/// `from_fn(f)`, with `T` and `N` for an expected type `[T; N]`.
pub(super) fn with_generics(call: &ExprCall, ty: &Type) -> Option<ExprCall> {
    let Type::Array(array) = ty else { return None };
    if !is_from_fn(call) || generics(call).is_some() {
        return None;
    }
    let mut call = call.clone();
    let Expr::Path(function) = &mut *call.func else { return None };
    let (element, len) = (&array.elem, &array.len);
    let arguments = syn::parse_quote!(::<#element, { #len }, _>);
    function.path.segments.last_mut()?.arguments = PathArguments::AngleBracketed(arguments);
    Some(call)
}

fn is_from_fn(call: &ExprCall) -> bool {
    let Expr::Path(function) = &*call.func else { return false };
    let names: Vec<String> =
        function.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    matches!(names.as_slice(), ["from_fn"] | [.., "array", "from_fn"]) && call.args.len() == 1
}

/// `T` and `N` of `from_fn::<T, N, _>(f)`.
fn generics(call: &ExprCall) -> Option<(Type, Expr)> {
    let Expr::Path(function) = &*call.func else { return None };
    let PathArguments::AngleBracketed(arguments) = &function.path.segments.last()?.arguments else {
        return None;
    };
    let mut arguments = arguments.args.iter();
    let Some(GenericArgument::Type(element)) = arguments.next() else { return None };
    let len = match arguments.next()? {
        GenericArgument::Const(Expr::Block(block)) => match block.block.stmts.as_slice() {
            [syn::Stmt::Expr(len, None)] => len.clone(),
            _ => return None,
        },
        GenericArgument::Const(len) => len.clone(),
        // A constant is like a type.
        GenericArgument::Type(Type::Path(path)) => syn::parse2(path.to_token_stream()).ok()?,
        _ => return None,
    };
    (is_from_fn(call) && !matches!(element, Type::Infer(_))).then(|| (element.clone(), len))
}

/// A statement that makes a closure, and how it is called.
fn function(f: &Expr, span: Span) -> Option<(TokenStream, TokenStream)> {
    match f {
        Expr::Paren(inner) => function(&inner.expr, span),
        Expr::Closure(_) => {
            let name = quote_spanned!(span=> autograd_f);
            Some((quote!(let #name = #f;), name))
        }
        Expr::Path(_) => Some((TokenStream::new(), quote!(#f))),
        _ => None,
    }
}

fn zero(ty: &Ty, span: Span) -> Option<TokenStream> {
    match ty {
        Ty::Float(Float::F32) => Some(quote_spanned!(span=> 0.0_f32)),
        Ty::Float(Float::F64) => Some(quote_spanned!(span=> 0.0_f64)),
        Ty::Float(Float::Generic(name)) => Some(quote_spanned!(span=> #name::from_f64(0.0))),
        _ => None,
    }
}
