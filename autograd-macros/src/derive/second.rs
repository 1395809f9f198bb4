//! `#[autograd(order = 2)]` beside the derive: the type over other scalars, for second derivatives.
//!
//! A type that is generic over its scalar is there over all of them already. A struct over `f64` or `f32` gets a
//! twin that is generic, with the same fields. What has no active fields is the same over any scalar.

use super::{fields, grad_name, structs, Field};
use crate::diag::Diagnostics;
use crate::parse::real_parameters;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DataStruct, DeriveInput, Fields, GenericParam, Generics, Type};

/// The scalar of the other type. Names of types have no hygiene, so it is one that nobody writes.
fn scalar() -> Ident {
    Ident::new("AutogradScalar", Span::mixed_site())
}

pub(super) fn derive(
    input: &DeriveInput,
    krate: &TokenStream,
    order: Span,
    diag: &mut Diagnostics,
) -> TokenStream {
    let reals = real_parameters(&input.generics);
    let others = input.generics.type_params().filter(|param| !reals.contains(&param.ident));
    if let Some(other) = others.into_iter().next() {
        diag.error_on(
            &other.ident,
            "second derivatives are not known of a type with parameters that are no scalars",
            "name the type of the field, or bound the parameter by `Real`",
        );
        return TokenStream::new();
    }
    let second = Second { input, krate };
    let tokens = match (reals.as_slice(), &input.data) {
        ([], data) if !has_active_fields(data) => second.without_scalars(),
        ([], Data::Struct(data)) => second.with_twin(data),
        ([over], Data::Struct(data)) => second.generic_struct(data, over),
        ([over], Data::Enum(data)) => second.generic_enum(data, over),
        ([], _) => {
            diag.error(
                order,
                "second derivatives are of enums that are generic over their scalar",
                "write `enum Name<T: Real> { … }`",
            );
            return TokenStream::new();
        }
        _ => {
            diag.error(
                order,
                "second derivatives are of types over one scalar",
                "use one generic parameter for all of them",
            );
            return TokenStream::new();
        }
    };
    hidden(&tokens)
}

