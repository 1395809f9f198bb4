//! Forward mode: the tangent function, and what users call.

use super::api::item_at;
use super::names::{ends, ident, together};
use super::operand::Use;
use super::signature::{allow, borrowed, Signatures};
use super::{of_signature, Emitter};
use crate::analysis::activity::Activity;
use crate::analysis::fusion::Fusion;
use crate::analysis::index::Index;
use crate::ir::{Function, Place, Proj, RefStyle, Tokens, VarId};
use crate::parse::{OfTrait, Param, Target};
use crate::residual::Residuals;
use crate::transform::forward::{tangent_name, Forward};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned, ToTokens};
use syn::Type;

/// Emits the tangent function and `jvp`.
pub(crate) fn tangents(target: &Target, forward: &Forward) -> TokenStream {
    let activity = Activity::default();
    let index = Index::new(&forward.function);
    let residuals = Residuals { roots: forward.kept.clone(), ..Residuals::default() };
    let fusion = Fusion::default();
    let mut emitter =
        Emitter::new(target, &forward.function, &activity, &index, &fusion, &residuals);
    emitter.tangents.clone_from(&forward.tangents);
    if let Some(operation) = &forward.missing {
        let name = target.name();
        return emitter
            .no_tangent(&format!("the tangent of `{operation}` in `{name}` is not known"));
    }
    emitter.with_jvp(emitter.tangent_function(forward))
}

/// Emits the tangent function and `jvp` of a function whose derivative is a rule of the user's. Without
/// one for forward mode, what calls it has a gradient, but no `jvp`.
pub(crate) fn ruled_tangent(target: &Target, function: &Function) -> TokenStream {
    of_signature(target, function, |emitter| {
        if let Some(rule) = &target.args.tangent_rule {
            return emitter.with_jvp(emitter.tangent_by_rule(rule));
        }
        let name = target.name();
        emitter.no_tangent(&format!("the rule of `{name}` is one for reverse mode alone"))
    })
}

