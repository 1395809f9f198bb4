//! A gradient as a differentiable function: its derivative is the Hessian, which is symmetric, so that a
//! Hessian-vector product is both its tangent and its pullback.

use super::jacobian::argument;
use super::names::{ident, together};
use super::signature::Signatures;
use super::Emitter;
use crate::analysis::activity::Activity;
use crate::analysis::fusion::Fusion;
use crate::analysis::index::Index;
use crate::ir::Function;
use crate::parse::Target;
use crate::residual::Residuals;
use crate::transform::reverse::SEED;
use proc_macro2::{Ident, TokenStream};
use quote::{quote, ToTokens};
use syn::{ReturnType, Type};

/// A derivative of a function, which is a differentiable function that stands beside others in an `impl`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nested {
    Grad,
    ValueAndGrad,
}

/// The signature of a derivative. `None` if the type of the gradient is not known to have a tangent of the same
/// type, as that of a struct does not.
pub(crate) fn derivative_of(target: &Target, nested: Nested) -> Option<Target> {
    let signatures = Signatures { target, krate: super::names::CratePath::new(&target.args) };
    let mut active = target.params.iter().filter(|param| param.active);
    if !active.all(|param| signatures.known_tangent(&param.ty).is_some()) {
        return None;
    }
    let (gradient, value) = (signatures.gradient_type(), &target.output);
    let (name, output) = match nested {
        Nested::Grad => ("grad", gradient),
        Nested::ValueAndGrad => ("value_and_grad", quote!((#value, #gradient))),
    };
    let output: Type = syn::parse2(output).ok()?;
    let mut function = target.function.clone();
    function.sig.ident = signatures.companion_name(name);
    function.sig.output = ReturnType::Type(<syn::Token![->]>::default(), Box::new(output.clone()));
    *function.block = syn::parse_quote!({ ::core::unimplemented!() });
    Some(Target {
        args: target.args.clone(),
        function,
        params: target.params.clone(),
        associated: true,
        recursive: false,
        output,
        reals: target.reals.clone(),
        understood: true,
    })
}

/// Emits what differentiable functions call that take a derivative of `target`. `derivative` is from
/// [`derivative_of`], and `function` what comes of its signature.
pub(crate) fn nested(
    target: &Target,
    nested: Nested,
    derivative: &Target,
    function: &Function,
    activity: &Activity,
) -> TokenStream {
    let index = Index::new(function);
    let (residuals, fusion) = (Residuals::default(), Fusion::default());
    let outer = Emitter::new(target, function, activity, &index, &fusion, &residuals);
    let inner = Emitter::new(derivative, function, activity, &index, &fusion, &residuals);
    let companions = Companions { outer: &outer, nested };
    let augmented = inner.augmented_of(&companions);
    let tangent = inner.tangent_of(&companions);
    outer.beside(&quote!(#augmented #tangent))
}

/// The companions of the function whose derivative is differentiated.
struct Companions<'a> {
    outer: &'a Emitter<'a>,
    nested: Nested,
}

impl Companions<'_> {
    fn call(&self, name: &str, args: impl IntoIterator<Item = TokenStream>) -> TokenStream {
        let name = self.outer.signatures.companion_name(name);
        self.outer.signatures.call(&name, None, &args.into_iter().collect::<Vec<_>>())
    }

    /// Arguments that are used again later.
    fn copied(&self) -> impl Iterator<Item = TokenStream> + '_ {
        self.outer.target.params.iter().map(argument)
    }

    fn value(&self) -> TokenStream {
        match self.nested {
            Nested::Grad => self.call("grad", self.copied()),
            Nested::ValueAndGrad => self.call("value_and_grad", self.copied()),
        }
    }
}

impl Emitter<'_> {
    fn augmented_of(&self, companions: &Companions<'_>) -> TokenStream {
        let krate = &self.krate;
        let (signature, shapes) = (self.augmented_signature(), self.shapes_of_values());
        let (name, shape, kept) = (ident("value"), ident("value_shape"), ident("kept"));
        let value = companions.value();
        let seed = self.bar(SEED).to_token_stream();
        let again = self.params().map(|(param, var)| {
            if param.by_ref {
                self.reverse_name(var).to_token_stream()
            } else {
                param.ident.to_token_stream()
            }
        });
        // The value passes on its cotangent times the gradient, which is at hand.
        let (keep, gradient) = match companions.nested {
            Nested::Grad => (None, companions.call("hvp", again.chain([seed]))),
            Nested::ValueAndGrad => {
                let product = companions.call("hvp", again.chain([quote!(#seed.1)]));
                (
                    Some(quote!(let #kept = ::core::clone::Clone::clone(&#name.1);)),
                    quote!(#krate::private::second::plus_scaled(#product, #kept, #seed.0)),
                )
            }
        };
        let pullback = self.pullback_giving(&gradient);
        quote! {
            #[inline]
            #signature {
                #shapes
                let #name = #value;
                #keep
                let #shape = #krate::private::Witness::of(&#name);
                (#name, #pullback)
            }
        }
    }

    fn tangent_of(&self, companions: &Companions<'_>) -> TokenStream {
        let (signature, own) = (self.tangent_signature(), self.own_tangents());
        let active = self.target.params.iter().filter(|param| param.active);
        let given: Vec<Ident> = active.map(Signatures::given).collect();
        let given = together(&given);
        let (krate, name, direction) = (&self.krate, ident("value"), ident("direction"));
        let value = companions.value();
        let args = self.signatures.args().into_iter().chain([direction.to_token_stream()]);
        let product = companions.call("hvp", args);
        let dot = match companions.nested {
            Nested::Grad => product,
            Nested::ValueAndGrad => {
                quote!((#krate::private::second::slope(&#name.1, &#direction), #product))
            }
        };
        let dot_name = ident("value_dot");
        quote! {
            #[inline]
            #signature {
                #own
                let #direction = #given;
                let #name = #value;
                let #dot_name = #dot;
                (#name, #dot_name)
            }
        }
    }
}
