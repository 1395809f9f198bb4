//! Signatures of the companions: parameters, types of gradients, bounds.

use super::names::{ends, together_at};
use super::stubs::has_no_name;
use super::value::augmented_name;
use crate::ir::Ty;
use crate::parse::{visit_lifetimes, Param, Target};
use crate::walk::visit_mut::{self, VisitMut};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned, ToTokens};
use syn::spanned::Spanned;
use syn::{FnArg, Lifetime, Type, TypeReference};

/// Lints that the user's crate may deny, and that say nothing about generated code.
pub(super) fn allow() -> TokenStream {
    quote! {
        #[allow(
            unused, deprecated, clippy::all, clippy::pedantic, clippy::nursery, non_snake_case, non_camel_case_types,
            unreachable_code, unused_qualifications, unreachable_pub, private_interfaces,
        )]
    }
}

struct EraseLifetimes;

impl VisitMut for EraseLifetimes {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident != "static" {
            *lifetime = Lifetime::new("'_", lifetime.span());
        }
    }
}

/// A parameter as a reference to what it holds.
pub(super) fn borrowed(param: &Param) -> TokenStream {
    let name = &param.ident;
    match param {
        Param { in_out: true, .. } => quote!(&*#name),
        Param { by_ref: true, .. } => quote!(#name),
        _ => quote!(&#name),
    }
}

/// A type with its lifetimes left to inference.
pub(super) fn erased(ty: &Type) -> Type {
    let mut ty = ty.clone();
    EraseLifetimes.visit_type_mut(&mut ty);
    ty
}

/// A type in a bound that holds for all `'autograd`: there its lifetimes must have a name.
fn for_all(ty: &Type) -> Type {
    struct Name;
    impl VisitMut for Name {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            if lifetime.ident != "static" {
                *lifetime = Lifetime::new("'autograd", lifetime.span());
            }
        }

        fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
            let span = reference.and_token.span;
            reference.lifetime.get_or_insert_with(|| Lifetime::new("'autograd", span));
            visit_mut::visit_type_reference_mut(self, reference);
        }

        fn visit_type_mut(&mut self, ty: &mut Type) {
            visit_lifetimes(self, ty);
        }
    }
    let mut ty = ty.clone();
    Name.visit_type_mut(&mut ty);
    ty
}

/// What can be said of the companions from the function's signature alone.
pub(super) struct Signatures<'a> {
    pub(super) target: &'a Target,
    /// The path of the runtime.
    pub(super) krate: super::names::CratePath,
}

