//! The companion: the functions that users call, and the augmented primal that they are made of.

use super::forward::{augmented_name, Use};
use super::names::ident;
use super::Emitter;
use crate::ir::ty::Float;
use crate::ir::{Ty, VarId};
use crate::parse::{Param, Target};
use crate::transform::adjoint::Reverse;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned, ToTokens};
use syn::visit_mut::VisitMut;
use syn::{FnArg, Lifetime, Type};

/// Lints that the user's crate may deny, and that say nothing about generated code.
fn allow() -> TokenStream {
    quote! {
        #[allow(
            unused, clippy::all, clippy::pedantic, clippy::nursery, non_snake_case, non_camel_case_types,
            unreachable_code, unused_qualifications, unreachable_pub, private_interfaces,
        )]
    }
}

/// The companion of a function that could not be understood: its name, so that uses of it are not
/// further errors.
pub(crate) fn stubs(target: Option<&Target>, function: &syn::ItemFn) -> TokenStream {
    let has_self = function.sig.receiver().is_some();
    let vis = &function.vis;
    let name = &function.sig.ident;
    if has_self || target.is_some_and(|target| target.associated) {
        return TokenStream::new();
    }
    let allow = allow();
    let doc = format!("The companion of [`{name}`](fn@{name}).");
    quote!(#[doc = #doc] #allow #vis struct #name {})
}

struct EraseLifetimes;

impl VisitMut for EraseLifetimes {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident != "static" {
            *lifetime = Lifetime::new("'_", lifetime.span());
        }
    }
}

fn erased(ty: &Type) -> Type {
    let mut ty = ty.clone();
    EraseLifetimes.visit_type_mut(&mut ty);
    ty
}

