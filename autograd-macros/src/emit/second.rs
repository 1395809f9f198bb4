//! Second derivatives: the gradient over dual numbers.

use super::jacobian::argument;
use super::names::{ident, together};
use super::signature::{erased, Signatures};
use super::stubs::has_no_name;
use super::{of_signature, Emitter};
use crate::ir::Function;
use crate::parse::{is_over, own_types, twin_name, Param, Target};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned, ToTokens};

/// How a function is run over dual numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OverDuals {
    /// The function has a generic parameter for its scalar.
    Generic,
    /// The method belongs to a type that has one.
    OfGeneric,
    /// The function is over `f64` or `f32`, and has a twin that is generic.
    Twin,
}

/// Emits `hvp`, `hessian` and `gradgradcheck`. `over` is the scalar of the function.
pub(crate) fn second_order(target: &Target, over: &Ident, how: OverDuals) -> TokenStream {
    // What users call is a matter of the signature.
    of_signature(target, &Function::empty(), |emitter| {
        let hvp = emitter.hvp(over, how);
        let hessian = emitter.hessian(over);
        let gradgradcheck = emitter.gradgradcheck();
        emitter.beside(&quote!(#hvp #hessian #gradgradcheck))
    })
}

impl Emitter<'_> {
    fn hvp(&self, over: &Ident, how: OverDuals) -> TokenStream {
        let krate = &self.krate;
        let gradient = self.signatures.gradient_type();
        let span = self.signatures.doubtful().0;
        let tangents = Ident::new("tangents", Span::mixed_site().located_at(span));
        let signature = self.signatures.signature(
            "hvp",
            Some(quote_spanned!(span=> #tangents: #gradient)),
            &gradient,
            self.signatures.scalar_bound(),
        );
        let active: Vec<&Param> = self.target.params.iter().filter(|param| param.active).collect();
        let taken = self.taken_apart(&tangents);
        let own = own_types(self.target, over);
        let lifted = |param: &Param| param.active || is_over(&param.ty, &own, over);
        let arguments = self.target.params.iter().flat_map(|param| {
            // The twin of a method takes the original receiver too.
            let original = (param.is_self() && how == OverDuals::Twin).then(|| quote!(self));
            let argument = if lifted(param) {
                self.over_duals(param, over, how)
            } else {
                param.ident.to_token_stream()
            };
            std::iter::once(argument).chain(original)
        });
        let call = self.gradient_over_duals(over, how, &arguments.collect::<Vec<_>>());
        let result = ident("result");
        let parts: Vec<TokenStream> = active
            .iter()
            .enumerate()
            .map(|(index, param)| {
                let index = syn::Index::from(index);
                let part = if active.len() == 1 { quote!(#result) } else { quote!(#result.#index) };
                let ty = erased(&param.ty);
                quote!(<#ty as #krate::private::second::Lift<#over>>::eps(#part))
            })
            .collect();
        let parts = together(&parts);
        let doc = format!(
            "The Hessian of `{}` times `tangents`: the derivative of its gradient in their direction.",
            self.target.name()
        );
        quote! {
            #[doc = #doc]
            #signature {
                #taken
                let #result = #call;
                #parts
            }
        }
    }

    /// A parameter as an argument of the gradient over dual numbers.
    fn over_duals(&self, param: &Param, over: &Ident, how: OverDuals) -> TokenStream {
        let krate = &self.krate;
        let name = &param.ident;
        let ty = erased(&param.ty);
        let borrow = (!param.by_ref).then(|| quote!(&));
        let lifted = if param.active {
            let dot = Signatures::given(param);
            quote!(<#ty as #krate::private::second::Lift<#over>>::lift(#borrow #name, &#dot))
        } else {
            quote!(<#ty as #krate::private::second::Lift<#over>>::constant(#borrow #name))
        };
        // A twin takes its receiver as the method does.
        if param.by_ref && !(param.consumed && how == OverDuals::Twin) {
            quote!(&#lifted)
        } else {
            lifted
        }
    }

    fn gradient_over_duals(
        &self,
        over: &Ident,
        how: OverDuals,
        arguments: &[TokenStream],
    ) -> TokenStream {
        let krate = &self.krate;
        let generics = self.target.function.sig.generics.params.iter();
        let types = generics.filter_map(|param| match param {
            syn::GenericParam::Type(param) if param.ident == *over => {
                Some(quote!(#krate::Dual<#over>))
            }
            syn::GenericParam::Type(param) => Some(param.ident.to_token_stream()),
            syn::GenericParam::Const(param) => Some(param.ident.to_token_stream()),
            syn::GenericParam::Lifetime(_) => None,
        });
        let own = (how == OverDuals::Twin).then(|| quote!(#krate::Dual<#over>));
        let types: Vec<TokenStream> = types.chain(own).collect();
        let gradient = self.signatures.companion_name("grad");
        let twin = twin_name(self.target.name(), self.target.associated);
        let function = match how {
            OverDuals::Generic => quote!(Self::#gradient),
            OverDuals::OfGeneric => {
                quote!(<<Self as #krate::private::second::Over<#krate::Dual<#over>>>::Over>::#gradient)
            }
            OverDuals::Twin if self.target.associated => {
                let gradient = format_ident!("{twin}_grad");
                quote!(Self::#gradient)
            }
            OverDuals::Twin => quote!(#twin::#gradient),
        };
        quote!(#function::<#(#types),*>(#(#arguments),*))
    }

    fn hessian(&self, over: &Ident) -> TokenStream {
        let krate = &self.krate;
        // What is passed by value is passed once for each column.
        let copied = self.target.params.iter().filter(|param| !param.by_ref);
        let copied = copied.filter(|param| !has_no_name(&param.ty)).map(|param| {
            let ty = erased(&param.ty);
            quote!(for<'autograd> #ty: #krate::private::Cloned<'autograd>)
        });
        let bounds: Vec<TokenStream> =
            self.signatures.scalar_bound().into_iter().chain(copied).collect();
        let bounds = (!bounds.is_empty()).then(|| quote!(#(#bounds),*));
        let signature =
            self.signatures.signature("hessian", None, &quote!(#krate::Tensor<2, #over>), bounds);
        let zero = self.zero_gradient();
        let direction = ident("direction");
        let arguments: Vec<TokenStream> = self.target.params.iter().map(argument).collect();
        let given = arguments.into_iter().chain([direction.to_token_stream()]);
        let name = self.signatures.companion_name("hvp");
        let hvp = self.signatures.call(&name, None, &given.collect::<Vec<_>>());
        let doc = format!(
            "All second derivatives of `{}` with respect to the scalars of its active parameters.",
            self.target.name()
        );
        quote! {
            #[doc = #doc]
            #signature {
                #krate::private::second::hessian(&#zero, |#direction| #hvp)
            }
        }
    }
}
