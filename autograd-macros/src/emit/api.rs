//! The companion: the functions that users call, and the augmented primal that they are made of.

use super::names::ident;
use super::signature::{allow, erased, is_list_of_scalars};
use super::Emitter;
use crate::ir::ty::Float;
use crate::ir::{Ty, VarId};
use crate::parse::{Param, Target};
use crate::transform::adjoint::Reverse;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, ToTokens};

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

    pub(super) fn augmented_call_self(&self) -> TokenStream {
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

    pub(super) fn one(&self) -> TokenStream {
        let krate = &self.krate;
        let output = &self.target.output;
        match Ty::of(output, &self.target.reals) {
            Ty::Float(Float::F32 | Float::F64) => quote!(1.0),
            Ty::Float(_) => quote!(<#output as #krate::Real>::ONE),
            _ => quote!(#krate::private::seed::<#output, _>()),
        }
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
        let again =
            by_ref().map(
                |(param, _)| {
                    if param.in_out {
                        quote!(#krate::private::Unread)
                    } else {
                        again(param)
                    }
                },
            );
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

    pub(super) fn gradient_value(&self) -> TokenStream {
        let bars: Vec<Ident> =
            self.params().filter(|(param, _)| param.active).map(|(_, var)| self.bar(var)).collect();
        match bars.as_slice() {
            [single] => quote!(#single),
            several => quote!((#(#several),*)),
        }
    }

    fn zero_shadows(&self, of: impl Fn(&Param) -> Option<TokenStream>) -> TokenStream {
        let krate = &self.krate;
        self.params()
            .filter(|(param, _)| param.active && param.by_ref)
            .filter_map(|(param, var)| Some((of(param)?, self.bar(var))))
            .map(|(of, bar)| quote!(let mut #bar = #krate::private::accumulator(#of);))
            .collect()
    }

    /// Writes out what the reverse pass had nothing to add to.
    fn write_out(&self, of: impl Fn(&Param) -> TokenStream) -> TokenStream {
        let krate = &self.krate;
        self.params()
            .filter(|(param, _)| {
                param.active && param.by_ref && !param.in_out && !is_list_of_scalars(&param.ty)
            })
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
        let zeros = self.zero_shadows(|param| {
            let name = &param.ident;
            Some(if param.in_out { quote!(&*#name) } else { quote!(#name) })
        });
        let run = self.run_pullback(
            &self.one(),
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
                let (name, part, bar) = (&param.ident, part(var), self.bar(var));
                // Its own starts as the cotangent of the value on exit, which is zero.
                if param.in_out {
                    quote!(let mut #bar = #krate::private::accumulator(&*#name);)
                } else {
                    quote!(#krate::private::write_out(#name, &mut #part);)
                }
            });
        let run = self.run_pullback(
            &self.one(),
            |param| param.ident.to_token_stream(),
            |param, var| {
                let (part, bar) = (part(var), self.bar(var));
                if param.in_out {
                    quote!(&mut #bar)
                } else {
                    quote!(&mut #part)
                }
            },
        );
        let add = self
            .params()
            .filter(|(param, _)| param.active && (!param.by_ref || param.in_out))
            .map(|(_, var)| {
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
        let is_unit = self.target.is_unit();
        let in_out = || self.params().filter(|(param, _)| param.active && param.in_out);
        let exits = in_out().map(|(param, _)| self.tangent(&erased(&param.ty)));
        let cotangents = (!is_unit).then_some(cotangent).into_iter().chain(exits);
        let returns =
            quote!((#output, #implement ::core::ops::FnOnce(#(#cotangents),*) -> #gradient));
        let signature = self.signature("vjp", None, &returns, self.clone_bounds());
        let call = self.augmented_call_self();
        let (value, pullback, seed) = (ident("value"), ident("pullback"), ident("value_bar"));
        let owned = |param: &Param| {
            let name = if param.is_self() { "this".to_owned() } else { param.ident.to_string() };
            ident(&format!("{}_owned", name.trim_start_matches("r#")))
        };
        let keep =
            self.params().filter(|(param, _)| param.by_ref && !param.in_out).map(|(param, _)| {
                let (owned, name) = (owned(param), &param.ident);
                quote!(let #owned = #krate::private::keep(#name);)
            });
        let again = |param: &Param| {
            let (owned, ty) = (owned(param), erased(&param.ty));
            quote!(::core::borrow::Borrow::<#ty>::borrow(&#owned))
        };
        let seed_value = if is_unit { quote!(#krate::NoTangent) } else { quote!(#seed) };
        let zeros = self.zero_shadows(|param| (!param.in_out).then(|| again(param)));
        let write_out = self.write_out(again);
        let run = self.run_pullback(&seed_value, again, |_, var| {
            let bar = self.bar(var);
            quote!(&mut #bar)
        });
        let given = (!is_unit)
            .then(|| quote!(#seed))
            .into_iter()
            .chain(in_out().map(|(_, var)| self.bar(var)).map(|bar| quote!(mut #bar)));
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
                (#value, move |#(#given),*| {
                    #zeros
                    #run
                    #write_out
                    #bars
                })
            }
        }
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
