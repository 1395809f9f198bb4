//! `#[derive(Differentiable)]`: the tangent type of a struct.

use crate::diag::Diagnostics;
use crate::emit::krate;
use crate::ir::Ty;
use crate::parse::Args;
use proc_macro2::{Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned, ToTokens};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Member, Type};

struct Field {
    member: Member,
    vis: syn::Visibility,
    ty: Type,
    active: bool,
}

/// Expands `#[derive(Differentiable)]`.
pub(crate) fn differentiable(item: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let args = arguments(&input, &mut diag);
    let Data::Struct(data) = &input.data else {
        diag.error_on(
            &input.ident,
            "`#[derive(Differentiable)]` stands on a struct",
            "hold the active parts of this type in structs",
        );
        return diag.into_tokens();
    };
    let fields = fields(&data.fields, &mut diag);
    if !diag.is_empty() {
        return diag.into_tokens();
    }
    let krate = krate(&args);
    let tangent = tangent_struct(&input, &data.fields, &fields, &krate);
    let implementation = implementation(&input, &fields, &krate);
    quote!(#tangent #implementation)
}

/// Where the first type stands of which only the type checker knows whether it has a derivative: if
/// it has none, all that is generated is wrong, and rustc reports it there and once.
fn doubtful(fields: &[Field]) -> Option<Span> {
    let unknown = fields.iter().find(|field| field.active && Ty::of(&field.ty, &[]) == Ty::Unknown);
    unknown.map(|field| field.ty.span())
}

/// Writes `tokens` at `span`, if there is one.
fn written_at(tokens: TokenStream, span: Option<Span>) -> TokenStream {
    let Some(at) = span else { return tokens };
    let write = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &token {
            token = Group::new(group.delimiter(), written_at(group.stream(), span)).into();
        }
        token.set_span(at);
        token
    };
    tokens.into_iter().map(write).collect()
}

fn arguments(input: &DeriveInput, diag: &mut Diagnostics) -> Args {
    let mut args = Args::default();
    for attr in &input.attrs {
        if attr.path().is_ident("no_grad") {
            diag.error_on(
                attr,
                "`#[no_grad]` stands on a field, not on the whole struct",
                "do not derive `Differentiable`",
            );
        }
        if attr.path().is_ident("autograd") {
            if let syn::Meta::List(list) = &attr.meta {
                args = Args::parse(list.tokens.clone(), diag);
            }
        }
    }
    args
}

fn fields(fields: &Fields, diag: &mut Diagnostics) -> Vec<Field> {
    let mut result = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        let no_grad = field.attrs.iter().find(|attr| attr.path().is_ident("no_grad"));
        if let Some(attr) = no_grad {
            if !matches!(attr.meta, syn::Meta::Path(_)) {
                diag.error_on(attr, "`#[no_grad]` takes no arguments", "");
            }
        }
        if let (Type::Reference(_), None) = (&field.ty, no_grad) {
            diag.error_on(
                &field.ty,
                "a differentiable struct owns its active fields",
                "hold the value itself, or mark the field `#[no_grad]`",
            );
        }
        let member = match &field.ident {
            Some(ident) => Member::Named(ident.clone()),
            None => Member::Unnamed(syn::Index {
                index: u32::try_from(index).unwrap_or(u32::MAX),
                span: field.ty.span(),
            }),
        };
        result.push(Field {
            member,
            vis: field.vis.clone(),
            ty: field.ty.clone(),
            active: no_grad.is_none(),
        });
    }
    result
}

/// The tangent type of a field.
fn tangent(field: &Field, krate: &TokenStream) -> TokenStream {
    if !field.active {
        return quote!(#krate::NoTangent);
    }
    let ty = &field.ty;
    quote_spanned!(ty.span()=> <#ty as #krate::Differentiable>::Tangent)
}

fn grad_name(input: &DeriveInput) -> Ident {
    format_ident!("{}Grad", input.ident, span = input.ident.span())
}

fn tangent_struct(
    input: &DeriveInput,
    shape: &Fields,
    fields: &[Field],
    krate: &TokenStream,
) -> TokenStream {
    let name = grad_name(input);
    let vis = &input.vis;
    let (impl_generics, ty_generics, clause) = input.generics.split_for_impl();
    let generics = &input.generics;
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
    let declaration = quote!(#[doc = #doc] #vis struct #name #generics #body);
    let implementations = quote! {
        #[automatically_derived]
        #[allow(unused, clippy::all, clippy::pedantic)]
        const _: () = {
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
        };
    };
    let implementations = written_at(implementations, doubtful(fields));
    quote!(#declaration #implementations)
}

fn implementation(input: &DeriveInput, fields: &[Field], krate: &TokenStream) -> TokenStream {
    let name = &input.ident;
    let grad = grad_name(input);
    let (impl_generics, ty_generics, clause) = input.generics.split_for_impl();
    let active: Vec<&Field> = fields.iter().filter(|field| field.active).collect();
    let shapes = active.iter().map(|field| {
        let ty = &field.ty;
        quote_spanned!(ty.span()=> <#ty as #krate::Differentiable>::Shape)
    });
    let shape_values = active.iter().map(|field| {
        let (m, ty) = (&field.member, &field.ty);
        quote_spanned!(ty.span()=> <#ty as #krate::Differentiable>::tangent_shape(&self.#m))
    });
    let mut next = 0usize..;
    let zeros = fields.iter().map(|field| {
        let m = &field.member;
        if field.active {
            let ty = &field.ty;
            let index = Literal::usize_unsuffixed(next.next().unwrap_or_default());
            quote_spanned!(ty.span()=> #m: <#ty as #krate::Differentiable>::zeros(&shape.#index))
        } else {
            quote!(#m: #krate::NoTangent)
        }
    });
    let visits = active.iter().map(|field| {
        let (m, ty) = (&field.member, &field.ty);
        quote_spanned! {ty.span()=>
            <#ty as #krate::Differentiable>::visit_parameters(&mut self.#m, &gradient.#m, visitor);
        }
    });
    let zeros: Vec<TokenStream> = zeros.collect();
    let mut next = 0usize..;
    let accumulators = fields.iter().map(|field| {
        let m = &field.member;
        if field.active {
            let ty = &field.ty;
            let index = Literal::usize_unsuffixed(next.next().unwrap_or_default());
            quote_spanned!(ty.span()=> #m: <#ty as #krate::Differentiable>::accumulator(&shape.#index))
        } else {
            quote!(#m: #krate::NoTangent)
        }
    });
    let materialize = active.iter().enumerate().map(|(index, field)| {
        let (m, ty, index) = (&field.member, &field.ty, syn::Index::from(index));
        quote_spanned! {ty.span()=>
            <#ty as #krate::Differentiable>::materialize(&shape.#index, &mut tangent.#m);
        }
    });
    let implementations = quote! {
        #[automatically_derived]
        #[allow(unused, clippy::all, clippy::pedantic)]
        const _: () = {
            impl #impl_generics #krate::Differentiable for #name #ty_generics #clause {
                type Tangent = #grad #ty_generics;
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
    written_at(implementations, doubtful(fields))
}
