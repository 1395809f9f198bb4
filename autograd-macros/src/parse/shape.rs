//! `#[shape(n, d)]` on a parameter: what is declared of its dimensions.

use super::signature::Target;
use crate::diag::Diagnostics;
use crate::ir::{ty, Ty};
use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, FnArg, LitInt, Pat, Token, Type};

const FORM: &str = "write a name, a number or `_` for each dimension: `#[shape(n, 10, _)]`";
pub(super) const PLACE: &str = "`#[shape(…)]` stands on a parameter that is a tensor or a list";

/// What is declared of a parameter's dimensions, outermost first.
#[derive(Clone)]
pub(crate) struct Declared {
    pub(crate) dims: Vec<Entry>,
    /// Whether it is of a list, which has one dimension: its length.
    pub(crate) of_list: bool,
}

/// What is declared of one dimension.
#[derive(Clone)]
pub(crate) enum Entry {
    /// A name, which stands for one length wherever it is written.
    Name(Ident),
    Length(usize),
    /// `_`
    Any,
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(Token![_]) {
            return input.parse::<Token![_]>().map(|_| Self::Any);
        }
        if input.peek(LitInt) {
            return input.parse::<LitInt>()?.base10_parse().map(Self::Length);
        }
        input.call(Ident::parse_any).map(Self::Name)
    }
}

impl Target {
    /// Whether something is declared that an argument may not keep to: a length, or a name that has a value or
    /// stands in two places.
    pub(crate) fn checks_shapes(&self) -> bool {
        let declared = self.params.iter().filter_map(|param| param.shape.as_ref());
        let mut names: Vec<&Ident> = Vec::new();
        declared.flat_map(|declared| &declared.dims).any(|entry| match entry {
            Entry::Any => false,
            Entry::Length(_) => true,
            Entry::Name(name) => {
                let again = names.contains(&name);
                names.push(name);
                again || self.is_length(name)
            }
        })
    }

    /// Whether a name has a value where the function begins: it is a parameter of type `usize`, or a const
    /// parameter.
    pub(crate) fn is_length(&self, name: &Ident) -> bool {
        let is_usize = |ty: &Type| matches!(ty, Type::Path(ty) if ty.path.is_ident("usize"));
        let mut consts = self.function.sig.generics.const_params();
        consts.any(|param| param.ident == *name && is_usize(&param.ty))
            || self.params.iter().any(|param| {
                param.ident == *name
                    && param.pattern.is_none()
                    && !param.by_ref
                    && is_usize(&param.ty)
            })
    }
}

/// Removes `#[shape(…)]` from a parameter and reads it.
pub(super) fn take_shape(input: &mut FnArg, diag: &mut Diagnostics) -> Option<Declared> {
    let attrs = match input {
        FnArg::Receiver(receiver) => &mut receiver.attrs,
        FnArg::Typed(typed) => &mut typed.attrs,
    };
    let is_ours = |attr: &Attribute| attr.path().is_ident("shape");
    let ours: Vec<Attribute> = attrs.iter().filter(|attr| is_ours(attr)).cloned().collect();
    attrs.retain(|attr| !is_ours(attr));
    let (attr, more) = ours.split_first()?;
    for again in more {
        diag.error_on(
            again,
            "`#[shape(…)]` stands on this parameter already",
            "remove one of the two",
        );
    }
    read(attr, input, diag)
}

fn read(attr: &Attribute, input: &FnArg, diag: &mut Diagnostics) -> Option<Declared> {
    let entries = attr.parse_args_with(Punctuated::<Entry, Token![,]>::parse_terminated);
    let Ok(entries) = entries else {
        diag.error_on(attr, "these are not the dimensions of a parameter", FORM);
        return None;
    };
    let dims: Vec<Entry> = entries.into_iter().collect();
    let FnArg::Typed(typed) = input else {
        diag.error_on(attr, PLACE, "a receiver has no dimensions");
        return None;
    };
    let Pat::Ident(pat) = &*typed.pat else {
        diag.error_on(attr, PLACE, "give the parameter a name, and take it apart in the body");
        return None;
    };
    let name = pat.ident.unraw();
    let (rank, of_list) = match rank(&typed.ty) {
        Ok(rank) => rank,
        Err(help) => {
            diag.error_on(attr, PLACE, help);
            return None;
        }
    };
    if rank != dims.len() {
        let (plural, named) = (if rank == 1 { "" } else { "s" }, dims.len());
        let are = if named == 1 { "is" } else { "are" };
        let message = format!("`{name}` has {rank} dimension{plural}, and {named} {are} declared");
        diag.error_on(attr, message, FORM);
        return None;
    }
    if let (Some(written), [Entry::Length(length)]) = (array_length(&typed.ty), dims.as_slice()) {
        if written != *length {
            diag.error_on(
                attr,
                format!("`{name}` has {written} elements, and {length} are declared"),
                "the length of an array is in its type",
            );
        }
    }
    Some(Declared { dims, of_list })
}

/// How many dimensions values of a type have, and whether they are lists; or what to do about it.
fn rank(ty: &Type) -> Result<(usize, bool), &'static str> {
    match ty {
        Type::Reference(reference) => rank(&reference.elem),
        Type::Paren(inner) => rank(&inner.elem),
        Type::Group(inner) => rank(&inner.elem),
        _ => match Ty::of(ty, &[]) {
            Ty::Tensor(_) => {
                let rank = Ty::rank(ty);
                rank.map(|rank| (rank, false)).ok_or("write the rank as a number: `Tensor<2>`")
            }
            Ty::Slice(_) | Ty::Vec(_) | Ty::Array(..) => Ok((1, true)),
            _ => Err("only tensors, slices, arrays and `Vec`s have dimensions that can be seen"),
        },
    }
}

/// The length of an array, where it is written as a number.
fn array_length(ty: &Type) -> Option<usize> {
    match ty {
        Type::Reference(reference) => array_length(&reference.elem),
        Type::Array(array) => ty::length(&array.len),
        _ => None,
    }
}
