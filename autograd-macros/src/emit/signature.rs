//! Signatures of the companions: parameters, types of gradients, bounds.

use super::forward::augmented_name;
use super::Emitter;
use crate::ir::{Ty, VarId};
use crate::parse::Param;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned, ToTokens};
use syn::visit_mut::VisitMut;
use syn::{FnArg, Lifetime, Type};

/// Lints that the user's crate may deny, and that say nothing about generated code.
pub(super) fn allow() -> TokenStream {
    quote! {
        #[allow(
            unused, deprecated, clippy::all, clippy::pedantic, clippy::nursery, non_snake_case, non_camel_case_types,
            unreachable_code, unused_qualifications, unreachable_pub, private_interfaces,
        )]
    }
}

struct EraseLifetimes;

impl VisitMut for EraseLifetimes {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident != "static" {
            *lifetime = Lifetime::new("'_", lifetime.span());
        }
    }
}

/// A type with its lifetimes left to inference.
pub(super) fn erased(ty: &Type) -> Type {
    let mut ty = ty.clone();
    EraseLifetimes.visit_type_mut(&mut ty);
    ty
}

impl Emitter<'_> {
    /// The name of a companion function: `grad`, or `loss_grad` beside a method `loss`.
    pub(super) fn companion_name(&self, suffix: &str) -> Ident {
        let name = self.target.name();
        if self.target.associated {
            format_ident!(
                "{}_{suffix}",
                name.to_string().trim_start_matches("r#"),
                span = name.span()
            )
        } else {
            Ident::new(suffix, name.span())
        }
    }

    pub(super) fn augmented_ident(&self) -> Ident {
        if self.target.associated {
            augmented_name(self.target.name())
        } else {
            Ident::new("__augmented", self.target.name().span())
        }
    }

    pub(super) fn visibility(&self) -> TokenStream {
        if self.target.associated {
            self.target.function.vis.to_token_stream()
        } else {
            quote!(pub)
        }
    }

    pub(super) fn prefix(&self) -> TokenStream {
        if self.target.associated {
            allow()
        } else {
            TokenStream::new()
        }
    }

    /// The parameters of a companion, under plain names.
    pub(super) fn inputs(&self) -> Vec<TokenStream> {
        let inputs = self.target.function.sig.inputs.iter().zip(&self.target.params);
        inputs
            .map(|(input, param)| match input {
                FnArg::Receiver(_) if param.in_out => quote!(&mut self),
                FnArg::Receiver(_) => quote!(&self),
                FnArg::Typed(typed) => {
                    let name = &param.ident;
                    let ty = &typed.ty;
                    quote!(#name: #ty)
                }
            })
            .collect()
    }

    pub(super) fn args(&self) -> Vec<TokenStream> {
        self.target.params.iter().map(|param| param.ident.to_token_stream()).collect()
    }

    pub(super) fn params(&self) -> impl Iterator<Item = (&Param, VarId)> {
        self.target.params.iter().zip(self.function.params.iter().copied())
    }

    /// The type of the gradient with respect to a parameter.
    pub(super) fn tangent(&self, ty: &Type) -> TokenStream {
        let krate = &self.krate;
        match Ty::of(ty, &self.target.reals) {
            Ty::Float(_) => quote!(#ty),
            Ty::Slice(element) | Ty::Vec(element) if element.is_float() => {
                if let Some(element) = element_type(ty) {
                    quote!(::std::vec::Vec<#element>)
                } else {
                    quote!(<#ty as #krate::Differentiable>::Tangent)
                }
            }
            Ty::Array(element) if element.is_float() => quote!(#ty),
            Ty::Tensor(_) => quote!(#ty),
            _ => quote!(<#ty as #krate::Differentiable>::Tangent),
        }
    }

    /// What a callee accumulates into for a by-reference parameter.
    pub(super) fn slot_type(&self, param: &Param) -> TokenStream {
        let krate = &self.krate;
        if !param.active {
            return quote!(#krate::private::NoSlot);
        }
        let ty = erased(&param.ty);
        let tangent = match &ty {
            Type::Slice(slice) => {
                let element = self.tangent(&slice.elem);
                quote!([#element])
            }
            other => self.tangent(other),
        };
        quote!(#krate::private::Slot<'_, #tangent>)
    }

    /// What a callee gets again of a by-reference parameter: nothing of one that it has changed.
    pub(super) fn again_type(&self, param: &Param) -> TokenStream {
        if param.in_out {
            let krate = &self.krate;
            return quote!(#krate::private::Unread);
        }
        let ty = erased(&param.ty);
        quote!(&#ty)
    }

    pub(super) fn gradient_type(&self) -> TokenStream {
        let tangents: Vec<TokenStream> = self
            .target
            .params
            .iter()
            .filter(|param| param.active)
            .map(|param| self.tangent(&param.ty))
            .collect();
        match tangents.as_slice() {
            [single] => single.clone(),
            several => quote!((#(#several),*)),
        }
    }

    pub(super) fn pullback_type(&self) -> TokenStream {
        let by_ref = || self.target.params.iter().filter(|param| param.by_ref);
        let krate = &self.krate;
        let again = by_ref().map(|param| self.again_type(param));
        let slots = by_ref().map(|param| self.slot_type(param));
        let cotangent = self.tangent(&self.target.output);
        let values = self.target.params.iter().filter(|param| !param.by_ref).map(|param| {
            if param.active {
                self.tangent(&param.ty)
            } else {
                quote!(#krate::NoTangent)
            }
        });
        let function =
            quote!(::core::ops::FnOnce(#(#again,)* #cotangent, #(#slots),*) -> (#(#values,)*));
        if self.target.recursive {
            return quote!(::std::boxed::Box<dyn #function>);
        }
        let implement = Ident::new("impl", Span::mixed_site());
        quote!(#implement #function)
    }

    pub(super) fn where_clause(&self, extra: Option<TokenStream>) -> TokenStream {
        let clause = &self.target.function.sig.generics.where_clause;
        match (clause, extra) {
            (None, None) => TokenStream::new(),
            (None, Some(extra)) => quote!(where #extra),
            (Some(clause), None) => quote!(#clause),
            (Some(clause), Some(extra)) => {
                let predicates = clause.predicates.iter();
                quote!(where #(#predicates,)* #extra)
            }
        }
    }

    /// Demands a scalar value, where the caller stands and not where the function is defined.
    pub(super) fn scalar_bound(&self) -> Option<TokenStream> {
        let output = &self.target.output;
        if Ty::of(output, &self.target.reals).is_float() {
            return None;
        }
        let krate = &self.krate;
        let output = erased(output);
        Some(quote!(for<'autograd> #output: #krate::private::ScalarValue<'autograd>))
    }

    /// Demands that by-reference arguments can be copied, where the caller stands.
    pub(super) fn clone_bounds(&self) -> Option<TokenStream> {
        let krate = &self.krate;
        let types: Vec<Type> = self
            .target
            .params
            .iter()
            .filter(|param| param.by_ref && !param.in_out)
            .map(|param| erased(&param.ty))
            .collect();
        (!types.is_empty())
            .then(|| quote!(#(for<'autograd> #types: #krate::private::Kept<'autograd>),*))
    }

    pub(super) fn signature(
        &self,
        suffix: &str,
        extra: Option<TokenStream>,
        output: &TokenStream,
        bound: Option<TokenStream>,
    ) -> TokenStream {
        let name = self.companion_name(suffix);
        let prefix = self.prefix();
        let vis = self.visibility();
        let generics = &self.target.function.sig.generics;
        let inputs = self.inputs();
        let clause = self.where_clause(bound);
        let span = self.target.name().span();
        let extra = extra.into_iter();
        quote_spanned!(span=> #prefix #[inline] #vis fn #name #generics(#(#inputs,)* #(#extra),*) -> #output #clause)
    }

    /// Demands that what is perturbed or passed more than once can be cloned.
    pub(super) fn cloned_bounds(&self) -> TokenStream {
        let krate = &self.krate;
        let cloned =
            self.target.params.iter().filter(|param| param.active || param.in_out || !param.by_ref);
        let types = cloned.map(|param| match &param.ty {
            Type::Slice(slice) => erased(&slice.elem),
            other => erased(other),
        });
        quote!(#(for<'autograd> #types: #krate::private::Cloned<'autograd>),*)
    }
}

/// Lists of scalars are written out from the start.
pub(super) fn is_list_of_scalars(ty: &Type) -> bool {
    match Ty::of(ty, &[]) {
        Ty::Float(_) => true,
        Ty::Slice(element) | Ty::Vec(element) | Ty::Array(element) => element.is_float(),
        _ => false,
    }
}

/// The written element type of a slice or vector.
fn element_type(ty: &Type) -> Option<TokenStream> {
    match ty {
        Type::Slice(slice) => Some(slice.elem.to_token_stream()),
        Type::Path(path) => match &path.path.segments.last()?.arguments {
            syn::PathArguments::AngleBracketed(args) => {
                args.args.first().map(ToTokens::to_token_stream)
            }
            _ => None,
        },
        _ => None,
    }
}
