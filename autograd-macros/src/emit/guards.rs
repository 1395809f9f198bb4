//! What the type checker is asked for: where the types that it finds would have other derivatives, it
//! reports an error.

use super::names::located;
use super::Emitter;
use crate::ir::ty::Float;
use crate::ir::{Operand, Place, Proj, Ty, Value, VarId};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

impl Emitter<'_> {
    /// The statement that makes sure that a variable is the scalar that its use makes of it.
    pub(super) fn inferred_scalar(&self, var: VarId) -> Option<TokenStream> {
        let info = self.function.var(var);
        let Ty::Float(float) = &info.ty else { return None };
        let ty = match float {
            Float::F32 => quote!(f32),
            Float::F64 => quote!(f64),
            Float::Generic(name) => quote!(#name),
            Float::Literal => quote!(_),
        };
        let computed = matches!(
            self.index.definition(var),
            Some(Value::Binary(..) | Value::Unary(..) | Value::Use(_) | Value::Load(_))
        );
        if !info.inferred || computed || !self.activity.is_varied(var) {
            return None;
        }
        let name = &info.ident;
        let krate = &self.krate_at(info.span);
        Some(quote_spanned!(info.span=> #krate::private::scalar::<#ty, _>(&#name);))
    }

    /// Makes sure that a method that changes an active list is that of a list.
    pub(super) fn list_guard(&self, place: &Place, span: Span) -> Option<TokenStream> {
        let root = self.function.resolve(place).root;
        let known = self.function.var(root).ty.is_list();
        if !self.activity.is_varied(root) || (known && place.path.is_empty()) {
            return None;
        }
        let (krate, place) = (&self.krate_at(span), located(self.place(place), span));
        Some(quote_spanned!(span=> #krate::private::list(&#place[..]);))
    }

    /// Makes sure that an active value that is read by its index is one of a list's or a tensor's.
    pub(super) fn elements_guard(
        &self,
        dest: VarId,
        value: &Value,
        span: Span,
    ) -> Option<TokenStream> {
        let Value::Load(place) = value else { return None };
        if !self.activity.is_active(dest) {
            return None;
        }
        let place = self.function.resolve(place);
        let is_indexed = matches!(place.path.first(), Some(Proj::Index(_) | Proj::Coordinates(_)));
        let is_known = self.function.var(place.root).ty != Ty::Unknown;
        if !is_indexed || is_known {
            return None;
        }
        let list = located(self.place(&Place::var(place.root)), span);
        let krate = &self.krate_at(span);
        Some(quote_spanned!(span=> #krate::private::indexed(&#list);))
    }

    /// Makes sure that `+=` on an active variable is that of a scalar or a tensor.
    pub(super) fn arithmetic_guard(&self, place: &Place, span: Span) -> Option<TokenStream> {
        let root = self.function.resolve(place).root;
        let ty = &self.function.var(root).ty;
        if !self.activity.is_varied(root) || ty.is_float() || matches!(ty, Ty::Tensor(_)) {
            return None;
        }
        let (krate, place) = (&self.krate_at(span), located(self.place(place), span));
        Some(quote_spanned!(span=> #krate::private::arithmetic(&#place);))
    }

    /// A value without derivative, made of operands that vary: its type must have none either, which
    /// only the type checker can tell.
    pub(super) fn guarded(
        &self,
        operands: &[&Operand],
        tokens: TokenStream,
        span: Span,
    ) -> TokenStream {
        if !operands.iter().any(|operand| self.activity.operand_varied(operand)) {
            return tokens;
        }
        let (krate, tokens) = (&self.krate_at(span), located(tokens, span));
        quote_spanned!(span=> #krate::private::without_derivative(#tokens))
    }
}