impl Emitter<'_> {
    pub(super) fn emit_companion(&self, reverse: &Reverse<'_>) -> TokenStream {
        let functions = [
            self.augmented(reverse),
            self.value_and_grad(),
            self.grad(),
            self.value_and_grad_into(),
            self.vjp(),
            self.graph_function(),
            self.gradcheck(),
        ];
        let name = self.target.name();
        if self.target.associated {
            return quote!(#(#functions)*);
        }
        let vis = &self.target.function.vis;
        let allow = allow();
        let doc = format!("Derivatives of the function [`{name}`](fn@{name}).");
        quote! {
            #[doc = #doc]
            #allow
            #vis struct #name {}

            #allow
            impl #name {
                #(#functions)*
            }
        }
    }

    /// The name of a companion function: `grad`, or `loss_grad` beside a method `loss`.
    fn companion_name(&self, suffix: &str) -> Ident {
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

    fn augmented_ident(&self) -> Ident {
        if self.target.associated {
            augmented_name(self.target.name())
        } else {
            Ident::new("__augmented", self.target.name().span())
        }
    }

    fn visibility(&self) -> TokenStream {
        if self.target.associated {
            self.target.function.vis.to_token_stream()
        } else {
            quote!(pub)
        }
    }

    fn prefix(&self) -> TokenStream {
        if self.target.associated {
            allow()
        } else {
            TokenStream::new()
        }
    }

    // ---- The signature ----------------------------------------------------------------------

    /// The parameters of a companion, under plain names.
    fn inputs(&self) -> Vec<TokenStream> {
        let inputs = self.target.function.sig.inputs.iter().zip(&self.target.params);
        inputs
            .map(|(input, param)| match input {
                FnArg::Receiver(_) => quote!(&self),
                FnArg::Typed(typed) => {
                    let name = &param.ident;
                    let ty = &typed.ty;
                    quote!(#name: #ty)
                }
            })
            .collect()
    }

    fn args(&self) -> Vec<TokenStream> {
        self.target.params.iter().map(|param| param.ident.to_token_stream()).collect()
    }

    fn params(&self) -> impl Iterator<Item = (&Param, VarId)> {
        self.target.params.iter().zip(self.function.params.iter().copied())
    }

    /// The type of the gradient with respect to a parameter.
    fn tangent(&self, ty: &Type) -> TokenStream {
        let krate = &self.krate;
        match Ty::of(ty, &self.target.reals) {
            Ty::Float(_) => quote!(#ty),
            Ty::Slice(element) | Ty::Vec(element) if element.is_float() => {
                if let Some(element) = element_type(ty) {
                    quote!(::std::vec::Vec<#element>)
                } else {
                    quote!(<#ty as #krate::Differentiable>::Tangent)
                }
            }
            Ty::Array(element) if element.is_float() => quote!(#ty),
            Ty::Tensor(_) => quote!(#ty),
            _ => quote!(<#ty as #krate::Differentiable>::Tangent),
        }
    }

    /// What a callee accumulates into for a by-reference parameter.
    fn slot_type(&self, param: &Param) -> TokenStream {
        let krate = &self.krate;
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
        quote!(#krate::private::Slot<'_, #tangent>)
    }

    fn gradient_type(&self) -> TokenStream {
        let tangents: Vec<TokenStream> = self
            .target
            .params
            .iter()
            .filter(|param| param.active)
            .map(|param| self.tangent(&param.ty))
            .collect();
        match tangents.as_slice() {
            [single] => single.clone(),
            several => quote!((#(#several),*)),
        }
    }

    fn pullback_type(&self) -> TokenStream {
        let by_ref = || self.target.params.iter().filter(|param| param.by_ref);
        let again = by_ref().map(|param| {
            let ty = erased(&param.ty);
            quote!(&#ty)
        });
        let slots = by_ref().map(|param| self.slot_type(param));
        let cotangent = self.tangent(&self.target.output);
        let krate = &self.krate;
        let values = self.target.params.iter().filter(|param| !param.by_ref).map(|param| {
            if param.active {
                self.tangent(&param.ty)
            } else {
                quote!(#krate::NoTangent)
            }
        });
        let implement = Ident::new("impl", Span::mixed_site());
        quote!(#implement ::core::ops::FnOnce(#(#again,)* #cotangent, #(#slots),*) -> (#(#values,)*))
    }

    fn where_clause(&self, extra: Option<TokenStream>) -> TokenStream {
        let clause = &self.target.function.sig.generics.where_clause;
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
    fn scalar_bound(&self) -> Option<TokenStream> {
        let output = &self.target.output;
        if Ty::of(output, &self.target.reals).is_float() {
            return None;
        }
        let krate = &self.krate;
        let output = erased(output);
        Some(quote!(for<'autograd> #output: #krate::private::ScalarValue<'autograd>))
    }

    /// Demands that by-reference arguments can be copied, where the caller stands.
    fn clone_bounds(&self) -> Option<TokenStream> {
        let krate = &self.krate;
        let types: Vec<Type> = self
            .target
            .params
            .iter()
            .filter(|param| param.by_ref)
            .map(|param| erased(&param.ty))
            .collect();
        (!types.is_empty())
            .then(|| quote!(#(for<'autograd> #types: #krate::private::Kept<'autograd>),*))
    }

    // ---- The augmented primal ---------------------------------------------------------------

    fn augmented(&self, reverse: &Reverse<'_>) -> TokenStream {
        let name = self.augmented_ident();
        let prefix = self.prefix();
        let vis = self.visibility();
        let generics = &self.target.function.sig.generics;
        let inputs = self.augmented_inputs();
        let output = &self.target.output;
        let pullback = self.pullback_type();
        let clause = self.where_clause(None);
        let items = &self.function.items;
        let stacks = self.frames.stacks();
        let krate = &self.krate;
        let shapes =
            self.params().filter(|(_, var)| self.kept.shapes.contains(var)).map(|(param, var)| {
                let ident = &param.ident;
                let borrowed = if param.by_ref { quote!(#ident) } else { quote!(&#ident) };
                self.shape_statement(var, &borrowed, param.span)
            });
        let shapes: TokenStream = shapes.collect();
        let ops = self.forward_ops(&self.function.body);
        let result =
            self.function.body.result.as_ref().map(|result| self.operand(result, Use::Move));
        let value = ident("value");
        let body = self.pullback_closure(reverse);
        quote! {
            #[doc(hidden)]
            #prefix
            #[inline]
            #vis fn #name #generics(#(#inputs),*) -> (#output, #pullback) #clause {
                #(#items)*
                #(let mut #stacks = #krate::private::Stack::new();)*
                #shapes
                #ops
                let #value = #result;
                (#value, #body)
            }
        }
    }

    /// As the user's parameters, with patterns replaced by names and `self` by reference.
    fn augmented_inputs(&self) -> Vec<TokenStream> {
        let inputs = self.target.function.sig.inputs.iter().zip(&self.target.params);
        inputs
            .map(|(input, param)| match input {
                FnArg::Receiver(_) => quote!(&self),
                FnArg::Typed(typed) => {
                    let name = &param.ident;
                    let ty = &typed.ty;
                    let mutable = (param.mutable && !param.by_ref).then(|| quote!(mut));
                    quote!(#mutable #name: #ty)
                }
            })
            .collect()
    }

    fn pullback_closure(&self, reverse: &Reverse<'_>) -> TokenStream {
        let krate = &self.krate;
        let (mut again, mut slots, mut resolve, mut values) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (param, var) in self.params() {
            let bar = self.bar(var);
            if !param.by_ref {
                values.push(if param.active { quote!(#bar) } else { quote!(#krate::NoTangent) });
                continue;
            }
            let name = self.reverse_name(var);
            let ty = erased(&param.ty);
            again.push(quote!(#name: &#ty));
            let slot = format_ident!("{bar}_slot");
            let slot_type = self.slot_type(param);
            slots.push(quote!(#slot: #slot_type));
            if param.active {
                let own = format_ident!("{bar}_own");
                let write_out = reverse
                    .written_out
                    .contains(&var)
                    .then(|| quote!(#krate::private::write_out(#name, #bar);));
                resolve.push(quote! {
                    let mut #own = ::core::option::Option::None;
                    let #bar = #slot.resolve(&mut #own, || #krate::private::accumulator(#name));
                    #write_out
                });
            }
        }
        let seed = self.bar(crate::transform::reverse::SEED);
        let cotangent = self.tangent(&erased(&self.target.output));
        let stacks = self.frames.stacks();
        let stmts = self.reverse_stmts(&reverse.body);
        quote! {
            move |#(#again,)* #seed: #cotangent, #(#slots),*| {
                #(let mut #stacks = #stacks;)*
                #(#resolve)*
                #stmts
                (#(#values,)*)
            }
        }
    }

    // ---- What users call ----------------------------------------------------------------------

    fn signature(
        &self,
        suffix: &str,
        extra: Option<TokenStream>,
        output: &TokenStream,
        bound: Option<TokenStream>,
    ) -> TokenStream {
        let name = self.companion_name(suffix);
        let prefix = self.prefix();
        let vis = self.visibility();
        let generics = &self.target.function.sig.generics;
        let inputs = self.inputs();
        let clause = self.where_clause(bound);
        let span = self.target.name().span();
        let extra = extra.into_iter();
        quote_spanned!(span=> #prefix #vis fn #name #generics(#(#inputs,)* #(#extra),*) -> #output #clause)
    }

    fn augmented_call_self(&self) -> TokenStream {
        let augmented = self.augmented_ident();
        let args = self.args();
        let generics = &self.target.function.sig.generics;
        let types: Vec<TokenStream> = generics
            .params
            .iter()
            .filter_map(|param| match param {
                syn::GenericParam::Type(param) => Some(param.ident.to_token_stream()),
                syn::GenericParam::Const(param) => Some(param.ident.to_token_stream()),
                syn::GenericParam::Lifetime(_) => None,
            })
            .collect();
        let turbofish = (!types.is_empty()).then(|| quote!(::<#(#types),*>));
        quote!(Self::#augmented #turbofish (#(#args),*))
    }

    fn one(&self) -> TokenStream {
        let krate = &self.krate;
        let output = &self.target.output;
        match Ty::of(output, &self.target.reals) {
            Ty::Float(Float::F32 | Float::F64) => quote!(1.0),
            Ty::Float(_) => quote!(<#output as #krate::Real>::ONE),
            _ => quote!(#krate::private::seed::<#output, _>()),
        }
    }

    fn seed_type_tokens(&self) -> TokenStream {
        self.one()
    }

    /// Runs the pullback. `slot` gives the place that a by-reference parameter's gradient goes to,
    /// `again` the argument itself.
    fn run_pullback(
        &self,
        cotangent: &TokenStream,
        again: impl Fn(&Param) -> TokenStream,
        slot: impl Fn(&Param, VarId) -> TokenStream,
    ) -> TokenStream {
        let krate = &self.krate;
        let by_ref = || self.params().filter(|(param, _)| param.by_ref);
        let again = by_ref().map(|(param, _)| again(param));
        let slots = by_ref().map(|(param, var)| {
            if param.active {
                let slot = slot(param, var);
                quote!(#krate::private::slot(#slot))
            } else {
                quote!(#krate::private::NoSlot)
            }
        });
        let values = self.params().filter(|(param, _)| !param.by_ref).map(|(param, var)| {
            let bar = self.bar(var);
            if param.active {
                quote!(#bar)
            } else {
                quote!(_)
            }
        });
        let pullback = ident("pullback");
        quote!(let (#(#values,)*) = #pullback(#(#again,)* #cotangent, #(#slots),*);)
    }

    fn gradient_value(&self) -> TokenStream {
        let bars: Vec<Ident> =
            self.params().filter(|(param, _)| param.active).map(|(_, var)| self.bar(var)).collect();
        match bars.as_slice() {
            [single] => quote!(#single),
            several => quote!((#(#several),*)),
        }
    }

    fn zero_shadows(&self, of: impl Fn(&Param) -> TokenStream) -> TokenStream {
        let krate = &self.krate;
        self.params()
            .filter(|(param, _)| param.active && param.by_ref)
            .map(|(param, var)| {
                let bar = self.bar(var);
                let of = of(param);
                quote!(let mut #bar = #krate::private::accumulator(#of);)
            })
            .collect()
    }

    /// Writes out what the reverse pass had nothing to add to.
    fn write_out(&self, of: impl Fn(&Param) -> TokenStream) -> TokenStream {
        let krate = &self.krate;
        self.params()
            .filter(|(param, _)| param.active && param.by_ref && !is_list_of_scalars(&param.ty))
            .map(|(param, var)| {
                let bar = self.bar(var);
                let of = of(param);
                quote!(#krate::private::write_out(#of, &mut #bar);)
            })
            .collect()
    }

    fn value_and_grad(&self) -> TokenStream {
        let output = &self.target.output;
        let gradient = self.gradient_type();
        let signature = self.signature(
            "value_and_grad",
            None,
            &quote!((#output, #gradient)),
            self.scalar_bound(),
        );
        let call = self.augmented_call_self();
        let (value, pullback) = (ident("value"), ident("pullback"));
        let zeros = self.zero_shadows(|param| param.ident.to_token_stream());
        let run = self.run_pullback(
            &self.seed_type_tokens(),
            |param| param.ident.to_token_stream(),
            |_, var| {
                let bar = self.bar(var);
                quote!(&mut #bar)
            },
        );
        let write_out = self.write_out(|param| param.ident.to_token_stream());
        let bars = self.gradient_value();
        let doc = format!("The value of `{}` and its gradient.", self.target.name());
        quote! {
            #[doc = #doc]
            #signature {
                let (#value, #pullback) = #call;
                #zeros
                #run
                #write_out
                (#value, #bars)
            }
        }
    }

    fn grad(&self) -> TokenStream {
        let gradient = self.gradient_type();
        let signature = self.signature("grad", None, &gradient, self.scalar_bound());
        let name = self.companion_name("value_and_grad");
        let args = self.args();
        let args = args.iter().filter(|arg| arg.to_string() != "self");
        let receiver = if self.target.params.iter().any(Param::is_self) {
            quote!(self.)
        } else {
            quote!(Self::)
        };
        let doc = format!("The gradient of `{}`.", self.target.name());
        quote! {
            #[doc = #doc]
            #signature {
                #receiver #name(#(#args),*).1
            }
        }
    }

    fn value_and_grad_into(&self) -> TokenStream {
        let krate = &self.krate;
        let output = &self.target.output;
        let gradient_type = self.gradient_type();
        let gradient = ident("gradient");
        let signature = self.signature(
            "value_and_grad_into",
            Some(quote!(#gradient: &mut #gradient_type)),
            &output.to_token_stream(),
            self.scalar_bound(),
        );
        let call = self.augmented_call_self();
        let (value, pullback) = (ident("value"), ident("pullback"));
        let active: Vec<VarId> =
            self.params().filter(|(param, _)| param.active).map(|(_, var)| var).collect();
        let part = |var: VarId| {
            let index =
                syn::Index::from(active.iter().position(|other| *other == var).unwrap_or(0));
            if active.len() == 1 {
                quote!(*#gradient)
            } else {
                quote!(#gradient.#index)
            }
        };
        let prepare =
            self.params().filter(|(param, _)| param.active && param.by_ref).map(|(param, var)| {
                let (name, part) = (&param.ident, part(var));
                quote!(#krate::private::write_out(#name, &mut #part);)
            });
        let run = self.run_pullback(
            &self.seed_type_tokens(),
            |param| param.ident.to_token_stream(),
            |_, var| {
                let part = part(var);
                quote!(&mut #part)
            },
        );
        let add =
            self.params().filter(|(param, _)| param.active && !param.by_ref).map(|(_, var)| {
                let (bar, part) = (self.bar(var), part(var));
                quote!(#krate::private::accumulate(&mut #part, #bar);)
            });
        let doc =
            format!("The value of `{}`; adds its gradient to `gradient`.", self.target.name());
        quote! {
            #[doc = #doc]
            #signature {
                let (#value, #pullback) = #call;
                #(#prepare)*
                #run
                #(#add)*
                #value
            }
        }
    }

    fn vjp(&self) -> TokenStream {
        let krate = &self.krate;
        let output = &self.target.output;
        let gradient = self.gradient_type();
        let cotangent = self.tangent(output);
        let implement = Ident::new("impl", Span::mixed_site());
        let returns = quote!((#output, #implement ::core::ops::FnOnce(#cotangent) -> #gradient));
        let signature = self.signature("vjp", None, &returns, self.clone_bounds());
        let call = self.augmented_call_self();
        let (value, pullback, seed) = (ident("value"), ident("pullback"), ident("value_bar"));
        let owned = |param: &Param| {
            let name = if param.is_self() { "this".to_owned() } else { param.ident.to_string() };
            ident(&format!("{}_owned", name.trim_start_matches("r#")))
        };
        let keep = self.params().filter(|(param, _)| param.by_ref).map(|(param, _)| {
            let (owned, name) = (owned(param), &param.ident);
            quote!(let #owned = #krate::private::keep(#name);)
        });
        let again = |param: &Param| {
            let (owned, ty) = (owned(param), erased(&param.ty));
            quote!(::core::borrow::Borrow::<#ty>::borrow(&#owned))
        };
        let zeros = self.zero_shadows(again);
        let write_out = self.write_out(again);
        let run = self.run_pullback(&quote!(#seed), again, |_, var| {
            let bar = self.bar(var);
            quote!(&mut #bar)
        });
        let bars = self.gradient_value();
        let doc = format!(
            "The value of `{}` and its pullback, which takes a cotangent of the value to the gradient.",
            self.target.name()
        );
        quote! {
            #[doc = #doc]
            #signature {
                let (#value, #pullback) = #call;
                #(#keep)*
                (#value, move |#seed| {
                    #zeros
                    #run
                    #write_out
                    #bars
                })
            }
        }
    }

    /// Compares the gradient with central differences, one parameter after the other.
    fn gradcheck(&self) -> TokenStream {
        if !Ty::of(&self.target.output, &self.target.reals).is_float() {
            return TokenStream::new();
        }
        let krate = &self.krate;
        let returns = quote!(::core::result::Result<(), #krate::GradcheckError>);
        let signature = self.signature("gradcheck", None, &returns, Some(self.cloned_bounds()));
        let arguments: Vec<TokenStream> =
            self.params().map(|(param, _)| pass(param, &param.ident, true)).collect();
        let gradient = self.call_by_name(&self.companion_name("grad"), &arguments);
        let bars = self.gradient_value();
        let active = self.params().enumerate().filter(|(_, (param, _))| param.active);
        let checks = active.map(|(index, (param, var))| {
            let varied = ident("varied");
            let mut arguments = arguments.clone();
            arguments[index] = pass(param, &varied, false);
            let value = self.call_plain(&arguments);
            let bar = self.bar(var);
            let (ty, copy) = copy_of(param);
            quote! {
                let mut copy = #copy;
                #krate::Gradcheck::new().check_in_place(|#varied: &#ty| #value, &mut copy, &#bar)?;
            }
        });
        let doc =
            format!("Compares the gradient of `{}` with central differences.", self.target.name());
        quote! {
            #[doc = #doc]
            #signature {
                let #bars = #gradient;
                #(#checks)*
                ::core::result::Result::Ok(())
            }
        }
    }

    /// Demands that what is perturbed or passed more than once can be cloned.
    fn cloned_bounds(&self) -> TokenStream {
        let krate = &self.krate;
        let cloned = self.target.params.iter().filter(|param| param.active || !param.by_ref);
        let types = cloned.map(|param| match &param.ty {
            Type::Slice(slice) => erased(&slice.elem),
            other => erased(other),
        });
        quote!(#(for<'autograd> #types: #krate::private::Cloned<'autograd>),*)
    }

    fn call_by_name(&self, name: &Ident, arguments: &[TokenStream]) -> TokenStream {
        if self.target.params.iter().any(Param::is_self) {
            let (receiver, rest) = arguments.split_first().expect("a method has a receiver");
            quote!(#receiver.#name(#(#rest),*))
        } else {
            quote!(Self::#name(#(#arguments),*))
        }
    }

    /// Calls the user's function itself.
    fn call_plain(&self, arguments: &[TokenStream]) -> TokenStream {
        let name = self.target.name();
        if self.target.associated {
            return self.call_by_name(name, arguments);
        }
        quote!(#name(#(#arguments),*))
    }

    fn graph_function(&self) -> TokenStream {
        let name = self.companion_name("graph");
        let prefix = self.prefix();
        let vis = self.visibility();
        let krate = &self.krate;
        let graph = self.graph();
        let doc =
            format!("The static graph of `{}`, as it was differentiated.", self.target.name());
        quote! {
            #[doc = #doc]
            #prefix
            #vis fn #name() -> &'static #krate::Graph {
                #graph
            }
        }
    }
}

/// A parameter as an argument, under some name; `value` if the name is the parameter's own.
fn pass(param: &Param, name: &Ident, value: bool) -> TokenStream {
    let borrow = value.then(|| quote!(&));
    match param.by_ref {
        true if param.consumed => quote!(::core::clone::Clone::clone(#name)),
        true => quote!(#name),
        false => quote!(::core::clone::Clone::clone(#borrow #name)),
    }
}

/// An owned copy of an argument, and its type.
fn copy_of(param: &Param) -> (TokenStream, TokenStream) {
    let name = &param.ident;
    match erased(&param.ty) {
        Type::Slice(slice) => {
            let element = &slice.elem;
            (quote!(::std::vec::Vec<#element>), quote!(#name.to_vec()))
        }
        ty => {
            let borrow = (!param.by_ref).then(|| quote!(&));
            (quote!(#ty), quote!(<#ty as ::core::clone::Clone>::clone(#borrow #name)))
        }
    }
}

/// Lists of scalars are written out from the start.
fn is_list_of_scalars(ty: &Type) -> bool {
    match Ty::of(ty, &[]) {
        Ty::Float(_) => true,
        Ty::Slice(element) | Ty::Vec(element) | Ty::Array(element) => element.is_float(),
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
