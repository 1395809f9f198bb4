//! Values of the primal in the reverse pass: read, or computed again.

use super::expr::Form;
use super::operand::projections;
use super::value::{binary, operator_function};
use super::Emitter;
use crate::ir::{Operand, Place, Proj, Tokens, Ty, UnaryOp, Value, VarId};
use crate::residual::Length;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

impl Emitter<'_> {
    /// The value of a primal variable in the reverse pass.
    pub(super) fn primal(&self, var: VarId, form: Form, span: Span) -> Tokens {
        let ty = &self.function.var(var).ty;
        let by_value = ty.is_float() || *ty == Ty::Inactive;
        if self.residuals.recomputed.contains(&var) {
            return self.recompute(var, form, by_value, span).into();
        }
        let name = self.reverse_name(var);
        let krate = &self.krate;
        let is_reference = self.is_by_ref_param(var);
        match form {
            Form::Reference if is_reference => name.into(),
            Form::Reference => quote!(&#name).into(),
            Form::Plain => name.into(),
            _ if by_value && is_reference && ty.is_float() => quote!(*#name).into(),
            _ if by_value => name.into(),
            Form::Operand if is_reference => name.into(),
            Form::Operand => quote!(&#name).into(),
            Form::Value => quote!(#krate::private::keep(&#name)).into(),
        }
    }

    pub(super) fn recompute(
        &self,
        var: VarId,
        form: Form,
        by_value: bool,
        span: Span,
    ) -> TokenStream {
        let krate = &self.krate;
        let value = self.index.definition(var).expect("only definitions are recomputed");
        let nested = |operand: &Operand, form| match operand {
            Operand::Var(var) => self.primal(*var, form, span),
            Operand::Literal(literal) if form == Form::Reference => {
                let tokens = &literal.tokens;
                quote_spanned!(span=> &(#tokens)).into()
            }
            Operand::Literal(literal) => literal.tokens.clone(),
        };
        let tokens = match value {
            Value::Load(place) | Value::Ref { place, .. } => {
                let (tokens, is_reference) = self.reverse_place(place, by_value);
                return match form {
                    Form::Reference if is_reference => tokens,
                    Form::Reference => quote!(&#tokens),
                    Form::Plain => tokens,
                    _ if by_value => tokens,
                    Form::Operand if is_reference => tokens,
                    Form::Operand => quote!(&#tokens),
                    Form::Value => quote!(#krate::private::keep(&#tokens)),
                };
            }
            Value::Detach(operand) => {
                let operand = nested(operand, Form::Reference);
                quote_spanned!(span=> #krate::Detach::detach(#operand))
            }
            Value::Unary(UnaryOp::Neg, operand) => {
                let operand = nested(operand, Form::Plain);
                quote_spanned!(span=> (-#operand))
            }
            Value::Unary(UnaryOp::Not, operand) => {
                let operand = nested(operand, Form::Plain);
                quote_spanned!(span=> (!#operand))
            }
            Value::Binary(op, lhs, rhs) if self.has_scalar_first(*op, lhs, rhs) => {
                let (lhs, rhs) = (nested(lhs, Form::Plain), nested(rhs, Form::Reference));
                let function = operator_function(*op, span);
                quote_spanned!(span=> #krate::private::second::#function(#lhs, #rhs))
            }
            Value::Binary(op, lhs, rhs) => {
                let tokens = binary(*op, nested(lhs, Form::Plain), nested(rhs, Form::Plain), span);
                quote!((#tokens))
            }
            Value::Cast(operand, ty) => {
                let operand = nested(operand, Form::Plain);
                quote_spanned!(span=> (#operand as #ty))
            }
            Value::Use(operand) => nested(operand, Form::Plain).into_stream(),
            Value::Method { args, .. } => self.length(var, &args[0], span),
            Value::Opaque(opaque) => opaque.tokens.clone(),
            _ => unreachable!("such a value is not recomputed"),
        };
        if form == Form::Reference {
            quote!(&#tokens)
        } else {
            tokens
        }
    }

    /// The length of a list, which is the value of `var`.
    fn length(&self, var: VarId, list: &Operand, span: Span) -> TokenStream {
        match self.residuals.lengths.get(&var) {
            Some(Length::Slice(place)) => {
                let Some(Proj::Slice { start, end: Some(end), .. }) = place.path.last() else {
                    unreachable!("the place of a slice ends in its bounds")
                };
                let end = self.index_operand(end);
                let Some(start) = start else { return end };
                let start = self.index_operand(start);
                quote_spanned!(span=> (#end - #start))
            }
            Some(Length::Shape(root)) => {
                let shape = self.shape(*root);
                quote_spanned!(span=> #shape.len())
            }
            Some(Length::Value) | None => {
                let receiver = self.receiver_of(list, span);
                quote_spanned!(span=> #receiver.len())
            }
        }
    }

    fn receiver_of(&self, operand: &Operand, span: Span) -> TokenStream {
        match operand {
            Operand::Var(var) => match self.index.definition(*var) {
                Some(Value::Ref { place, .. } | Value::Load(place))
                    if self.residuals.recomputed.contains(var) =>
                {
                    self.reverse_place(place, false).0
                }
                _ => {
                    let tokens = self.primal(*var, Form::Operand, span);
                    quote!((#tokens))
                }
            },
            Operand::Literal(literal) => literal.tokens.stream(),
        }
    }

    /// A place of the primal, and whether the tokens are a reference to it.
    pub(super) fn reverse_place(&self, place: &Place, by_value: bool) -> (TokenStream, bool) {
        let place = self.function.resolve(place);
        if let Some(element) = self.part(&place, false) {
            return (element, false);
        }
        let root = self.reverse_name(place.root);
        if place.path.is_empty() && self.is_by_ref_param(place.root) {
            return if by_value { (quote!(*#root), false) } else { (quote!(#root), true) };
        }
        (projections(quote!(#root), &place.path, |index| self.index_operand(index)), false)
    }
}
