//! The tangent of a struct: a struct of the fields' tangents.

use super::{accessor, doubtful, grad_name, of_active, tangent, written_at, Field};
use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned, ToTokens};
use syn::spanned::Spanned;
use syn::{DeriveInput, Fields, Member};

pub(super) fn derive(
    input: &DeriveInput,
    shape: &Fields,
    fields: &[Field],
    krate: &TokenStream,
) -> TokenStream {
    let of_tangent = of_active(input, fields.iter());
    let tangent = tangent_struct(&of_tangent, shape, fields, krate);
    let implementation = implementation(input, &of_tangent, fields, krate);
    quote!(#tangent #implementation)
}

fn tangent_struct(
    input: &DeriveInput,
    shape: &Fields,
    fields: &[Field],
    krate: &TokenStream,
) -> TokenStream {
    let name = grad_name(input);
    let vis = &input.vis;
    let generics = &input.generics;
    let clause = &generics.where_clause;
    let doc = format!("The gradient with respect to a [`{}`].", input.ident);
    let declared = fields.iter().map(|field| {
        let ty = tangent(field, krate);
        let vis = &field.vis;
        match &field.member {
            Member::Named(ident) => {
                let doc = if field.active {
                    format!("The gradient with respect to `{ident}`.")
                } else {
                    format!("Nothing: `{ident}` has no gradient.")
                };
                quote!(#[doc = #doc] #vis #ident: #ty)
            }
            Member::Unnamed(index) => {
                let doc = format!("The gradient with respect to field {}.", index.index);
                quote!(#[doc = #doc] #vis #ty)
            }
        }
    });
    let body = match shape {
        Fields::Named(_) => quote!(#clause { #(#declared,)* }),
        Fields::Unnamed(_) => quote!((#(#declared,)*) #clause;),
        Fields::Unit => quote!(#clause;),
    };
    let impls = tangent_impls(input, fields, krate);
    let impls = quote! {
        #[automatically_derived]
        #[allow(
            unused, deprecated, clippy::all, clippy::pedantic, clippy::nursery, non_snake_case,
            unreachable_pub, unused_qualifications, private_interfaces,
        )]
        const _: () = {
            #impls
        };
    };
    let impls = written_at(impls, doubtful(fields));
    quote! {
        #[doc = #doc]
        #vis struct #name #generics #body
        #impls
    }
}

fn tangent_impls(input: &DeriveInput, fields: &[Field], krate: &TokenStream) -> TokenStream {
    let name = grad_name(input);
    let (impl_generics, ty_generics, clause) = input.generics.split_for_impl();
    let members: Vec<&Member> = fields.iter().map(|field| &field.member).collect();
    let accumulate =
        members.iter().map(|m| quote!(#krate::Tangent::accumulate(&mut self.#m, other.#m);));
    let accumulate_ref =
        members.iter().map(|m| quote!(#krate::Tangent::accumulate_ref(&mut self.#m, &other.#m);));
    let zero = members.iter().map(|m| quote!(#krate::Tangent::zero(&mut self.#m);));
    let visit =
        members.iter().map(|m| quote!(#krate::Tangent::visit_tangents(&mut self.#m, visitor);));
    let equal = members.iter().map(|m| quote!(self.#m == other.#m));
    let debug = fields.iter().map(|field| {
        let m = &field.member;
        let label = m.to_token_stream().to_string();
        quote!(.field(#label, &self.#m))
    });
    let label = name.to_string();
    let accessors = fields.iter().map(|field| {
        let m = &field.member;
        accessor(&input.ident, field, krate, &quote!(&mut self.#m))
    });
    quote! {
            impl #impl_generics #name #ty_generics #clause {
                #(#accessors)*
            }
            impl #impl_generics ::core::clone::Clone for #name #ty_generics #clause {
                fn clone(&self) -> Self {
                    Self { #(#members: ::core::clone::Clone::clone(&self.#members),)* }
                }
            }
            impl #impl_generics ::core::fmt::Debug for #name #ty_generics #clause {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    f.debug_struct(#label) #(#debug)* .finish()
                }
            }
            impl #impl_generics ::core::cmp::PartialEq for #name #ty_generics #clause {
                fn eq(&self, other: &Self) -> bool {
                    true #(&& #equal)*
                }
            }
            impl #impl_generics ::core::default::Default for #name #ty_generics #clause {
                fn default() -> Self {
                    #krate::Tangent::symbolic_zero()
                }
            }
            impl #impl_generics #krate::private::Place<Self> for #name #ty_generics #clause {
                #[inline]
                fn slot(&mut self) -> #krate::private::Slot<'_, Self> {
                    #krate::private::Slot::of(self)
                }
                #[inline]
                fn view(&self) -> ::core::option::Option<&Self> {
                    ::core::option::Option::Some(self)
                }
            }
            impl #impl_generics #krate::Tangent for #name #ty_generics #clause {
                #[inline]
                fn symbolic_zero() -> Self {
                    Self { #(#members: #krate::Tangent::symbolic_zero(),)* }
                }
                #[inline]
                fn accumulate(&mut self, other: Self) {
                    #(#accumulate)*
                }
                #[inline]
                fn accumulate_ref(&mut self, other: &Self) {
                    #(#accumulate_ref)*
                }
                fn zero(&mut self) {
                    #(#zero)*
                }
                fn visit_tangents<AutogradVisitor: #krate::TangentVisitor>(&mut self, visitor: &mut AutogradVisitor) {
                    #(#visit)*
                }
            }
    }
}

fn implementation(
    input: &DeriveInput,
    of_tangent: &DeriveInput,
    fields: &[Field],
    krate: &TokenStream,
) -> TokenStream {
    let name = &input.ident;
    let grad = grad_name(input);
    let (impl_generics, ty_generics, clause) = input.generics.split_for_impl();
    let (_, grad_generics, _) = of_tangent.generics.split_for_impl();
    let active: Vec<&Field> = fields.iter().filter(|field| field.active).collect();
    let shapes = active.iter().map(|field| {
        let ty = &field.ty;
        quote_spanned!(ty.span()=> <#ty as #krate::Differentiable>::Shape)
    });
    let shape_values = active.iter().map(|field| {
        let m = &field.member;
        quote!(#krate::Differentiable::tangent_shape(&self.#m))
    });
    let mut next = 0usize..;
    let zeros = fields.iter().map(|field| {
        let m = &field.member;
        if field.active {
            let ty = &field.ty;
            let index = Literal::usize_unsuffixed(next.next().unwrap_or_default());
            quote!(#m: <#ty as #krate::Differentiable>::zeros(&shape.#index))
        } else {
            quote!(#m: #krate::NoTangent)
        }
    });
    let visits = active.iter().map(|field| {
        let m = &field.member;
        quote!(#krate::Differentiable::visit_parameters(&mut self.#m, &gradient.#m, visitor);)
    });
    let zeros: Vec<TokenStream> = zeros.collect();
    let mut next = 0usize..;
    let accumulators = fields.iter().map(|field| {
        let m = &field.member;
        if field.active {
            let ty = &field.ty;
            let index = Literal::usize_unsuffixed(next.next().unwrap_or_default());
            quote!(#m: <#ty as #krate::Differentiable>::accumulator(&shape.#index))
        } else {
            quote!(#m: #krate::NoTangent)
        }
    });
    let materialize = active.iter().enumerate().map(|(index, field)| {
        let (m, ty, index) = (&field.member, &field.ty, syn::Index::from(index));
        quote!(<#ty as #krate::Differentiable>::materialize(&shape.#index, &mut tangent.#m);)
    });
    let implementation = quote! {
        #[automatically_derived]
        #[allow(
            unused, deprecated, clippy::all, clippy::pedantic, clippy::nursery, non_snake_case,
            unreachable_pub, unused_qualifications, private_interfaces,
        )]
        const _: () = {
            impl #impl_generics #krate::Differentiable for #name #ty_generics #clause {
                type Tangent = #grad #grad_generics;
                type Shape = (#(#shapes,)*);

                #[inline]
                fn tangent_shape(&self) -> Self::Shape {
                    (#(#shape_values,)*)
                }
                #[inline]
                fn zeros(shape: &Self::Shape) -> Self::Tangent {
                    #grad { #(#zeros,)* }
                }
                #[inline]
                fn accumulator(shape: &Self::Shape) -> Self::Tangent {
                    #grad { #(#accumulators,)* }
                }
                fn materialize(shape: &Self::Shape, tangent: &mut Self::Tangent) {
                    #(#materialize)*
                }
                fn visit_parameters<AutogradVisitor: #krate::ParameterVisitor>(
                    &mut self,
                    gradient: &Self::Tangent,
                    visitor: &mut AutogradVisitor,
                ) {
                    #(#visits)*
                }
            }

            impl #impl_generics #krate::Detach for #name #ty_generics #clause {
                type Detached<'autograd> = &'autograd Self where Self: 'autograd;
                fn detach(&self) -> &Self {
                    self
                }
            }
        };
    };
    written_at(implementation, doubtful(fields))
}
