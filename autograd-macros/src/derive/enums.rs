//! The tangent of an enum: an enum of those variants that hold something, and zero.

use super::{accessor, doubtful, fields, grad_name, of_active, tangent, written_at, Field};
use crate::diag::Diagnostics;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{DataEnum, DeriveInput, Fields, Member};

struct Variant {
    name: Ident,
    fields: Vec<Field>,
    named: bool,
}

impl Variant {
    /// `{ a: p_0, b: p_1 }`, which fits tuple variants too.
    fn pattern(&self, prefix: &str) -> TokenStream {
        let members = self.members();
        let names = self.bindings(prefix);
        quote!({ #(#members: #names),* })
    }

    fn members(&self) -> Vec<&Member> {
        self.fields.iter().map(|field| &field.member).collect()
    }

    fn bindings(&self, prefix: &str) -> Vec<Ident> {
        (0..self.fields.len())
            .map(|i| format_ident!("{prefix}_{i}", span = Span::mixed_site()))
            .collect()
    }
}

pub(super) fn derive(
    input: &DeriveInput,
    data: &DataEnum,
    krate: &TokenStream,
    diag: &mut Diagnostics,
) -> TokenStream {
    let variants: Vec<Variant> = data
        .variants
        .iter()
        .filter(|variant| !variant.fields.is_empty())
        .map(|variant| Variant {
            name: variant.ident.clone(),
            fields: fields(&variant.fields, diag),
            named: matches!(variant.fields, Fields::Named(_)),
        })
        .collect();
    if let Some(clash) = variants.iter().find(|variant| variant.name == "Zero") {
        diag.error_on(
            &clash.name,
            "a variant that holds something cannot be named `Zero`",
            "rename it: in the gradient's type `Zero` stands for no gradient at all",
        );
    }
    let of_tangent = of_active(input, variants.iter().flat_map(|variant| &variant.fields));
    let tangent = tangent_enum(&of_tangent, &variants, krate);
    let methods = tangent_impls(&of_tangent, &variants, krate);
    let implementation = implementation(input, &of_tangent, &variants, krate);
    let implementations = quote! {
        #[automatically_derived]
        #[allow(
            unused, deprecated, clippy::all, clippy::pedantic, clippy::nursery, non_snake_case,
            unreachable_pub, unused_qualifications, private_interfaces,
        )]
        const _: () = {
            #methods
            #implementation
        };
    };
    let fields = variants.iter().flat_map(|variant| &variant.fields);
    let implementations = written_at(implementations, doubtful(fields));
    quote!(#tangent #implementations)
}

fn tangent_enum(input: &DeriveInput, variants: &[Variant], krate: &TokenStream) -> TokenStream {
    let name = grad_name(input);
    let (vis, generics, clause) = (&input.vis, &input.generics, &input.generics.where_clause);
    let declared = variants.iter().map(|variant| {
        let tangents: Vec<TokenStream> =
            variant.fields.iter().map(|field| tangent(field, krate)).collect();
        let fields = if variant.named {
            let members = variant.members();
            let docs = members
                .iter()
                .map(|member| format!("The gradient with respect to `{}`.", quote!(#member)));
            quote!({ #(#[doc = #docs] #members: #tangents),* })
        } else {
            quote!((#(#tangents),*))
        };
        let doc = format!("The gradient with respect to a [`{}::{}`].", input.ident, variant.name);
        let variant = &variant.name;
        quote!(#[doc = #doc] #variant #fields)
    });
    let doc = format!("The gradient with respect to a [`{}`].", input.ident);
    quote! {
        #[doc = #doc]
        #vis enum #name #generics #clause {
            /// Zero: the value holds nothing that has a gradient, or does not matter.
            Zero,
            #(#declared,)*
        }
    }
}

fn tangent_impls(input: &DeriveInput, variants: &[Variant], krate: &TokenStream) -> TokenStream {
    let name = grad_name(input);
    let (impl_generics, ty_generics, clause) = input.generics.split_for_impl();
    let accessors = variants.iter().flat_map(|variant| {
        variant.fields.iter().enumerate().map(move |(index, field)| {
            let (case, pattern) = (&variant.name, variant.pattern("a"));
            let (members, wanted) = (variant.members(), &variant.bindings("a")[index]);
            accessor(
                case,
                field,
                krate,
                &quote! {
                    if let Self::Zero = self {
                        *self = Self::#case { #(#members: #krate::Tangent::symbolic_zero()),* };
                    }
                    match self {
                        Self::#case #pattern => #wanted,
                        _ => #krate::private::other_variant(),
                    }
                },
            )
        })
    });
    let common = common_impls(input, variants);
    let implementation = tangent_impl(input, variants, krate);
    quote! {
        impl #impl_generics #name #ty_generics #clause {
            #(#accessors)*
        }
        #common
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
        #implementation
    }
}

/// An arm for each variant, its fields bound to `a0`, `a1`, ….
fn each(variants: &[Variant], body: &dyn Fn(&Variant) -> TokenStream) -> TokenStream {
    let arms = variants.iter().map(|variant| {
        let (case, pattern, body) = (&variant.name, variant.pattern("a"), body(variant));
        quote!(Self::#case #pattern => { #body })
    });
    arms.collect()
}

/// An arm for each pair of the same variant, its fields bound to `a0`, … and `b0`, ….
fn both(variants: &[Variant], body: &dyn Fn(&[Ident], &[Ident]) -> TokenStream) -> TokenStream {
    let arms = variants.iter().map(|variant| {
        let (case, a, b) = (&variant.name, variant.pattern("a"), variant.pattern("b"));
        let body = body(&variant.bindings("a"), &variant.bindings("b"));
        quote!((Self::#case #a, Self::#case #b) => { #body })
    });
    arms.collect()
}

/// The traits of the standard library.
fn common_impls(input: &DeriveInput, variants: &[Variant]) -> TokenStream {
    let name = grad_name(input);
    let (impl_generics, ty_generics, clause) = input.generics.split_for_impl();
    let clone = each(variants, &|variant| {
        let (case, members, a) = (&variant.name, variant.members(), variant.bindings("a"));
        quote!(Self::#case { #(#members: ::core::clone::Clone::clone(#a)),* })
    });
    let debug = each(variants, &|variant| {
        let (label, a) = (variant.name.to_string(), variant.bindings("a"));
        if !variant.named {
            return quote!(f.debug_tuple(#label) #(.field(#a))* .finish());
        }
        let labels = variant.members().into_iter().map(|member| quote!(#member).to_string());
        quote!(f.debug_struct(#label) #(.field(#labels, #a))* .finish())
    });
    let equal = both(variants, &|a, b| quote!(true #(&& *#a == *#b)*));
    quote! {
        impl #impl_generics ::core::clone::Clone for #name #ty_generics #clause {
            fn clone(&self) -> Self {
                match self { Self::Zero => Self::Zero, #clone }
            }
        }
        impl #impl_generics ::core::fmt::Debug for #name #ty_generics #clause {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self { Self::Zero => f.write_str("Zero"), #debug }
            }
        }
        impl #impl_generics ::core::cmp::PartialEq for #name #ty_generics #clause {
            fn eq(&self, other: &Self) -> bool {
                match (self, other) {
                    (Self::Zero, Self::Zero) => true,
                    #equal
                    _ => false,
                }
            }
        }
        impl #impl_generics ::core::default::Default for #name #ty_generics #clause {
            fn default() -> Self {
                Self::Zero
            }
        }
    }
}

fn tangent_impl(input: &DeriveInput, variants: &[Variant], krate: &TokenStream) -> TokenStream {
    let name = grad_name(input);
    let (impl_generics, ty_generics, clause) = input.generics.split_for_impl();
    let zero = each(variants, &|variant| {
        let a = variant.bindings("a");
        quote!(#(#krate::Tangent::zero(#a);)*)
    });
    let visit = each(variants, &|variant| {
        let a = variant.bindings("a");
        quote!(#(#krate::Tangent::visit_tangents(#a, visitor);)*)
    });
    let accumulate = both(variants, &|a, b| quote!(#(#krate::Tangent::accumulate(#a, #b);)*));
    let accumulate_ref =
        both(variants, &|a, b| quote!(#(#krate::Tangent::accumulate_ref(#a, #b);)*));
    quote! {
        impl #impl_generics #krate::Tangent for #name #ty_generics #clause {
            #[inline]
            fn symbolic_zero() -> Self {
                Self::Zero
            }
            fn accumulate(&mut self, other: Self) {
                match (&mut *self, other) {
                    (_, Self::Zero) => {}
                    (Self::Zero, other) => *self = other,
                    #accumulate
                    _ => #krate::private::other_variant(),
                }
            }
            fn accumulate_ref(&mut self, other: &Self) {
                match (&mut *self, other) {
                    (_, Self::Zero) => {}
                    (Self::Zero, other) => *self = ::core::clone::Clone::clone(other),
                    #accumulate_ref
                    _ => #krate::private::other_variant(),
                }
            }
            fn zero(&mut self) {
                match self { Self::Zero => {} #zero }
            }
            fn visit_tangents<AutogradVisitor: #krate::TangentVisitor>(
                &mut self,
                visitor: &mut AutogradVisitor,
            ) {
                match self { Self::Zero => {} #visit }
            }
        }
    }
}

/// What is known of the tangent's shape: the variant, and the shapes of its fields.
fn shape_enum(input: &DeriveInput, variants: &[Variant], krate: &TokenStream) -> TokenStream {
    let shape = format_ident!("{}TangentShape", input.ident);
    let generics = &input.generics;
    let (impl_generics, ty_generics, clause) = generics.split_for_impl();
    let shape_ty = |field: &Field| {
        let ty = &field.ty;
        if field.active {
            quote!(<#ty as #krate::Differentiable>::Shape)
        } else {
            quote!(())
        }
    };
    let shapes = variants.iter().map(|variant| {
        let (case, members) = (&variant.name, variant.members());
        let types = variant.fields.iter().map(shape_ty);
        if variant.named {
            quote!(#case { #(#members: #types),* })
        } else {
            quote!(#case(#(#types),*))
        }
    });
    let clones = variants.iter().map(|variant| {
        let (case, pattern) = (&variant.name, variant.pattern("a"));
        let (members, a) = (variant.members(), variant.bindings("a"));
        quote!(Self::#case #pattern => Self::#case { #(#members: ::core::clone::Clone::clone(#a)),* })
    });
    quote! {
        pub enum #shape #generics #clause {
            Unit,
            #(#shapes,)*
        }
        impl #impl_generics ::core::clone::Clone for #shape #ty_generics #clause {
            fn clone(&self) -> Self {
                match self { Self::Unit => Self::Unit, #(#clones,)* }
            }
        }
    }
}

/// The shape of a value is that of its variant.
fn implementation(
    input: &DeriveInput,
    of_tangent: &DeriveInput,
    variants: &[Variant],
    krate: &TokenStream,
) -> TokenStream {
    let (name, grad) = (&input.ident, grad_name(input));
    let shape = format_ident!("{name}TangentShape");
    let (impl_generics, ty_generics, clause) = input.generics.split_for_impl();
    let (_, tangent_generics, _) = of_tangent.generics.split_for_impl();
    let declared = shape_enum(of_tangent, variants, krate);
    let of = variants.iter().map(|variant| {
        let (case, pattern, members) = (&variant.name, variant.pattern("a"), variant.members());
        let values = variant.fields.iter().zip(variant.bindings("a")).map(|(field, a)| {
            if field.active {
                quote!(#krate::Differentiable::tangent_shape(#a))
            } else {
                quote!(())
            }
        });
        quote!(Self::#case #pattern => #shape::#case { #(#members: #values),* })
    });
    let zeros = zeros(variants, [&shape, &grad], krate, "zeros");
    let accumulators = self::zeros(variants, [&shape, &grad], krate, "accumulator");
    let materialize = variants.iter().map(|variant| {
        let (case, a, b) = (&variant.name, variant.pattern("a"), variant.pattern("b"));
        let each = variant.fields.iter().zip(variant.bindings("a")).zip(variant.bindings("b"));
        let each = each.filter(|((field, _), _)| field.active).map(|((field, a), b)| {
            let ty = &field.ty;
            quote!(<#ty as #krate::Differentiable>::materialize(#a, #b);)
        });
        quote!((#shape::#case #a, #grad::#case #b) => { #(#each)* })
    });
    let visits = variants.iter().map(|variant| {
        let (case, a, b) = (&variant.name, variant.pattern("a"), variant.pattern("b"));
        let active = || {
            let both = variant.bindings("a").into_iter().zip(variant.bindings("b"));
            both.zip(&variant.fields).filter(|(_, field)| field.active).map(|(names, _)| names)
        };
        let known = active()
            .map(|(a, b)| quote!(#krate::Differentiable::visit_parameters(#a, #b, visitor);));
        let unknown = active().map(|(a, _)| {
            quote!(#krate::Differentiable::visit_parameters(#a, &#krate::Tangent::symbolic_zero(), visitor);)
        });
        quote! {
            (Self::#case #a, #grad::#case #b) => { #(#known)* }
            (Self::#case #a, _) => { #(#unknown)* }
        }
    });
    quote! {
        #declared
        impl #impl_generics #krate::Differentiable for #name #ty_generics #clause {
            type Tangent = #grad #tangent_generics;
            type Shape = #shape #tangent_generics;

            fn tangent_shape(&self) -> Self::Shape {
                match self { #(#of,)* _ => #shape::Unit }
            }
            fn zeros(shape: &Self::Shape) -> Self::Tangent {
                match shape { #shape::Unit => #grad::Zero, #zeros }
            }
            fn accumulator(shape: &Self::Shape) -> Self::Tangent {
                match shape { #shape::Unit => #grad::Zero, #accumulators }
            }
            fn materialize(shape: &Self::Shape, tangent: &mut Self::Tangent) {
                if let #grad::Zero = tangent {
                    *tangent = Self::zeros(shape);
                }
                match (shape, tangent) {
                    #(#materialize)*
                    (#shape::Unit, _) => {}
                    _ => #krate::private::other_variant(),
                }
            }
            fn visit_parameters<AutogradVisitor: #krate::ParameterVisitor>(
                &mut self,
                gradient: &Self::Tangent,
                visitor: &mut AutogradVisitor,
            ) {
                match (self, gradient) { #(#visits)* _ => {} }
            }
        }
        impl #impl_generics #krate::Detach for #name #ty_generics #clause {
            type Detached<'autograd> = &'autograd Self where Self: 'autograd;
            fn detach(&self) -> &Self {
                self
            }
        }
    }
}

/// The arms that make zeros from shapes, by `function`.
fn zeros(
    variants: &[Variant],
    [shape, grad]: [&Ident; 2],
    krate: &TokenStream,
    function: &str,
) -> TokenStream {
    let function = format_ident!("{function}");
    variants
        .iter()
        .map(|variant| {
            let (case, pattern, members) = (&variant.name, variant.pattern("a"), variant.members());
            let values = variant.fields.iter().zip(variant.bindings("a")).map(|(field, a)| {
                let ty = &field.ty;
                if field.active {
                    quote!(<#ty as #krate::Differentiable>::#function(#a))
                } else {
                    quote!(#krate::NoTangent)
                }
            });
            quote!(#shape::#case #pattern => #grad::#case { #(#members: #values),* },)
        })
        .collect()
}
