//! `#[derive(Differentiable)]`: the tangent type of a struct or an enum.

mod enums;
mod second;
mod structs;

use crate::diag::Diagnostics;
use crate::ir::variant_accessor;
use crate::ir::Ty;
use crate::parse::krate;
use crate::parse::Args;
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned, ToTokens};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, GenericParam, Member, Type};

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
    let krate = krate(&args);
    let tokens = match &input.data {
        Data::Struct(data) => {
            let fields = fields(&data.fields, &mut diag);
            structs::derive(&input, &data.fields, &fields, &krate)
        }
        Data::Enum(data) => enums::derive(&input, data, &krate, &mut diag),
        Data::Union(_) => {
            diag.error_on(
                &input.ident,
                "`#[derive(Differentiable)]` stands on a struct or an enum",
                "hold the active parts of this type in structs",
            );
            TokenStream::new()
        }
    };
    let second = match args.second {
        Some(order) if diag.is_empty() => second::derive(&input, &krate, order, &mut diag),
        _ => second::missing(&input, &krate),
    };
    if !diag.is_empty() {
        return diag.into_tokens();
    }
    quote!(#tokens #second)
}

/// Where the first type stands of which only the type checker knows whether it has a derivative: if
/// it has none, all that is generated is wrong, and rustc reports it there and once.
fn doubtful<'f>(fields: impl IntoIterator<Item = &'f Field>) -> Option<Span> {
    let mut fields = fields.into_iter();
    let unknown = fields.find(|field| field.active && Ty::of(&field.ty, &[]) == Ty::Unknown);
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
                "`#[no_grad]` stands on a field, not on the whole type",
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

/// The type without the lifetimes and types among its parameters that only fields without a gradient name: in its
/// tangent they would be parameters that are never used.
fn of_active<'f>(input: &DeriveInput, fields: impl Iterator<Item = &'f Field>) -> DeriveInput {
    let mut named = Vec::new();
    for field in fields.filter(|field| field.active) {
        names_in(field.ty.to_token_stream(), &mut named);
    }
    let mut input = input.clone();
    let mut dropped = Vec::new();
    let params = std::mem::take(&mut input.generics.params);
    for param in params {
        let name = match &param {
            GenericParam::Lifetime(lifetime) => &lifetime.lifetime.ident,
            GenericParam::Type(ty) => &ty.ident,
            GenericParam::Const(_) => {
                input.generics.params.push(param);
                continue;
            }
        };
        if named.contains(name) {
            input.generics.params.push(param);
        } else {
            dropped.push(name.clone());
        }
    }
    if let Some(clause) = &mut input.generics.where_clause {
        let predicates = std::mem::take(&mut clause.predicates);
        clause.predicates = predicates
            .into_iter()
            .filter(|predicate| {
                let mut names = Vec::new();
                names_in(predicate.to_token_stream(), &mut names);
                !dropped.iter().any(|name| names.contains(name))
            })
            .collect();
    }
    input
}

/// All names in tokens, those of lifetimes without their quotes.
fn names_in(tokens: TokenStream, names: &mut Vec<Ident>) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) => names.push(name),
            TokenTree::Group(group) => names_in(group.stream(), names),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
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

/// The methods of a tangent that give the place for each field of `name`, a struct or a variant.
fn accessor(name: &Ident, field: &Field, krate: &TokenStream, body: &TokenStream) -> TokenStream {
    let accessor = variant_accessor(name, &field.member);
    let ty = tangent(field, krate);
    quote! {
        #[doc(hidden)]
        #[inline]
        pub fn #accessor(&mut self) -> &mut #ty {
            #body
        }
    }
}