impl Signatures<'_> {
    /// The name of a companion function: `grad`, or `loss_grad` beside a method `loss`.
    pub(super) fn companion_name(&self, suffix: &str) -> Ident {
        let name = self.target.name();
        if self.target.associated {
            format_ident!(
                "{}_{suffix}",
                name.to_string().trim_start_matches("r#"),
                span = name.span()
            )
        } else {
            Ident::new(suffix, name.span())
        }
    }

    pub(super) fn augmented_ident(&self) -> Ident {
        if self.target.associated {
            augmented_name(self.target.name())
        } else {
            Ident::new("__augmented", self.target.name().span())
        }
    }

    pub(super) fn visibility(&self) -> TokenStream {
        if self.target.associated {
            self.target.function.vis.to_token_stream()
        } else {
            quote!(pub)
        }
    }

    /// The companion of its functions: a type that they belong to, or in an `impl` just they.
    pub(super) fn around(&self, functions: &TokenStream) -> TokenStream {
        if self.target.associated {
            return functions.clone();
        }
        let name = self.target.name();
        let vis = &self.target.function.vis;
        let allow = allow();
        let doc = format!("Derivatives of the function [`{name}`](fn@{name}).");
        let hidden = self.hidden();
        quote! {
            #[doc = #doc]
            #hidden
            #allow
            #vis struct #name {}

            #allow
            impl #name {
                #functions
            }
        }
    }

    pub(super) fn prefix(&self) -> TokenStream {
        if self.target.associated {
            let (allow, hidden) = (allow(), self.hidden());
            quote!(#hidden #allow)
        } else {
            TokenStream::new()
        }
    }

    /// What stands beside a twin is not for users.
    fn hidden(&self) -> Option<TokenStream> {
        self.target.args.is_twin.then(|| quote!(#[doc(hidden)]))
    }

    /// The parameters of a companion, under plain names.
    pub(super) fn inputs(&self) -> Vec<TokenStream> {
        let inputs = self.target.function.sig.inputs.iter().zip(&self.target.params);
        inputs
            .map(|(input, param)| match input {
                FnArg::Receiver(_) if param.in_out => quote!(&mut self),
                FnArg::Receiver(_) => quote!(&self),
                FnArg::Typed(typed) => {
                    let name = &param.ident;
                    let ty = &typed.ty;
                    quote!(#name: #ty)
                }
            })
            .collect()
    }

    pub(super) fn args(&self) -> Vec<TokenStream> {
        self.target.params.iter().map(|param| param.ident.to_token_stream()).collect()
    }

    /// The type of the gradient with respect to a parameter.
    pub(super) fn tangent(&self, ty: &Type) -> TokenStream {
        self.known_tangent(ty).unwrap_or_else(|| self.item_of(ty, "Tangent"))
    }

    /// The same, if it can be written without asking the type.
    pub(super) fn known_tangent(&self, ty: &Type) -> Option<TokenStream> {
        match Ty::of(ty, &self.target.reals) {
            Ty::Float(_) | Ty::Tensor(_) => Some(quote!(#ty)),
            Ty::Array(element, _) if element.is_float() => Some(quote!(#ty)),
            Ty::Slice(element) | Ty::Vec(element) if element.is_float() => {
                let element = element_type(ty)?;
                Some(quote!(::std::vec::Vec<#element>))
            }
            _ => None,
        }
    }

    /// The type of the cotangent that a pullback returns for a by-value parameter.
    pub(super) fn returned_type(&self, param: &Param) -> TokenStream {
        let krate = &self.krate;
        match self.known_tangent(&param.ty) {
            _ if param.active => self.tangent(&param.ty),
            // The argument may be active in the caller: a zero of its tangent is added there.
            Some(tangent) => tangent,
            None => quote!(#krate::NoTangent),
        }
    }

    /// The cotangent of a by-value parameter that is inactive.
    pub(super) fn returned_zero(&self, param: &Param) -> TokenStream {
        let (krate, ty) = (&self.krate, self.returned_type(param));
        if self.is_unknown(&param.ty) {
            return quote!(#ty);
        }
        quote!(<#ty as #krate::Tangent>::symbolic_zero())
    }

    /// What a callee accumulates into for a by-reference parameter.
    pub(super) fn slot_type(&self, param: &Param) -> TokenStream {
        let (first, last) = ends(&param.ty);
        let krate = self.krate_written_at(first);
        if !param.active {
            return quote!(#krate::private::NoSlot);
        }
        let ty = erased(&param.ty);
        let tangent = match &ty {
            Type::Slice(slice) => {
                let element = self.tangent(&slice.elem);
                quote!([#element])
            }
            other => self.tangent(other),
        };
        let close = quote_spanned!(last=> >);
        quote_spanned!(first=> #krate::private::Slot<'_, #tangent #close)
    }

    /// A zero tangent of the parameter `value`, to accumulate into.
    pub(super) fn accumulator(&self, param: &Param, value: &TokenStream) -> TokenStream {
        if !self.is_unknown(&param.ty) {
            let krate = &self.krate;
            return quote!(#krate::private::accumulator(#value));
        }
        let ty = erased(&param.ty);
        let (accumulator, shape) =
            (self.item_of(&ty, "accumulator"), self.item_of(&ty, "tangent_shape"));
        quote_spanned!(param.ty.span()=> #accumulator(&#shape((#value))))
    }

    /// The zero tangent of the parameter `value`, written out.
    pub(super) fn zero_tangent(&self, param: &Param, value: &TokenStream) -> TokenStream {
        if !self.is_unknown(&param.ty) {
            let krate = &self.krate;
            return quote!(#krate::private::tangent::zero(#value));
        }
        let zero = self.item_of(&erased(&param.ty), "zero_tangent");
        quote_spanned!(param.ty.span()=> #zero((#value)))
    }

    /// What is kept of the parameter `value`, if its type is not known to have a derivative.
    pub(super) fn witness(&self, param: &Param, value: &TokenStream) -> Option<TokenStream> {
        let witness = self.item_of(&erased(&param.ty), "witness");
        let span = param.ty.span();
        self.is_unknown(&param.ty).then(|| quote_spanned!(span=> #witness((#value))))
    }

    /// Writes `gradient` out to the shape of the parameter `value`.
    pub(super) fn write_out(
        &self,
        param: &Param,
        value: &TokenStream,
        gradient: &TokenStream,
    ) -> TokenStream {
        if !self.is_unknown(&param.ty) {
            let krate = &self.krate;
            return quote!(#krate::private::write_out(#value, #gradient););
        }
        let ty = erased(&param.ty);
        let (materialize, shape) =
            (self.item_of(&ty, "materialize"), self.item_of(&ty, "tangent_shape"));
        quote_spanned!(param.ty.span()=> #materialize(&#shape((#value)), #gradient);)
    }

    /// What a callee gets again of a by-reference parameter: nothing of one that it has changed.
    pub(super) fn again_type(&self, param: &Param) -> TokenStream {
        if param.in_out {
            let krate = &self.krate;
            return quote!(#krate::private::Unread);
        }
        let ty = erased(&param.ty);
        quote!(&#ty)
    }

    pub(super) fn gradient_type(&self) -> TokenStream {
        let tangents: Vec<TokenStream> = self
            .target
            .params
            .iter()
            .filter(|param| param.active)
            .map(|param| self.tangent(&param.ty))
            .collect();
        together_at(&tangents, self.doubtful().0)
    }

    /// The types of the cotangents that the pullback of `vjp` takes, if the function's value is an
    /// `output`: of the value, unless it is nothing, and of what `&mut` parameters hold on exit.
    pub(super) fn exit_cotangents(&self, output: &Type) -> Vec<TokenStream> {
        let value = (!self.target.is_unit()).then(|| self.tangent(output));
        let in_out = self.target.params.iter().filter(|param| param.active && param.in_out);
        let exits = in_out.map(|param| self.tangent(&erased(&param.ty)));
        value.into_iter().chain(exits).collect()
    }

    /// Where a type without derivative would stand, if there is one: errors about what is made of
    /// the types of the signature belong there.
    pub(super) fn doubtful(&self) -> (Span, Span) {
        self.unknown_types().next().map_or_else(|| ends(self.target.name()), ends)
    }

    /// The types of which only the type checker knows whether they have a derivative.
    fn unknown_types(&self) -> impl Iterator<Item = &Type> {
        let active = self.target.params.iter().filter(|param| param.active).map(|param| &param.ty);
        active.chain(std::iter::once(&self.target.output)).filter(|ty| self.is_unknown(ty))
    }

    /// Where the type of a pullback stands. Its edition is that of these tokens.
    fn pullback_span(&self) -> Span {
        let unknown = self.unknown_types().next();
        unknown.map_or_else(Span::mixed_site, |ty| Span::mixed_site().located_at(ends(ty).0))
    }

    fn is_unknown(&self, ty: &Type) -> bool {
        self.known_tangent(ty).is_none()
    }

    /// Calls another companion.
    pub(super) fn call(
        &self,
        name: &Ident,
        turbofish: Option<&TokenStream>,
        args: &[TokenStream],
    ) -> TokenStream {
        let (first, last) = self.doubtful();
        let this = quote_spanned!(first=> Self);
        let name = Ident::new(&name.to_string(), last);
        quote_spanned!(last=> #this::#name #turbofish (#(#args),*))
    }

    /// Looks at a value through the tangents of the signature. Where one of them does not exist, which
    /// is an error already, neither does what this returns, and its use is not a further error.
    pub(super) fn through_tangents(&self, value: &Ident) -> TokenStream {
        let through = self.unknown_types().map(|ty| {
            let (first, last) = ends(ty);
            let krate = self.krate_written_at(first);
            let tangent = self.tangent(&erased(ty));
            quote_spanned!(last=> let #value = #krate::private::through::<#tangent, _>(#value);)
        });
        through.collect()
    }

    /// `impl`, of the edition of these tokens: a type that it begins captures no lifetime.
    pub(super) fn implement(&self) -> Ident {
        Ident::new("impl", self.pullback_span())
    }

    /// The types of a value and of what comes with it.
    pub(super) fn pair(&self, value: impl ToTokens, other: impl ToTokens) -> TokenStream {
        quote_spanned!(self.doubtful().0=> (#value, #other))
    }

    /// The type of a pullback: a closure of which nothing else is known.
    pub(super) fn pullback_type(&self) -> TokenStream {
        let function = self.pullback_function();
        if self.target.recursive {
            let krate = &self.krate;
            return quote!(#krate::private::Stored<dyn #function>);
        }
        let (implement, captures) = (self.implement(), self.captures());
        quote_spanned!(implement.span()=> #implement #function #captures)
    }

    /// The lifetimes of what parameters without a gradient refer to, which a pullback may hold.
    pub(super) fn captures(&self) -> TokenStream {
        struct Lifetimes(Vec<Lifetime>);
        impl VisitMut for Lifetimes {
            fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
                if lifetime.ident != "static" && !self.0.contains(lifetime) {
                    self.0.push(lifetime.clone());
                }
            }

            fn visit_type_mut(&mut self, ty: &mut Type) {
                visit_lifetimes(self, ty);
            }
        }
        let mut lifetimes = Lifetimes(Vec::new());
        let inactive = self.target.params.iter().filter(|param| !param.active && !param.is_self());
        inactive.for_each(|param| lifetimes.visit_type_mut(&mut param.ty.clone()));
        let (lifetimes, krate) = (lifetimes.0, &self.krate);
        quote!(#(+ #krate::private::Captures<#lifetimes>)*)
    }

    /// The trait of a pullback. One in memory of its own is called where it stands.
    pub(super) fn pullback_function(&self) -> TokenStream {
        let call = self.pullback_call(&self.target.output);
        let function = if self.target.recursive { "FnMut" } else { "FnOnce" };
        let span = self.pullback_span();
        let function = Ident::new(function, span);
        quote_spanned!(span=> ::core::ops::#function #call)
    }

    /// What a pullback takes and returns, if the function's value is an `output`.
    pub(super) fn pullback_call(&self, output: &Type) -> TokenStream {
        let types = self.pullback_types(output);
        let by_value = self.target.params.iter().filter(|param| !param.by_ref);
        let values = by_value.map(|param| self.returned_type(param));
        let span = self.pullback_span();
        quote_spanned!(span=> (#(#types),*) -> (#(#values,)*))
    }

    /// The types of what a pullback takes.
    pub(super) fn pullback_types(&self, output: &Type) -> Vec<TokenStream> {
        let by_ref = || self.target.params.iter().filter(|param| param.by_ref);
        let again = by_ref().map(|param| self.again_type(param));
        let slots = by_ref().map(|param| self.slot_type(param));
        again.chain([self.tangent(output)]).chain(slots).collect()
    }

    pub(super) fn where_clause(&self, extra: Option<TokenStream>) -> TokenStream {
        let clause = &self.target.function.sig.generics.where_clause;
        let sized =
            self.target.args.of_trait.is_some().then(|| quote!(Self: ::core::marker::Sized));
        let extra = match (sized, extra) {
            (Some(sized), Some(extra)) => Some(quote!(#sized, #extra)),
            (sized, extra) => sized.or(extra),
        };
        match (clause, extra) {
            (None, None) => TokenStream::new(),
            (None, Some(extra)) => quote!(where #extra),
            (Some(clause), None) => quote!(#clause),
            (Some(clause), Some(extra)) => {
                let predicates = clause.predicates.iter();
                quote!(where #(#predicates,)* #extra)
            }
        }
    }

    /// Demands a scalar value, where the caller stands and not where the function is defined.
    pub(super) fn scalar_bound(&self) -> Option<TokenStream> {
        let output = &self.target.output;
        if Ty::of(output, &self.target.reals).is_float() {
            return None;
        }
        let krate = &self.krate;
        let output = for_all(output);
        Some(quote!(for<'autograd> #output: #krate::private::ScalarValue<'autograd>))
    }

    /// Demands that arguments can be copied, where the caller stands.
    pub(super) fn clone_bounds(&self) -> Option<TokenStream> {
        let krate = &self.krate;
        let bounds =
            self.target.params.iter().filter(|param| !has_no_name(&param.ty)).map(|param| {
                let ty = for_all(&param.ty);
                match &ty {
                    Type::Slice(slice) if param.in_out => {
                        let element = &slice.elem;
                        quote!(for<'autograd> #element: #krate::private::Cloned<'autograd>)
                    }
                    ty if param.in_out || !param.by_ref => {
                        quote!(for<'autograd> #ty: #krate::private::Cloned<'autograd>)
                    }
                    ty => quote!(for<'autograd> #ty: #krate::private::Kept<'autograd>),
                }
            });
        let bounds: Vec<TokenStream> = bounds.collect();
        (!bounds.is_empty()).then(|| quote!(#(#bounds),*))
    }

    pub(super) fn signature(
        &self,
        suffix: &str,
        extra: Option<TokenStream>,
        output: &TokenStream,
        bound: Option<TokenStream>,
    ) -> TokenStream {
        self.signature_of(&self.companion_name(suffix), extra, output, bound)
    }

    pub(super) fn signature_of(
        &self,
        name: &Ident,
        extra: Option<TokenStream>,
        output: &TokenStream,
        bound: Option<TokenStream>,
    ) -> TokenStream {
        let prefix = self.prefix();
        let vis = self.visibility();
        let generics = &self.target.function.sig.generics;
        let inputs = self.inputs();
        let clause = self.where_clause(bound);
        let span = self.target.name().span();
        let extra = extra.into_iter();
        let track = self.track_caller();
        quote_spanned!(span=> #prefix #track #[inline] #vis fn #name #generics(#(#inputs,)* #(#extra),*) -> #output #clause)
    }

    /// Demands that what is perturbed or passed more than once can be cloned.
    pub(super) fn cloned_bounds(&self) -> TokenStream {
        let krate = &self.krate;
        let cloned =
            self.target.params.iter().filter(|param| param.active || param.in_out || !param.by_ref);
        let types = cloned.map(|param| match &param.ty {
            Type::Slice(slice) => for_all(&slice.elem),
            other => for_all(other),
        });
        quote!(#(for<'autograd> #types: #krate::private::Cloned<'autograd>),*)
    }
}

/// Lists of scalars are written out from the start.
pub(super) fn is_list_of_scalars(ty: &Type) -> bool {
    match Ty::of(ty, &[]) {
        Ty::Float(_) => true,
        Ty::Slice(element) | Ty::Vec(element) | Ty::Array(element, _) => element.is_float(),
        _ => false,
    }
}

/// The written element type of a slice or vector.
fn element_type(ty: &Type) -> Option<TokenStream> {
    match ty {
        Type::Slice(slice) => Some(slice.elem.to_token_stream()),
        Type::Path(path) => match &path.path.segments.last()?.arguments {
            syn::PathArguments::AngleBracketed(args) => {
                args.args.first().map(ToTokens::to_token_stream)
            }
            _ => None,
        },
        _ => None,
    }
}