/// Emits what stands beside a method of a trait that has no body.
pub(crate) fn tangent_declaration(target: &Target, function: &Function) -> TokenStream {
    of_signature(target, function, |emitter| {
        let signature = emitter.tangent_signature();
        let jvp = emitter.jvp();
        let jacobians = emitter.jacobians();
        quote!(#signature; #jvp #jacobians)
    })
}

impl Signatures<'_> {
    pub(super) fn tangent_ident(&self) -> Ident {
        if self.target.associated {
            tangent_name(self.target.name())
        } else {
            Ident::new("__tangent", self.target.name().span())
        }
    }

    /// The name under which a parameter's tangent comes in.
    pub(super) fn given(param: &Param) -> Ident {
        let name = param.ident.to_string();
        ident(&format!("{}_given", name.trim_start_matches("r#")))
    }

    /// What a tangent function takes for the tangent of a parameter.
    pub(super) fn given_type(&self, param: &Param) -> TokenStream {
        if !param.active || param.in_out {
            return self.slot_type(param);
        }
        let (first, last) = ends(&param.ty);
        let krate = self.krate_written_at(first);
        let tangent = match &param.ty {
            Type::Slice(slice) => {
                let element = self.tangent(&slice.elem);
                quote!([#element])
            }
            other => self.tangent(other),
        };
        let close = quote_spanned!(last=> >);
        quote_spanned!(first=> #krate::private::Dot<'_, #tangent #close)
    }

    /// The parameters of a tangent function that take tangents.
    pub(super) fn given_inputs(&self) -> TokenStream {
        let given = self.target.params.iter().map(|param| {
            let (name, ty) = (Self::given(param), self.given_type(param));
            quote!(#name: #ty)
        });
        quote!(#(#given),*)
    }

    /// The types of the tangents that `jvp` gives: of the value, unless it is nothing, and of what `&mut`
    /// parameters hold on exit.
    pub(super) fn exit_tangents(&self, output: &Type) -> TokenStream {
        together(&self.exit_cotangents(output))
    }
}

impl Emitter<'_> {
    /// More functions of the companion.
    pub(super) fn beside(&self, functions: &TokenStream) -> TokenStream {
        if self.target.associated {
            return functions.clone();
        }
        let (name, allow) = (self.target.name(), allow());
        quote! {
            #allow
            impl #name {
                #functions
            }
        }
    }

    /// A tangent function, and what users call.
    fn with_jvp(&self, function: TokenStream) -> TokenStream {
        if self.target.args.of_trait == Some(OfTrait::Implemented) {
            return item_at(function, self.target.name().span());
        }
        let jvp = self.jvp();
        let jacobians = self.jacobians();
        self.beside(&quote!(#function #jvp #jacobians))
    }

    pub(super) fn tangent_signature(&self) -> TokenStream {
        let name = self.signatures.tangent_ident();
        let prefix = self.signatures.prefix();
        let vis = self.signatures.visibility();
        let generics = &self.target.function.sig.generics;
        let inputs = self.augmented_inputs();
        let given = self.signatures.given_inputs();
        let output = &self.target.output;
        let returns = self.signatures.pair(output, self.signatures.tangent(output));
        let clause = self.signatures.where_clause(None);
        let track = self.signatures.track_caller();
        quote!(#[doc(hidden)] #prefix #track #vis fn #name #generics(#(#inputs,)* #given) -> #returns #clause)
    }

    fn tangent_function(&self, forward: &Forward) -> TokenStream {
        let signature = self.tangent_signature();
        let items = &self.function.items;
        let check = self.signatures.shape_check();
        let resolve = self.params().filter(|(param, _)| param.active).map(|(param, var)| {
            let dot = forward.params.iter().find(|(primal, _)| *primal == var);
            let dot = &self.function.var(dot.expect("an active parameter has a tangent").1).ident;
            self.resolve_given(param, dot)
        });
        let ops = self.forward_ops(&self.function.body);
        let result = self.function.body.result.as_ref();
        let result = result.map(|result| self.operand(result, Use::Move));
        let import = self.import_for(&ops);
        quote! {
            #[inline]
            #signature {
                #import
                #(#items)*
                #check
                #(#resolve)*
                #ops
                #result
            }
        }
    }

    /// A tangent function that must not be called, without a `jvp` beside it. Callers have gradients that do
    /// not need it, so that it is an error only in a program that calls their `jvp`: constants of
    /// generic functions are evaluated where those are used.
    fn no_tangent(&self, reason: &str) -> TokenStream {
        let signature = self.tangent_signature();
        let message = format!("forward mode: {reason}");
        let span = self.target.name().span();
        let function = quote_spanned! {span=>
            #[inline]
            #signature {
                fn no_tangent<T>() -> ! {
                    const { ::core::panic!(#message) }
                }
                no_tangent::<()>()
            }
        };
        if self.target.args.of_trait == Some(OfTrait::Implemented) {
            return item_at(function, span);
        }
        self.beside(&function)
    }

    /// Binds the tangent of a parameter, which is zero if the caller gives none.
    fn resolve_given(&self, param: &Param, dot: &Ident) -> TokenStream {
        let given = Signatures::given(param);
        let zero = self.signatures.zero_tangent(param, &borrowed(param));
        if !param.by_ref {
            return quote!(let mut #dot = #given.own(|| #zero););
        }
        let own = format_ident!("{dot}_own");
        let get = if param.in_out { quote!(resolve) } else { quote!(get) };
        quote! {
            let mut #own = ::core::option::Option::None;
            let #dot = #given.#get(&mut #own, || #zero);
        }
    }

    /// Binds the tangents of the active parameters, which the user gives together, each written out to the
    /// shape of its argument.
    pub(super) fn taken_apart(&self, tangents: &Ident) -> TokenStream {
        let active = || self.target.params.iter().filter(|param| param.active);
        let names = active().map(|param| {
            let dot = Signatures::given(param);
            quote!(mut #dot)
        });
        let names = together(&names.collect::<Vec<_>>());
        let prepare = active().map(|param| {
            let dot = Signatures::given(param);
            self.signatures.write_out(param, &borrowed(param), &quote!(&mut #dot))
        });
        quote! {
            let #names = #tangents;
            #(#prepare)*
        }
    }

    /// `f::jvp(arguments, tangents)`
    fn jvp(&self) -> TokenStream {
        let krate = &self.krate;
        let output = &self.target.output;
        let exits = self.signatures.exit_tangents(output);
        let gradient = self.signatures.gradient_type();
        let span = self.signatures.doubtful().0;
        let tangents = Ident::new("tangents", Span::mixed_site().located_at(span));
        let signature = self.signatures.signature(
            "jvp",
            Some(quote_spanned!(span=> #tangents: #gradient)),
            &self.signatures.pair(output, exits),
            None,
        );
        let dots: Vec<Ident> = self.target.params.iter().map(Signatures::given).collect();
        let taken = self.taken_apart(&tangents);
        let given = self.target.params.iter().zip(&dots).map(|(param, dot)| match param {
            Param { active: false, .. } => quote!(#krate::private::NoSlot),
            Param { in_out: true, .. } => quote!(#krate::private::dot_mut(&mut #dot)),
            _ => quote!(#krate::private::dot(&#dot)),
        });
        let arguments: Vec<TokenStream> = self.signatures.args().into_iter().chain(given).collect();
        let call = self.call_self(&self.signatures.tangent_ident(), &arguments);
        let (value, value_dot) = (ident("value"), ident("value_dot"));
        let own = (!self.target.is_unit()).then(|| value_dot.to_token_stream());
        let changed = self.target.params.iter().zip(&dots);
        let changed = changed.filter(|(param, _)| param.active && param.in_out);
        let exits = own.into_iter().chain(changed.map(|(_, dot)| dot.to_token_stream()));
        let exits: Vec<TokenStream> = exits.collect();
        let exits = together(&exits);
        let doc = format!(
            "The value of `{}` and its tangent: the derivative in the direction of `tangents`.",
            self.target.name()
        );
        quote! {
            #[doc = #doc]
            #signature {
                #taken
                let (#value, #value_dot) = #call;
                (#value, #exits)
            }
        }
    }

    /// A tangent as an argument of a tangent function.
    pub(super) fn tangent_argument(
        &self,
        place: &Place,
        style: RefStyle,
        span: Span,
    ) -> TokenStream {
        let krate = self.krate_at(span);
        let tokens = self.place(place);
        let is_reference = place.path.is_empty() && self.function.var(place.root).is_reference();
        let tokens = if is_reference { quote!(*#tokens) } else { tokens };
        if style == RefStyle::TangentMut {
            quote_spanned!(span=> #krate::private::dot_mut(&mut #tokens))
        } else {
            quote_spanned!(span=> #krate::private::dot(&#tokens))
        }
    }

    /// Whether a place is a part of a tangent that may have no gradient.
    pub(super) fn is_part_of_tangent(&self, place: &Place) -> bool {
        self.is_tangent(place.root)
            && place.path.iter().any(|proj| matches!(proj, Proj::Field(_) | Proj::Variant(..)))
    }

    fn is_tangent(&self, var: VarId) -> bool {
        self.tangents.contains(&var)
    }

    /// Puts a tangent into a place that may keep none.
    pub(super) fn put(&self, place: &TokenStream, value: &Tokens, span: Span) -> TokenStream {
        let krate = self.krate_at(span);
        quote_spanned!(span=> #krate::private::tangent::put(&mut #place, #value);)
    }
}
