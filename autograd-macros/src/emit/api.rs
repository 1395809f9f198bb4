//! The companion: the functions that users call, and the augmented primal that they are made of.

use super::names::{ident, together};
use super::signature::{erased, is_list_of_scalars};
use super::Emitter;
use crate::ir::ty::Float;
use crate::ir::{Op, OpKind, Ty, VarId};
use crate::parse::{OfTrait, Param};
use crate::transform::adjoint::Reverse;
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned, ToTokens};
use syn::Type;

impl Emitter<'_> {
    pub(super) fn emit_companion(&self, reverse: &Reverse<'_>) -> TokenStream {
        let graph = self.graph();
        let mut augmented = self.augmented(reverse);
        augmented.extend(self.joint_function(reverse));
        augmented.extend(self.zero_constant());
        self.companion_of(augmented, &graph)
    }

    /// What belongs to an augmented primal.
    pub(super) fn companion_of(&self, augmented: TokenStream, graph: &TokenStream) -> TokenStream {
        if self.target.args.of_trait == Some(OfTrait::Implemented) {
            // Where the trait does not know it, rustc shows the user's name.
            return item_at(augmented, self.target.function.sig.ident.span());
        }
        if self.target.args.is_twin {
            let functions = [self.plain_of_twin(), self.value_and_grad(), self.grad()];
            return self.signatures.around(&quote!(#augmented #(#functions)*));
        }
        let callers = self.callers();
        let graph = self.graph_function(graph);
        self.signatures.around(&quote!(#augmented #callers #graph))
    }

    /// Beside a method of a trait without a body: its implementations know the augmented primal.
    pub(super) fn emit_declaration(&self) -> TokenStream {
        let augmented = self.augmented_signature();
        let callers = self.callers();
        quote!(#augmented; #callers)
    }

    /// What users call.
    fn callers(&self) -> TokenStream {
        let functions = [
            self.value_and_grad(),
            self.grad(),
            self.value_and_grad_into(),
            self.vjp(),
            self.gradcheck(),
        ];
        quote!(#(#functions)*)
    }

    /// What the twins of other methods call where they need no gradient. The body stands in the augmented
    /// primal alone, so that rustc reports once what it does not accept in it.
    fn plain_of_twin(&self) -> TokenStream {
        if !self.target.associated {
            return TokenStream::new();
        }
        let (name, output) = (self.target.name(), self.target.output.to_token_stream());
        let signature = self.signatures.signature_of(name, None, &output, None);
        let call = self.augmented_call_self();
        quote!(#signature { #call.0 })
    }

    pub(super) fn augmented_call_self(&self) -> TokenStream {
        self.augmented_call_with(&self.signatures.args())
    }

    fn augmented_call_with(&self, args: &[TokenStream]) -> TokenStream {
        self.call_self(&self.signatures.augmented_ident(), args)
    }

    /// The forward pass of a gradient, if it is separate.
    fn forward_of_gradient(&self) -> TokenStream {
        if self.joint().is_some() {
            return TokenStream::new();
        }
        let call = self.augmented_call_self();
        let (value, pullback) = (ident("value"), ident("pullback"));
        quote!(let (#value, #pullback) = #call;)
    }

    /// Calls a function beside this one.
    pub(super) fn call_self(&self, name: &Ident, args: &[TokenStream]) -> TokenStream {
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
        self.signatures.call(name, turbofish.as_ref(), args)
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
        let (slots, values) = (self.slots_of(slot), self.returned_values());
        let pullback = ident("pullback");
        let through = self.signatures.through_tangents(&pullback);
        quote! {
            #through
            let (#(#values,)*) = { #pullback }(#(#again,)* #cotangent, #(#slots),*);
        }
    }

    /// The slots that are passed, `slot` giving the place of a parameter's gradient.
    fn slots_of(&self, slot: impl Fn(&Param, VarId) -> TokenStream) -> Vec<TokenStream> {
        let krate = &self.krate;
        let by_ref = self.params().filter(|(param, _)| param.by_ref);
        let slots = by_ref.map(|(param, var)| {
            if param.active {
                let slot = slot(param, var);
                quote!(#krate::private::slot(#slot))
            } else {
                quote!(#krate::private::NoSlot)
            }
        });
        slots.collect()
    }

    /// The names for the cotangents of by-value parameters.
    fn returned_values(&self) -> Vec<TokenStream> {
        let by_value = self.params().filter(|(param, _)| !param.by_ref);
        let values = by_value.map(|(param, var)| {
            let bar = self.bar(var);
            if param.active {
                quote!(#bar)
            } else {
                quote!(_)
            }
        });
        values.collect()
    }

    /// Computes the gradient, after [`Self::forward_of_gradient`].
    fn run_gradient(&self, slot: impl Fn(&Param, VarId) -> TokenStream) -> TokenStream {
        if self.joint().is_none() {
            return self.run_pullback(&self.one(), |param| param.ident.to_token_stream(), slot);
        }
        let (value, values) = (ident("value"), self.returned_values());
        let mut args = self.signatures.args();
        args.push(self.one());
        args.extend(self.slots_of(slot));
        let call = self.call_self(&self.joint_ident(), &args);
        quote!(let (#value, (#(#values,)*)) = #call;)
    }

    pub(super) fn gradient_value(&self) -> TokenStream {
        let bars: Vec<Ident> =
            self.params().filter(|(param, _)| param.active).map(|(_, var)| self.bar(var)).collect();
        together(&bars)
    }

    fn zero_shadows(&self, of: impl Fn(&Param) -> Option<TokenStream>) -> TokenStream {
        self.params()
            .filter(|(param, _)| param.active && param.by_ref)
            .filter_map(|(param, var)| {
                let bar = self.bar(var);
                let zero = self.signatures.accumulator(param, &of(param)?);
                Some(quote!(let mut #bar = #zero;))
            })
            .collect()
    }

    /// Writes out what the reverse pass had nothing to add to.
    fn write_out(&self, of: impl Fn(&Param) -> TokenStream) -> TokenStream {
        self.params()
            .filter(|(param, _)| {
                param.active && param.by_ref && !param.in_out && !is_list_of_scalars(&param.ty)
            })
            .map(|(param, var)| {
                let bar = self.bar(var);
                self.signatures.write_out(param, &of(param), &quote!(&mut #bar))
            })
            .collect()
    }

    fn value_and_grad(&self) -> TokenStream {
        let output = &self.target.output;
        let gradient = self.signatures.gradient_type();
        let signature = self.signatures.signature(
            "value_and_grad",
            None,
            &self.signatures.pair(output, gradient),
            self.signatures.scalar_bound(),
        );
        let (forward, value) = (self.forward_of_gradient(), ident("value"));
        let zeros = self.zero_shadows(|param| {
            let name = &param.ident;
            Some(if param.in_out { quote!(&*#name) } else { quote!(#name) })
        });
        let run = self.run_gradient(|_, var| {
            let bar = self.bar(var);
            quote!(&mut #bar)
        });
        let write_out = self.write_out(|param| param.ident.to_token_stream());
        let bars = self.gradient_value();
        let doc = format!("The value of `{}` and its gradient.", self.target.name());
        let body = self.apart(quote!(#forward #zeros #run #write_out (#value, #bars)));
        quote!(#[doc = #doc] #signature { #body })
    }

    /// Lets a gradient with loops be compiled apart from its callers: in a function that grows with what calls it,
    /// sums are kept in memory instead of registers.
    fn apart(&self, body: TokenStream) -> TokenStream {
        let is_loop = |op: &Op| matches!(op.kind, OpKind::For { .. } | OpKind::Loop { .. });
        let mut has_loop = false;
        self.function.body.walk(&mut |op| has_loop |= is_loop(op));
        if !has_loop || self.signatures.track_caller().is_some() {
            return body;
        }
        let krate = &self.krate;
        quote!(#krate::private::apart(move || { #body }))
    }

    fn grad(&self) -> TokenStream {
        let gradient = self.signatures.gradient_type();
        let signature =
            self.signatures.signature("grad", None, &gradient, self.signatures.scalar_bound());
        let name = self.signatures.companion_name("value_and_grad");
        let call = self.signatures.call(&name, None, &self.signatures.args());
        let doc = format!("The gradient of `{}`.", self.target.name());
        quote! {
            #[doc = #doc]
            #signature {
                #call.1
            }
        }
    }

    fn value_and_grad_into(&self) -> TokenStream {
        let krate = &self.krate;
        let output = &self.target.output;
        let gradient_type = self.signatures.gradient_type();
        let span = self.signatures.doubtful().0;
        let gradient = Ident::new("gradient", Span::mixed_site().located_at(span));
        let signature = self.signatures.signature(
            "value_and_grad_into",
            Some(quote_spanned!(span=> #gradient: &mut #gradient_type)),
            &output.to_token_stream(),
            self.signatures.scalar_bound(),
        );
        let (forward, value) = (self.forward_of_gradient(), ident("value"));
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
                    let zero = self.signatures.accumulator(param, &quote!(&*#name));
                    quote!(let mut #bar = #zero;)
                } else {
                    self.signatures.write_out(param, &name.to_token_stream(), &quote!(&mut #part))
                }
            });
        let run = self.run_gradient(|param, var| {
            let (part, bar) = (part(var), self.bar(var));
            if param.in_out {
                quote!(&mut #bar)
            } else {
                quote!(&mut #part)
            }
        });
        let add = self
            .params()
            .filter(|(param, _)| param.active && (!param.by_ref || param.in_out))
            .map(|(_, var)| {
                let (bar, part) = (self.bar(var), part(var));
                quote!(#krate::private::accumulate(&mut #part, #bar);)
            });
        let doc =
            format!("The value of `{}`; adds its gradient to `gradient`.", self.target.name());
        let body = self.apart(quote!(#forward #(#prepare)* #run #(#add)* #value));
        quote!(#[doc = #doc] #signature { #body })
    }

    fn vjp(&self) -> TokenStream {
        let output = &self.target.output;
        let gradient = self.signatures.gradient_type();
        let cotangents = self.signatures.exit_cotangents(output);
        let (implement, captures) = (self.signatures.implement(), self.signatures.captures());
        let span = implement.span();
        let pullback = quote_spanned!(span=> #implement ::core::ops::FnOnce(#(#cotangents),*) -> (#gradient) + ::core::clone::Clone #captures);
        let returns = self.signatures.pair(output, pullback);
        let signature =
            self.signatures.signature("vjp", None, &returns, self.signatures.clone_bounds());
        let krate = &self.krate;
        let call = self.augmented_call_self();
        let (value, pullback, kept) = (ident("value"), ident("pullback"), ident("kept"));
        let copies = self.params().map(|(param, _)| self.copied(param));
        let replay = self.replay();
        let closure = self.kept_pullback();
        let doc = format!(
            "The value of `{}` and its pullback, which takes a cotangent of the value to the gradient.",
            self.target.name()
        );
        quote! {
            #[doc = #doc]
            #signature {
                let #kept = ::std::sync::Arc::new((#(#copies,)*));
                let (#value, #pullback) = #call;
                let #pullback = #krate::private::Replayed::new(#pullback, {
                    let #kept = ::std::sync::Arc::clone(&#kept);
                    move || { #replay }
                });
                (#value, #closure)
            }
        }
    }

    /// A copy of an argument, for the pullback.
    fn copied(&self, param: &Param) -> TokenStream {
        let (krate, name) = (&self.krate, &param.ident);
        match param {
            Param { in_out: true, .. } => copy_behind(param, &quote!(&*#name)),
            Param { by_ref: true, .. } => quote!(#krate::private::keep(#name)),
            _ => quote!(::core::clone::Clone::clone(&#name)),
        }
    }

    /// What was kept of a parameter, by reference.
    fn kept_argument(&self, param: &Param) -> TokenStream {
        let position = self.target.params.iter().position(|other| other.ident == param.ident);
        let index = syn::Index::from(position.unwrap_or_default());
        let (kept, ty) = (ident("kept"), erased(&param.ty));
        if param.by_ref {
            quote!(::core::borrow::Borrow::<#ty>::borrow(&#kept.#index))
        } else {
            quote!(&#kept.#index)
        }
    }

    /// Runs the augmented primal again on the arguments that were kept.
    fn replay(&self) -> TokenStream {
        let arguments: Vec<TokenStream> = self
            .params()
            .map(|(param, _)| {
                let kept = self.kept_argument(param);
                match param {
                    Param { in_out: true, .. } => {
                        let copy = copy_behind(param, &kept);
                        quote!(&mut #copy)
                    }
                    Param { by_ref: true, .. } => kept,
                    _ => quote!(::core::clone::Clone::clone(#kept)),
                }
            })
            .collect();
        let call = self.augmented_call_with(&arguments);
        quote!(#call.1)
    }

    /// The closure that users get: it owns what the pullback reads again.
    fn kept_pullback(&self) -> TokenStream {
        let krate = &self.krate;
        let is_unit = self.target.is_unit();
        let (pullback, seed) = (ident("pullback"), ident("value_bar"));
        let seed_value = if is_unit { quote!(#krate::NoTangent) } else { quote!(#seed) };
        let again = |param: &Param| self.kept_argument(param);
        let zeros = self.zero_shadows(|param| (!param.in_out).then(|| again(param)));
        let write_out = self.write_out(again);
        let run = self.run_pullback(&seed_value, again, |_, var| {
            let bar = self.bar(var);
            quote!(&mut #bar)
        });
        let in_out = self.params().filter(|(param, _)| param.active && param.in_out);
        let given = (!is_unit)
            .then(|| quote!(#seed))
            .into_iter()
            .chain(in_out.map(|(_, var)| self.bar(var)).map(|bar| quote!(mut #bar)));
        let bars = self.gradient_value();
        quote! {
            move |#(#given),*| {
                let #pullback = #pullback.into_inner();
                #zeros
                #run
                #write_out
                #bars
            }
        }
    }

    fn graph_function(&self, graph: &TokenStream) -> TokenStream {
        let name = self.signatures.companion_name("graph");
        let prefix = self.signatures.prefix();
        let vis = self.signatures.visibility();
        let krate = &self.krate;
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

/// A copy of what a `&mut` parameter refers to.
fn copy_behind(param: &Param, reference: &TokenStream) -> TokenStream {
    if matches!(param.ty, Type::Slice(_)) {
        return quote!(<[_]>::to_vec(#reference));
    }
    quote!(::core::clone::Clone::clone(#reference))
}

/// Lets errors about an item as a whole point at `span`: an item reaches from its `fn` to the end of
/// its body.
pub(super) fn item_at(item: TokenStream, span: Span) -> TokenStream {
    let at = |mut token: TokenTree| {
        match &mut token {
            TokenTree::Ident(name) if name == "fn" => name.set_span(span),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                group.set_span(span);
            }
            _ => {}
        }
        token
    };
    item.into_iter().map(at).collect()
}