/// Without the attribute the type is over other scalars what says that it is not there.
pub(super) fn missing(input: &DeriveInput, krate: &TokenStream) -> TokenStream {
    hidden(&Second { input, krate }.over(&quote!(#krate::private::second::WithoutOrderTwo<Self>)))
}

fn hidden(tokens: &TokenStream) -> TokenStream {
    quote! {
        #[automatically_derived]
        #[allow(warnings, clippy::all, clippy::pedantic, clippy::nursery)]
        const _: () = { #tokens };
    }
}

/// What is wrong with the fields has been said.
fn fields_of(shape: &Fields) -> Vec<Field> {
    fields(shape, &mut Diagnostics::default())
}

fn has_active_fields(data: &Data) -> bool {
    let active = |shape: &Fields| fields_of(shape).iter().any(|field| field.active);
    match data {
        Data::Struct(data) => active(&data.fields),
        Data::Enum(data) => data.variants.iter().any(|variant| active(&variant.fields)),
        Data::Union(_) => false,
    }
}

struct Second<'a> {
    input: &'a DeriveInput,
    krate: &'a TokenStream,
}

impl Second<'_> {
    fn without_scalars(&self) -> TokenStream {
        let scalar = scalar();
        let clone = quote!(::core::clone::Clone::clone(self));
        let generics = self.with_scalar();
        let (_, ty, _) = self.input.generics.split_for_impl();
        let name = &self.input.ident;
        let over = self.over(&quote!(#name #ty));
        let lift = self.lift(&generics, &scalar, [&clone, &clone, &quote!(gradient)], &[]);
        quote!(#over #lift)
    }

    /// A struct over `f64` or `f32`, and its twin over any scalar.
    fn with_twin(&self, data: &DataStruct) -> TokenStream {
        let (krate, scalar) = (self.krate, scalar());
        let fields = fields_of(&data.fields);
        let twin = format_ident!("{}Over", self.input.ident, span = self.input.ident.span());
        let generics = self.with_scalar();
        let mut shape = data.fields.clone();
        for (field, known) in shape.iter_mut().zip(&fields) {
            field.attrs.retain(|attr| attr.path().is_ident("no_grad"));
            field.ty = self.over_field(known);
        }
        let others = fields_of(&shape);
        shape.iter_mut().for_each(|field| field.attrs.clear());
        let declared = DeriveInput {
            attrs: Vec::new(),
            vis: self.input.vis.clone(),
            ident: twin.clone(),
            generics: generics.clone(),
            data: Data::Struct(DataStruct { fields: shape.clone(), ..data.clone() }),
        };
        let derived = structs::derive(&declared, &shape, &others, krate);
        let types = others.iter().map(|field| &field.ty);
        let members: Vec<_> = fields.iter().map(|field| &field.member).collect();
        let (impl_generics, ty, clause) = generics.split_for_impl();
        let predicates = predicates(clause);
        let over = self.over(&quote!(#twin #ty));
        let bounds: Vec<TokenStream> = fields
            .iter()
            .filter(|field| !is_reference(&field.ty))
            .map(|field| {
                let ty = &field.ty;
                quote!(#ty: #krate::private::second::Lift<#scalar>)
            })
            .collect();
        let parts = self.struct_parts(&fields, &quote!(#twin), &scalar);
        let lift = self.lift(&generics, &scalar, [&parts[0], &parts[1], &parts[2]], &bounds);
        quote! {
            #declared
            #derived
            impl #impl_generics ::core::clone::Clone for #twin #ty
            where
                #predicates
                #(#types: ::core::clone::Clone,)*
            {
                fn clone(&self) -> Self {
                    Self { #(#members: ::core::clone::Clone::clone(&self.#members),)* }
                }
            }
            #over
            #lift
        }
    }

    fn generic_struct(&self, data: &DataStruct, over: &Ident) -> TokenStream {
        let fields = fields_of(&data.fields);
        let name = &self.input.ident;
        let parts = self.struct_parts(&fields, &quote!(#name), over);
        let [lifted, constant, eps] = &parts;
        let over_impl = self.over_generic(over);
        let lift = self.lift(&self.input.generics, over, [lifted, constant, eps], &[]);
        quote!(#over_impl #lift)
    }

    fn generic_enum(&self, data: &syn::DataEnum, over: &Ident) -> TokenStream {
        let (krate, name, grad) = (self.krate, &self.input.ident, grad_name(self.input));
        let binding =
            |prefix: &str, i: usize| format_ident!("{prefix}_{i}", span = Span::mixed_site());
        let (mut lifts, mut constants, mut parts) = (Vec::new(), Vec::new(), Vec::new());
        for variant in &data.variants {
            let (case, fields) = (&variant.ident, fields_of(&variant.fields));
            let members: Vec<_> = fields.iter().map(|field| &field.member).collect();
            let a: Vec<Ident> = (0..fields.len()).map(|i| binding("a", i)).collect();
            let b: Vec<Ident> = (0..fields.len()).map(|i| binding("b", i)).collect();
            let fixed: Vec<TokenStream> = fields
                .iter()
                .zip(&a)
                .map(|(field, a)| self.constant_of(field, over, &quote!(#a)))
                .collect();
            constants.push(
                quote!(Self::#case { #(#members: #a),* } => #name::#case { #(#members: #fixed),* }),
            );
            if fields.is_empty() {
                continue;
            }
            let lifted = fields.iter().enumerate().map(|(i, field)| {
                let (a, b) = (&a[i], &b[i]);
                if field.active {
                    self.lifted(field, over, &quote!(#a), &quote!(#b))
                } else {
                    fixed[i].clone()
                }
            });
            lifts.push(quote! {
                (Self::#case { #(#members: #a),* }, #grad::#case { #(#members: #b),* }) => {
                    #name::#case { #(#members: #lifted),* }
                }
            });
            let eps = fields.iter().zip(&b).map(|(field, b)| self.eps_of(field, over, &quote!(#b)));
            parts.push(
                quote!(#grad::#case { #(#members: #b),* } => #grad::#case { #(#members: #eps),* }),
            );
        }
        let constant = quote!(match self { #(#constants,)* });
        let lift = quote! {
            match (self, tangent) {
                #(#lifts)*
                _ => <Self as #krate::private::second::Lift<#over>>::constant(self),
            }
        };
        let eps = quote!(match gradient { #grad::Zero => #grad::Zero, #(#parts,)* });
        let over_impl = self.over_generic(over);
        let lift = self.lift(&self.input.generics, over, [&lift, &constant, &eps], &[]);
        quote!(#over_impl #lift)
    }

    /// What lifts a struct, with a tangent and as a constant, and what takes the tangent of its gradient.
    fn struct_parts(&self, fields: &[Field], name: &TokenStream, over: &Ident) -> [TokenStream; 3] {
        let grad = grad_name(self.input);
        let members: Vec<_> = fields.iter().map(|field| &field.member).collect();
        let constants: Vec<TokenStream> = fields
            .iter()
            .map(|field| {
                let m = &field.member;
                self.constant_of(field, over, &quote!(&self.#m))
            })
            .collect();
        let lifted = fields.iter().zip(&constants).map(|(field, constant)| {
            let m = &field.member;
            if !field.active {
                return constant.clone();
            }
            self.lifted(field, over, &quote!(&self.#m), &quote!(&tangent.#m))
        });
        let eps = fields.iter().map(|field| {
            let m = &field.member;
            self.eps_of(field, over, &quote!(gradient.#m))
        });
        [
            quote!(#name { #(#members: #lifted,)* }),
            quote!(#name { #(#members: #constants,)* }),
            quote!(#grad { #(#members: #eps,)* }),
        ]
    }

    fn lifted(
        &self,
        field: &Field,
        over: &Ident,
        x: &TokenStream,
        dx: &TokenStream,
    ) -> TokenStream {
        let (krate, ty) = (self.krate, &field.ty);
        quote_spanned!(ty.span()=> <#ty as #krate::private::second::Lift<#over>>::lift(#x, #dx))
    }

    fn constant_of(&self, field: &Field, over: &Ident, x: &TokenStream) -> TokenStream {
        let (krate, ty) = (self.krate, &field.ty);
        if is_reference(ty) || (!field.active && self.is_over_any(field, over)) {
            return quote!(::core::clone::Clone::clone(#x));
        }
        quote_spanned!(ty.span()=> <#ty as #krate::private::second::Lift<#over>>::constant(#x))
    }

    fn eps_of(&self, field: &Field, over: &Ident, gradient: &TokenStream) -> TokenStream {
        let (krate, ty) = (self.krate, &field.ty);
        if !field.active {
            return quote!(#krate::NoTangent);
        }
        quote_spanned!(ty.span()=> <#ty as #krate::private::second::Lift<#over>>::eps(#gradient))
    }

    /// Whether a field of a type that is generic over its scalar is not.
    fn is_over_any(&self, field: &Field, over: &Ident) -> bool {
        let ty = &field.ty;
        self.input.generics.type_params().next().is_some()
            && !crate::emit::mentions(&quote!(#ty), &over.to_string())
    }

    /// The type of a field over the other scalar.
    fn over_field(&self, field: &Field) -> Type {
        let (krate, scalar, ty) = (self.krate, scalar(), &field.ty);
        if is_reference(ty) {
            return ty.clone();
        }
        let over =
            quote_spanned!(ty.span()=> <#ty as #krate::private::second::Over<#scalar>>::Over);
        Type::Verbatim(over)
    }

    /// The parameters of the type, and a scalar.
    fn with_scalar(&self) -> Generics {
        let (krate, scalar) = (self.krate, scalar());
        let mut generics = self.input.generics.clone();
        for param in &mut generics.params {
            match param {
                GenericParam::Type(param) => param.default = None,
                GenericParam::Const(param) => param.default = None,
                GenericParam::Lifetime(_) => {}
            }
        }
        generics.params.push(syn::parse_quote!(#scalar: #krate::Real));
        generics
    }

    /// Says what the type is over the other scalar.
    fn over(&self, over: &TokenStream) -> TokenStream {
        let (krate, scalar, name) = (self.krate, scalar(), &self.input.ident);
        let generics = self.with_scalar();
        let (impl_generics, _, clause) = generics.split_for_impl();
        let (_, ty, _) = self.input.generics.split_for_impl();
        quote! {
            impl #impl_generics #krate::private::second::Over<#scalar> for #name #ty #clause {
                type Over = #over;
            }
        }
    }

    fn over_generic(&self, over: &Ident) -> TokenStream {
        let (name, scalar) = (&self.input.ident, scalar());
        let arguments = self.input.generics.params.iter().map(|param| match param {
            GenericParam::Type(param) if param.ident == *over => quote!(#scalar),
            GenericParam::Type(param) => {
                let name = &param.ident;
                quote!(#name)
            }
            GenericParam::Const(param) => {
                let name = &param.ident;
                quote!(#name)
            }
            GenericParam::Lifetime(param) => {
                let name = &param.lifetime;
                quote!(#name)
            }
        });
        self.over(&quote!(#name<#(#arguments),*>))
    }

    /// The way to dual numbers of `scalar`, and back.
    fn lift(
        &self,
        generics: &Generics,
        scalar: &Ident,
        [lifted, constant, eps]: [&TokenStream; 3],
        bounds: &[TokenStream],
    ) -> TokenStream {
        let (krate, name) = (self.krate, &self.input.ident);
        let (impl_generics, _, clause) = generics.split_for_impl();
        let (_, ty, _) = self.input.generics.split_for_impl();
        let predicates = predicates(clause);
        quote! {
            impl #impl_generics #krate::private::second::Lift<#scalar> for #name #ty
            where
                #predicates
                #(#bounds,)*
            {
                fn lift(&self, tangent: &Self::Tangent) -> Self::Over {
                    #lifted
                }
                fn constant(&self) -> Self::Over {
                    #constant
                }
                fn eps(gradient: <Self::Over as #krate::Differentiable>::Tangent) -> Self::Tangent {
                    #eps
                }
            }
        }
    }
}

fn is_reference(ty: &Type) -> bool {
    matches!(ty, Type::Reference(_))
}

/// The predicates of a `where` clause, each with a comma.
fn predicates(clause: Option<&syn::WhereClause>) -> TokenStream {
    let predicates = clause.into_iter().flat_map(|clause| &clause.predicates);
    quote!(#(#predicates,)*)
}
