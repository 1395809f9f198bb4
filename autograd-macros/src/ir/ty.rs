//! What is known of a type without a type checker.

use proc_macro2::Ident;
use syn::{GenericArgument, PathArguments, Type};

/// A type as far as the signature, annotations and known operations tell it. `Unknown` is always
/// right: what is not known here is left to traits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Ty {
    Unknown,
    /// `f32`, `f64`, a float literal, or a generic parameter bound by `Real`.
    Float(Float),
    /// Integers, `bool`, `char`, strings: without a derivative.
    Inactive,
    /// A tensor, with its element type.
    Tensor(Box<Ty>),
    /// With its length, where that is written as a number.
    Array(Box<Ty>, Option<usize>),
    Slice(Box<Ty>),
    Vec(Box<Ty>),
    Tuple(Vec<Ty>),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Float {
    F32,
    F64,
    /// An unsuffixed literal, or a constant of which only the kind is known.
    Literal,
    Generic(Ident),
}

impl Ty {
    pub(crate) fn is_list(&self) -> bool {
        matches!(self, Self::Vec(_) | Self::Slice(_) | Self::Array(..))
    }

    pub(crate) fn has_elements(&self) -> bool {
        self.is_list() || matches!(self, Self::Tensor(_))
    }

    pub(crate) fn is_float(&self) -> bool {
        matches!(self, Self::Float(_))
    }

    pub(crate) fn is_inactive(&self) -> bool {
        match self {
            Self::Inactive => true,
            Self::Array(t, _) | Self::Slice(t) | Self::Vec(t) | Self::Tensor(t) => t.is_inactive(),
            Self::Tuple(ts) => !ts.is_empty() && ts.iter().all(Self::is_inactive),
            Self::Unknown | Self::Float(_) => false,
        }
    }

    /// Whether values are certainly `Copy`, so that plain uses never move.
    pub(crate) fn is_copy(&self) -> bool {
        match self {
            Self::Float(_) => true,
            Self::Array(t, _) => t.is_copy(),
            Self::Tuple(ts) => ts.iter().all(Self::is_copy),
            _ => false,
        }
    }

    /// Whether values certainly own what they hold.
    pub(crate) fn is_owned(&self) -> bool {
        !matches!(self, Self::Unknown | Self::Slice(_) | Self::Inactive)
    }

    pub(crate) fn element(&self) -> Self {
        match self {
            Self::Array(t, _) | Self::Slice(t) | Self::Vec(t) => (**t).clone(),
            _ => Self::Unknown,
        }
    }

    pub(crate) fn coordinates(&self) -> Self {
        match self {
            Self::Tensor(t) => (**t).clone(),
            _ => Self::Unknown,
        }
    }

    pub(crate) fn field(&self, member: &syn::Member) -> Self {
        match (self, member) {
            (Self::Tuple(ts), syn::Member::Unnamed(i)) => {
                ts.get(i.index as usize).cloned().unwrap_or(Self::Unknown)
            }
            _ => Self::Unknown,
        }
    }

    /// The rank of a tensor, if a type is written as one with a number for it.
    pub(crate) fn rank(ty: &Type) -> Option<usize> {
        let Type::Path(ty) = ty else { return None };
        let last = ty.path.segments.last().filter(|last| last.ident == "Tensor")?;
        let PathArguments::AngleBracketed(args) = &last.arguments else { return None };
        match args.args.first()? {
            GenericArgument::Const(rank) => length(rank),
            _ => None,
        }
    }

    /// Reads a written type. `reals` are the generic parameters that are scalars.
    pub(crate) fn of(ty: &Type, reals: &[Ident]) -> Self {
        match ty {
            Type::Group(t) => Self::of(&t.elem, reals),
            Type::Paren(t) => Self::of(&t.elem, reals),
            Type::Reference(t) => Self::of(&t.elem, reals),
            Type::Array(t) => Self::Array(Box::new(Self::of(&t.elem, reals)), length(&t.len)),
            Type::Slice(t) => Self::Slice(Box::new(Self::of(&t.elem, reals))),
            Type::Tuple(t) => Self::Tuple(t.elems.iter().map(|t| Self::of(t, reals)).collect()),
            Type::Path(t) if t.qself.is_none() => Self::of_path(&t.path, reals),
            _ => Self::Unknown,
        }
    }

    fn of_path(path: &syn::Path, reals: &[Ident]) -> Self {
        let Some(last) = path.segments.last() else { return Self::Unknown };
        if path.segments.len() == 1 && reals.contains(&last.ident) {
            return Self::Float(Float::Generic(last.ident.clone()));
        }
        let argument = |index: usize| match &last.arguments {
            PathArguments::AngleBracketed(args) => match args.args.get(index) {
                Some(GenericArgument::Type(t)) => Some(Self::of(t, reals)),
                _ => None,
            },
            _ => None,
        };
        match last.ident.to_string().as_str() {
            "f32" => Self::Float(Float::F32),
            "f64" => Self::Float(Float::F64),
            "bool" | "char" | "str" | "String" | "u8" | "u16" | "u32" | "u64" | "u128"
            | "usize" | "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "Range"
            | "RangeInclusive" => Self::Inactive,
            "Vec" => Self::Vec(Box::new(argument(0).unwrap_or(Self::Unknown))),
            "Tensor" => Self::Tensor(Box::new(argument(1).unwrap_or(Self::Float(Float::F32)))),
            _ => Self::Unknown,
        }
    }
}

/// A length that is written as a number.
pub(crate) fn length(len: &syn::Expr) -> Option<usize> {
    match len {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(len), .. }) => len.base10_parse().ok(),
        _ => None,
    }
}
