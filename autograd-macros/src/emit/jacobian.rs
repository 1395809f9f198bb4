//! The companions that give a Jacobian.

use super::names::{ident, together};
use super::signature::borrowed;
use super::Emitter;
use crate::ir::ty::Float;
use crate::ir::Ty;
use crate::parse::Param;
use proc_macro2::{Ident, TokenStream};
use quote::{quote, ToTokens};
use syn::Type;

impl Emitter<'_> {
    /// `f::jacobian(arguments)` and `f::jacobian_sparse(arguments, &pattern)`, of functions between scalars,
    /// lists, tuples and tensors. A function that changes its arguments has none.
    pub(super) fn jacobians(&self) -> TokenStream {
        let known = |ty: &Type| is_flat(&Ty::of(ty, &self.target.reals));
        let fits = |param: &Param| !param.in_out && (!param.active || known(&param.ty));
        if !self.target.params.iter().all(fits) || !known(&self.target.output) {
            return TokenStream::new();
        }
        let krate = &self.krate;
        let scalar = self.scalar_of_value();
        let zero = self.zero_gradient();
        let value = ident("value");
        let pullback = ident("pullback");
        let pattern = ident("pattern");
        let direction = ident("direction");
        let dense = self.signatures.signature(
            "jacobian",
            None,
            &quote!(#krate::Tensor<2, #scalar>),
            self.signatures.clone_bounds(),
        );
        let sparse = self.signatures.signature(
            "jacobian_sparse",
            Some(quote!(#pattern: &#krate::Sparsity)),
            &quote!(#krate::SparseJacobian<#scalar>),
            self.signatures.clone_bounds(),
        );
        let arguments: Vec<TokenStream> = self.target.params.iter().map(argument).collect();
        let vjp = self.signatures.companion_name("vjp");
        let vjp = self.signatures.call(&vjp, None, &arguments);
        let jvp = self.signatures.companion_name("jvp");
        let given = arguments.iter().cloned().chain([direction.to_token_stream()]);
        let jvp = self.signatures.call(&jvp, None, &given.collect::<Vec<_>>());
        let name = self.target.name();
        let doc = format!(
            "The derivatives of the scalars of the value of `{name}` (rows) with respect to those of its active parameters (columns)."
        );
        let doc_sparse = format!(
            "As `jacobian`, for a pattern of the entries of `{name}` that may differ from zero."
        );
        quote! {
            #[doc = #doc]
            #dense {
                let (#value, #pullback) = #vjp;
                let #value = #krate::private::tangent::zero(&#value);
                #krate::private::jacobian::dense(&#zero, &#value, #pullback, |#direction| #jvp.1)
            }

            #[doc = #doc_sparse]
            #sparse {
                #krate::private::jacobian::sparse(&#zero, #pattern, |#direction| #jvp.1)
            }
        }
    }

    /// A zero of the gradient.
    pub(super) fn zero_gradient(&self) -> TokenStream {
        let active = self.target.params.iter().filter(|param| param.active);
        let zeros: Vec<TokenStream> =
            active.map(|param| self.signatures.zero_tangent(param, &borrowed(param))).collect();
        together(&zeros)
    }

    /// The type of the scalars that the value is made of, as far as it can be seen.
    fn scalar_of_value(&self) -> TokenStream {
        match scalar(&Ty::of(&self.target.output, &self.target.reals)) {
            Some(Float::F32) => quote!(f32),
            Some(Float::Generic(name)) => generic(&name),
            _ => quote!(f64),
        }
    }
}

/// Whether a type is known to consist of scalars.
fn is_flat(ty: &Ty) -> bool {
    match ty {
        Ty::Float(_) => true,
        Ty::Tensor(inner) | Ty::Array(inner, _) | Ty::Slice(inner) | Ty::Vec(inner) => {
            is_flat(inner)
        }
        Ty::Tuple(parts) => !parts.is_empty() && parts.iter().all(is_flat),
        Ty::Unknown | Ty::Inactive => false,
    }
}

fn generic(name: &Ident) -> TokenStream {
    quote!(#name)
}

fn scalar(ty: &Ty) -> Option<Float> {
    match ty {
        Ty::Float(float) => Some(float.clone()),
        Ty::Tensor(inner) | Ty::Array(inner, _) | Ty::Slice(inner) | Ty::Vec(inner) => {
            scalar(inner)
        }
        Ty::Tuple(parts) => parts.iter().find_map(scalar),
        Ty::Unknown | Ty::Inactive => None,
    }
}

/// A parameter as an argument that is given more than once.
pub(super) fn argument(param: &Param) -> TokenStream {
    let name = &param.ident;
    if param.by_ref {
        quote!(#name)
    } else {
        quote!(::core::clone::Clone::clone(&#name))
    }
}
