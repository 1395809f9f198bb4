//! Lifetimes that the companions of a function must have names for.

use crate::walk::visit_mut::{self, VisitMut};
use proc_macro2::Span;
use quote::ToTokens;
use syn::{
    FnArg, GenericParam, Lifetime, LifetimeParam, Signature, Type, TypeParamBound, TypeReference,
    TypeTraitObject,
};

/// Names the lifetimes that are left out inside the types of parameters: a pullback may hold what they are of, and what
/// is said of all types of a signature cannot leave them out.
pub(super) fn name_lifetimes(signature: &mut Signature) {
    let mut namer = Namer::default();
    for input in &mut signature.inputs {
        let FnArg::Typed(typed) = input else { continue };
        match &mut *typed.ty {
            Type::Reference(reference) => namer.behind(&mut reference.elem),
            ty => namer.visit_type_mut(ty),
        }
    }
    if namer.used {
        let param = GenericParam::Lifetime(LifetimeParam::new(held(Span::mixed_site())));
        signature.generics.params.insert(0, param);
    }
}

/// One name for all of them: what is only looked at may be taken for what lives less long.
fn held(span: Span) -> Lifetime {
    Lifetime::new("'autograd_held", span)
}

/// Visits the lifetimes of what values of a type hold, in it and in the types inside of it.
pub(crate) fn visit_lifetimes(visitor: &mut impl VisitMut, ty: &mut Type) {
    match ty {
        Type::TraitObject(object) => own_lifetimes(object, |own| visitor.visit_lifetime_mut(own)),
        ty if is_of_functions(ty) => {}
        ty => visit_mut::visit_type_mut(visitor, ty),
    }
}

/// Whether a type is one of functions or their like, of which the lifetimes inside are their own.
fn is_of_functions(ty: &Type) -> bool {
    matches!(ty, Type::FnPtr(_) | Type::ImplTrait(_) | Type::TraitObject(_))
}

/// The lifetimes of what a trait object holds.
fn own_lifetimes(object: &mut TypeTraitObject, mut f: impl FnMut(&mut Lifetime)) {
    for bound in &mut object.bounds {
        if let TypeParamBound::Lifetime(lifetime) = bound {
            f(lifetime);
        }
    }
}

#[derive(Default)]
struct Namer {
    used: bool,
}

impl Namer {
    /// What is behind a reference: a trait object lives as long as that.
    fn behind(&mut self, ty: &mut Type) {
        match ty {
            Type::Paren(inner) => self.behind(&mut inner.elem),
            Type::Group(inner) => self.behind(&mut inner.elem),
            Type::TraitObject(object) => {
                let mut has_one = false;
                own_lifetimes(object, |_| has_one = true);
                if !has_one {
                    let end = object.to_token_stream().into_iter().last();
                    let name = self.name(end.map_or_else(Span::mixed_site, |end| end.span()));
                    object.bounds.push(TypeParamBound::Lifetime(name));
                    *ty = syn::parse_quote!((#object));
                }
            }
            ty => self.visit_type_mut(ty),
        }
    }

    fn name(&mut self, span: Span) -> Lifetime {
        self.used = true;
        held(span)
    }
}

impl VisitMut for Namer {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = self.name(lifetime.span());
        }
    }

    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        if reference.lifetime.is_none() {
            reference.lifetime = Some(self.name(reference.and_token.span));
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_type_mut(&mut self, ty: &mut Type) {
        if !is_of_functions(ty) {
            visit_mut::visit_type_mut(self, ty);
        }
    }
}
