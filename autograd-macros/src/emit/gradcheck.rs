//! The companions that check gradients and second derivatives against central differences.

use super::names::ident;
use super::signature::erased;
use super::Emitter;
use crate::ir::Ty;
use crate::parse::Param;
use proc_macro2::{Ident, TokenStream};
use quote::{quote, ToTokens};
use syn::Type;

impl Emitter<'_> {
    /// Compares the gradient with central differences, one parameter after the other.
    pub(super) fn gradcheck(&self) -> TokenStream {
        // A parameter of the function's name would hide the function.
        let hidden = self.target.params.iter().any(|param| param.ident == *self.target.name());
        if hidden || !Ty::of(&self.target.output, &self.target.reals).is_float() {
            return TokenStream::new();
        }
        let krate = &self.krate;
        let returns = quote!(::core::result::Result<(), #krate::GradcheckError>);
        let signature = self.signatures.signature(
            "gradcheck",
            None,
            &returns,
            Some(self.signatures.cloned_bounds()),
        );
        let arguments: Vec<TokenStream> =
            self.params().map(|(param, _)| pass(param, &param.ident, true)).collect();
        let name = self.signatures.companion_name("grad");
        let again = |(param, argument): (&Param, &TokenStream)| {
            if param.by_ref && !param.in_out {
                param.ident.to_token_stream()
            } else {
                argument.clone()
            }
        };
        let again: Vec<TokenStream> =
            self.target.params.iter().zip(&arguments).map(again).collect();
        let gradient = self.signatures.call(&name, None, &again);
        let bars = self.gradient_value();
        let check = ident("check");
        let through = self.signatures.through_tangents(&check);
        let active = self.params().enumerate().filter(|(_, (param, _))| param.active);
        let checks = active.map(|(index, (param, var))| {
            let varied = ident("varied");
            let mut arguments = arguments.clone();
            arguments[index] = pass(param, &varied, false);
            let value = self.call_plain(&arguments);
            let bar = self.bar(var);
            let (ty, copy) = copy_of(param);
            quote! {
                let mut copy = #copy;
                #check.check_in_place(|#varied: &#ty| #value, &mut copy, &#bar)?;
            }
        });
        let doc =
            format!("Compares the gradient of `{}` with central differences.", self.target.name());
        quote! {
            #[doc = #doc]
            #signature {
                let #bars = #gradient;
                let #check = #krate::Gradcheck::new();
                #through
                #(#checks)*
                ::core::result::Result::Ok(())
            }
        }
    }

    /// Compares `hvp` with central differences of the gradient.
    pub(super) fn gradgradcheck(&self) -> TokenStream {
        let krate = &self.krate;
        let returns = quote!(::core::result::Result<(), #krate::GradcheckError>);
        let bounds =
            self.signatures.scalar_bound().into_iter().chain([self.signatures.cloned_bounds()]);
        let signature =
            self.signatures.signature("gradgradcheck", None, &returns, Some(quote!(#(#bounds),*)));
        let (at, varied, direction) = (ident("at"), ident("varied"), ident("direction"));
        let active: Vec<&Param> = self.target.params.iter().filter(|param| param.active).collect();
        let (types, copies): (Vec<_>, Vec<_>) = active.iter().map(|param| copy_of(param)).unzip();
        let single = active.len() == 1;
        let (ty, copy) = match (types.as_slice(), copies.as_slice()) {
            ([ty], [copy]) => (ty.clone(), copy.clone()),
            _ => (quote!((#(#types),*)), quote!((#(#copies),*))),
        };
        let mut next = 0..;
        let arguments: Vec<TokenStream> = self
            .target
            .params
            .iter()
            .map(|param| {
                if !param.active {
                    return pass(param, &param.ident, true);
                }
                let index = syn::Index::from(next.next().unwrap_or_default());
                let part = if single { quote!((*#varied)) } else { quote!(#varied.#index) };
                if param.by_ref {
                    quote!(&#part)
                } else {
                    quote!(::core::clone::Clone::clone(&#part))
                }
            })
            .collect();
        let gradient = self.signatures.companion_name("grad");
        let gradient = self.signatures.call(&gradient, None, &arguments);
        let given = arguments.into_iter().chain([direction.to_token_stream()]);
        let product = self.signatures.companion_name("hvp");
        let product = self.signatures.call(&product, None, &given.collect::<Vec<_>>());
        let name = self.target.name();
        let doc = format!(
            "Compares the second derivatives of `{name}` with central differences of its gradient."
        );
        quote! {
            #[doc = #doc]
            #signature {
                let #at = #copy;
                #krate::Gradcheck::new().check_second(
                    |#varied: &#ty| #gradient,
                    |#varied: &#ty, #direction| #product,
                    &#at,
                )
            }
        }
    }

    pub(super) fn call_by_name(&self, name: &Ident, arguments: &[TokenStream]) -> TokenStream {
        if self.target.params.iter().any(Param::is_self) {
            let (receiver, rest) = arguments.split_first().expect("a method has a receiver");
            quote!(#receiver.#name(#(#rest),*))
        } else {
            quote!(Self::#name(#(#arguments),*))
        }
    }

    /// Calls the user's function itself.
    pub(super) fn call_plain(&self, arguments: &[TokenStream]) -> TokenStream {
        let name = self.target.name();
        if self.target.associated {
            return self.call_by_name(name, arguments);
        }
        quote!(#name(#(#arguments),*))
    }
}

/// A parameter as an argument, under some name; `value` if the name is the parameter's own.
fn pass(param: &Param, name: &Ident, value: bool) -> TokenStream {
    if param.in_out {
        // It is changed: each call gets a copy of its own.
        let copy = match erased(&param.ty) {
            Type::Slice(_) => quote!(#name.to_vec()),
            ty if value => quote!(<#ty as ::core::clone::Clone>::clone(&*#name)),
            ty => quote!(<#ty as ::core::clone::Clone>::clone(#name)),
        };
        return quote!((&mut #copy));
    }
    let borrow = value.then(|| quote!(&));
    match param.by_ref {
        true if param.consumed => quote!(::core::clone::Clone::clone(#name)),
        true => quote!(#name),
        false => quote!(::core::clone::Clone::clone(#borrow #name)),
    }
}

/// An owned copy of an argument, and its type.
fn copy_of(param: &Param) -> (TokenStream, TokenStream) {
    let name = &param.ident;
    match erased(&param.ty) {
        Type::Slice(slice) => {
            let element = &slice.elem;
            (quote!(::std::vec::Vec<#element>), quote!(#name.to_vec()))
        }
        ty => {
            let borrow = match param {
                Param { in_out: true, .. } => quote!(&*),
                Param { by_ref: true, .. } => TokenStream::new(),
                _ => quote!(&),
            };
            (quote!(#ty), quote!(<#ty as ::core::clone::Clone>::clone(#borrow #name)))
        }
    }
}
