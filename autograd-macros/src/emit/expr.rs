//! The expressions of the reverse pass.

use super::frames::before_name;
use super::names::ident;
use super::value::{binary, operator_function};
use super::Emitter;
use crate::ir::{Tokens, Ty, VarId};
use crate::transform::adjoint::{Expr, Left, Part, Target};
use crate::transform::reverse::SEED;
use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};

/// How an expression is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As an owned value.
    Value,
    /// As a side of an operator or a receiver: a value or a reference.
    Operand,
    /// As a reference.
    Reference,
    /// As an index or a bound: an integer.
    Plain,
}

impl Emitter<'_> {
    /// An expression as an owned value.
    pub(super) fn owned(&self, expr: &Expr, span: Span) -> Tokens {
        self.expr(expr, Form::Value, span)
    }

    pub(super) fn expr(&self, expr: &Expr, form: Form, span: Span) -> Tokens {
        match expr {
            Expr::Primal(var) => self.primal(*var, form, span),
            Expr::Bar { var, last } => self.bar_value(*var, *last, form),
            Expr::Literal(tokens) => tokens.clone(),
            Expr::Saved { dest, .. } => (&self.partial(*dest)).into(),
            Expr::Binary(op, a, b) if self.has_operators(a) && self.has_operators(b) => {
                let a = self.expr(a, Form::Operand, span);
                let b = self.expr(b, Form::Operand, span);
                parenthesize(form, binary(*op, a, b, span))
            }
            Expr::Neg(a) if self.has_operators(a) => {
                let a = self.expr(a, Form::Operand, span);
                parenthesize(form, quote_spanned!(span=> -#a).into())
            }
            other => self.expr_stream(other, form, span).into(),
        }
    }

    fn expr_stream(&self, expr: &Expr, form: Form, span: Span) -> TokenStream {
        let krate = &self.krate_at(span);
        match expr {
            Expr::Primal(_) | Expr::Bar { .. } | Expr::Saved { .. } | Expr::Literal(_) => {
                unreachable!("names are written as such")
            }
            Expr::Part(target) => {
                let place = self.bar_place_at(target, span);
                quote_spanned!(span=> #krate::private::keep(&#place))
            }
            Expr::Take { target, left } => self.taken(target, *left, span),
            Expr::Moved { var, part } => self.moved(*var, part),
            Expr::Number { value, literal: true, .. } => {
                let literal = Literal::f64_unsuffixed(*value);
                quote_spanned!(span=> #literal)
            }
            Expr::Number { value, like, .. } => {
                let literal = Literal::f64_unsuffixed(*value);
                let bar = self.bar(*like);
                quote_spanned!(span=> #krate::private::adjoint::literal(&#bar, #literal))
            }
            Expr::Neg(a) => {
                let a = self.reference(a, span);
                quote_spanned!(span=> #krate::private::neg(#a))
            }
            Expr::Binary(op, a, b) => {
                let (a, b) = (self.reference(a, span), self.reference(b, span));
                let function = operator_function(*op, Span::mixed_site());
                quote_spanned!(span=> #krate::private::#function(#a, #b))
            }
            Expr::Method(name, parts) => {
                let receiver = self.receiver(&parts[0], span);
                let name = proc_macro2::Ident::new(name, span);
                quote_spanned!(span=> #receiver.#name())
            }
            Expr::Adjoint(name, parts) => {
                let name = ident(name);
                let parts = parts.iter().map(|part| self.expr(part, Form::Value, span));
                quote_spanned!(span=> #krate::private::adjoint::#name(#(#parts),*))
            }
            Expr::Ref(inner) => self.reference(inner, span),
            Expr::Undone { function, target, args } => self.undone(function, target, args, span),
            Expr::Shape(var) => {
                let shape = self.shape(*var);
                quote!(#shape)
            }
            Expr::SumTo { operand, value } => {
                let shape = Self::reference_at(self.shape(*operand), span);
                let value = self.expr(value, Form::Value, span);
                quote_spanned!(span=> #krate::private::sum_to(#shape, #value))
            }
            Expr::CastBack { operand, value } => {
                let shape = self.shape(*operand);
                let value = self.expr(value, Form::Value, span);
                quote_spanned!(span=> #shape.cast_back(#value))
            }
            Expr::Offset { parts, axis } => {
                let axis = self.expr(axis, Form::Operand, span);
                let sizes = parts.iter().map(|part| self.shape(*part));
                quote_spanned!(span=> (0 #(+ #sizes.shape()[#axis])*))
            }
            Expr::Selected { dest, value } => {
                let cotangent = self.expr(&Expr::Bar { var: *dest, last: false }, form, span);
                let value = self.expr(value, form, span);
                quote_spanned!(span=> #krate::private::selected(#cotangent, #value))
            }
            Expr::SumElements(inner) => {
                let inner = self.expr(inner, Form::Value, span);
                quote_spanned!(span=> #krate::private::sum_elements(#inner))
            }
        }
    }

    /// A part of a cotangent, taken out of it.
    fn taken(&self, target: &Target, left: Left, span: Span) -> TokenStream {
        if let Some(kept) = self.kept(target) {
            return kept;
        }
        let (krate, place) = (&self.krate_at(span), self.bar_place_at(target, span));
        match left {
            Left::Scalar => quote_spanned!(span=> ::core::mem::take(&mut #place)),
            Left::SameShape => quote_spanned!(span=> #krate::private::take_shaped(&mut #place)),
            Left::Symbolic => quote_spanned!(span=> #krate::private::take(&mut #place)),
            Left::Before(op) => {
                let before = before_name(op.0);
                quote_spanned! {span=>
                    ::core::mem::replace(&mut #place, #before.accumulator())
                }
            }
        }
    }

    /// Whether a value is known to have operators on values and references alike: scalars and
    /// tensors. A generic scalar has them on values only.
    fn has_operators(&self, expr: &Expr) -> bool {
        let known = |var: VarId| {
            let ty = if var == SEED {
                Ty::of(&self.target.output, &self.target.reals)
            } else if (var.0 as usize) < self.function.vars.len() {
                self.function.var(var).ty.clone()
            } else {
                Ty::Unknown
            };
            ty.is_float() || matches!(ty, Ty::Tensor(_))
        };
        match expr {
            Expr::Primal(var) | Expr::Bar { var, .. } => known(*var),
            Expr::Literal(_) | Expr::Number { .. } | Expr::Saved { .. } => true,
            Expr::Neg(a) => self.has_operators(a),
            Expr::Binary(_, a, b) => self.has_operators(a) && self.has_operators(b),
            Expr::Method(_, parts) => self.has_operators(&parts[0]),
            _ => false,
        }
    }

    fn reference(&self, inner: &Expr, span: Span) -> TokenStream {
        match inner {
            Expr::Primal(var) => self.primal(*var, Form::Reference, span).into_stream(),
            Expr::Bar { var, .. } => {
                let bar = self.bar(*var);
                Self::reference_at(bar, span)
            }
            other => {
                let tokens = self.expr(other, Form::Operand, span);
                quote_spanned!(span=> &#tokens)
            }
        }
    }

    fn receiver(&self, expr: &Expr, span: Span) -> TokenStream {
        match expr {
            Expr::Literal(tokens) => quote!((#tokens)),
            other => {
                let tokens = self.expr(other, Form::Operand, span).into_stream();
                if tokens.to_string().starts_with(['&', '*', '-']) {
                    quote!((#tokens))
                } else {
                    tokens
                }
            }
        }
    }

    fn bar_value(&self, var: VarId, last: bool, form: Form) -> Tokens {
        let bar = self.bar(var);
        let scalar =
            (var.0 as usize) < self.function.vars.len() && self.function.var(var).ty.is_float();
        let krate = &self.krate;
        match form {
            Form::Reference => quote!(&#bar).into(),
            _ if scalar || last => (&bar).into(),
            Form::Operand | Form::Plain => quote!(&#bar).into(),
            Form::Value => quote!(#krate::private::keep(&#bar)).into(),
        }
    }

    /// A part of a cotangent that is used up by an aggregate's operands.
    fn moved(&self, var: VarId, part: &Part) -> TokenStream {
        let bar = self.bar(var);
        let krate = &self.krate;
        if var.0 as usize >= self.function.vars.len() {
            return quote!(#bar);
        }
        match part {
            Part::Member(member) => quote!(#krate::private::take(&mut #bar.#member)),
            Part::Variant(variant, member) => {
                let accessor = crate::ir::variant_accessor(variant, member);
                quote!(#krate::private::take(#bar.#accessor()))
            }
            Part::Element(index) => quote!(#krate::private::take(&mut #bar[#index])),
            Part::ElementOfVec(index) => quote!(#krate::private::take_at(&mut #bar, #index)),
        }
    }
}

fn parenthesize(form: Form, tokens: Tokens) -> Tokens {
    if form == Form::Value {
        tokens
    } else {
        tokens.parenthesized(Span::call_site())
    }
}
