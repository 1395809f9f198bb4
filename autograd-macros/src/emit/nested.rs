//! A gradient as a differentiable function: its derivative is the Hessian, which is symmetric, so that a
//! Hessian-vector product is both its tangent and its pullback.

use super::jacobian::argument;
use super::names::ident;
use super::signature::Signatures;
use super::Emitter;
use crate::analysis::activity::Activity;
use crate::analysis::fusion::Fusion;
use crate::analysis::index::Index;
use crate::ir::Function;
use crate::parse::Target;
use crate::residual::Residuals;
use crate::transform::reverse::SEED;
use proc_macro2::TokenStream;
use quote::{quote, ToTokens};
use syn::{ReturnType, Type};

/// The gradient of a function, as a function that stands beside others in an `impl`. `None` if the type of the
/// gradient is not known to have a tangent of the same type, as that of a struct does not.
pub(crate) fn gradient_of(target: &Target) -> Option<Target> {
    let signatures = Signatures { target, krate: super::krate(&target.args) };
    let active = target.params.iter().filter(|param| param.active);
    if !active.into_iter().all(|param| signatures.known_tangent(&param.ty).is_some()) {
        return None;
    }
    let output: Type = syn::parse2(signatures.gradient_type()).ok()?;
    let mut function = target.function.clone();
    function.sig.ident = signatures.companion_name("grad");
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

/// Emits what differentiable functions call that take the gradient of `target`. `gradient` is from
/// [`gradient_of`], and `function` what comes of its signature.
pub(crate) fn nested(
    target: &Target,
    gradient: &Target,
    function: &Function,
    activity: &Activity,
) -> TokenStream {
    let index = Index::new(function);
    let (residuals, fusion) = (Residuals::default(), Fusion::default());
    let outer = Emitter::new(target, function, activity, &index, &fusion, &residuals);
    let inner = Emitter::new(gradient, function, activity, &index, &fusion, &residuals);
    let hvp = outer.signatures.companion_name("hvp");
    let call =
        |name: &proc_macro2::Ident, args: &[TokenStream]| outer.signatures.call(name, None, args);
    let copied: Vec<TokenStream> = gradient.params.iter().map(argument).collect();
    let value = call(gradient.name(), &copied);
    let seed = inner.bar(SEED).to_token_stream();
    let again = inner.params().map(|(param, var)| {
        if param.by_ref {
            inner.reverse_name(var).to_token_stream()
        } else {
            param.ident.to_token_stream()
        }
    });
    let product = call(&hvp, &again.chain([seed]).collect::<Vec<_>>());
    let augmented = inner.augmented_around(&value, &product);
    let given: Vec<_> =
        gradient.params.iter().filter(|param| param.active).map(Signatures::given).collect();
    let given = match given.as_slice() {
        [single] => quote!(#single),
        several => quote!((#(#several),*)),
    };
    let args = inner.signatures.args().into_iter().chain([given]);
    let tangent = call(&hvp, &args.collect::<Vec<_>>());
    let (signature, own) = (inner.tangent_signature(), inner.own_tangents());
    let dot = ident("value");
    outer.beside(&quote! {
        #augmented

        #[inline]
        #signature {
            #own
            let #dot = #value;
            (#dot, #tangent)
        }
    })
}

impl Emitter<'_> {
    /// An augmented primal with this value, and a pullback that gives `gradient`.
    fn augmented_around(&self, value: &TokenStream, gradient: &TokenStream) -> TokenStream {
        let krate = &self.krate;
        let (signature, shapes) = (self.augmented_signature(), self.shapes_of_values());
        let (name, shape) = (ident("value"), ident("value_shape"));
        let pullback = self.pullback_giving(gradient);
        quote! {
            #[inline]
            #signature {
                #shapes
                let #name = #value;
                let #shape = #krate::private::Witness::of(&#name);
                (#name, #pullback)
            }
        }
    }
}
