//! The companion of a function with an error: functions with the right types that are never run, so
//! that uses of them are not further errors.

use super::names::{self, ident};
use super::signature::{allow, Signatures};
use crate::parse::Target;
use crate::walk::visit::{self, Visit};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned, ToTokens};
use syn::{parse_quote, FnArg, Type};

/// The companion, as far as its types are known.
pub(crate) fn stubs(mut target: Target) -> TokenStream {
    for param in target.params.iter_mut().filter(|param| has_no_tangent(&param.ty)) {
        param.ty = parse_quote!(());
    }
    let signatures = Signatures { target: &target, krate: names::CratePath::new(&target.args) };
    if !is_readable(&target) {
        let nothing = TokenStream::new();
        return if target.associated { nothing } else { signatures.around(&nothing) };
    }
    signatures.around(&signatures.stubs())
}

/// What stands in for second derivatives that there are none of, after an error.
pub(crate) fn second_stubs(target: &Target) -> TokenStream {
    let signatures = Signatures { target, krate: names::CratePath::new(&target.args) };
    let tokens = signatures.second_stubs();
    if target.associated {
        return tokens;
    }
    let (name, allow) = (target.name(), allow());
    quote! {
        #allow
        impl #name {
            #tokens
        }
    }
}

impl Signatures<'_> {
    fn second_stubs(&self) -> TokenStream {
        let krate = &self.krate;
        let gradient = self.gradient_type();
        let tangents = Ident::new("tangents", Span::mixed_site().located_at(self.doubtful().0));
        let hvp = self.stub("hvp", Some(quote!(#tangents: #gradient)), &gradient);
        let hessian = self.stub("hessian", None, &quote!(#krate::Tensor<2, f64>));
        let checked = quote!(::core::result::Result<(), #krate::GradcheckError>);
        let check = self.stub("gradgradcheck", None, &checked);
        quote!(#hvp #hessian #check)
    }

    fn stubs(&self) -> TokenStream {
        let krate = &self.krate;
        let unit: Type = parse_quote!(());
        let value = &self.target.output;
        let value = if has_no_name(value) || has_reference(value) { &unit } else { value };
        let differentiated = if has_no_tangent(value) { &unit } else { value };
        let gradient = self.gradient_type();
        let place = Ident::new("gradient", Span::mixed_site().located_at(self.doubtful().0));
        let functions = [
            self.stub("value_and_grad", None, &self.pair(value, &gradient)),
            self.stub("grad", None, &gradient),
            self.stub(
                "value_and_grad_into",
                Some(quote!(#place: &mut #gradient)),
                &value.to_token_stream(),
            ),
            self.stub(
                "gradcheck",
                None,
                &quote!(::core::result::Result<(), #krate::GradcheckError>),
            ),
        ];
        let cotangents = self.exit_cotangents(differentiated);
        let name = self.companion_name("vjp");
        let vjp = self.stub_with_pullback(
            &name,
            value,
            &quote_spanned!(self.doubtful().0=> (#(#cotangents),*) -> (#gradient)),
        );
        let tangents = Ident::new("tangents", Span::mixed_site().located_at(self.doubtful().0));
        let jvp = self.stub(
            "jvp",
            Some(quote!(#tangents: #gradient)),
            &self.pair(value, self.exit_tangents(differentiated)),
        );
        let tangent = self.signature_of(
            &self.tangent_ident(),
            Some(self.given_inputs()),
            &self.pair(value, self.tangent(differentiated)),
            None,
        );
        let call = self.pullback_call(differentiated);
        let augmented = self.stub_with_pullback(&self.augmented_ident(), value, &call);
        let (prefix, vis, graph) = (self.prefix(), self.visibility(), self.companion_name("graph"));
        let second = self.target.args.second.map(|_| self.second_stubs());
        quote! {
            #(#functions)*
            #second
            #vjp
            #augmented
            #jvp
            #[doc(hidden)]
            #tangent {
                ::core::unimplemented!()
            }
            #[doc(hidden)]
            #prefix
            #vis fn #graph() -> &'static #krate::Graph {
                ::core::unimplemented!()
            }
        }
    }

    fn stub(&self, suffix: &str, extra: Option<TokenStream>, output: &TokenStream) -> TokenStream {
        let signature = self.signature(suffix, extra, output, None);
        quote!(#[doc(hidden)] #signature { ::core::unimplemented!() })
    }

    /// `call` is what the pullback takes and returns.
    fn stub_with_pullback(&self, name: &Ident, value: &Type, call: &TokenStream) -> TokenStream {
        let implement = self.implement();
        let span = implement.span();
        let pullback = quote_spanned!(span=> #implement ::core::ops::FnOnce #call);
        let returns = self.pair(value, pullback);
        let signature = self.signature_of(name, None, &returns, None);
        let at = self.doubtful().0;
        let never = ident("never");
        let pointer = self.pair(value, quote_spanned!(at=> fn #call));
        let body = quote_spanned!(at=> let #never: #pointer = ::core::unimplemented!(); #never);
        quote!(#[doc(hidden)] #signature { #body })
    }
}

/// Whether the companions' signatures are known: which parameters there are, and the types of those
/// that the pullback takes again.
fn is_readable(target: &Target) -> bool {
    let conditional = target.function.sig.inputs.iter().any(|input| {
        let attrs = match input {
            FnArg::Receiver(receiver) => &receiver.attrs,
            FnArg::Typed(typed) => &typed.attrs,
        };
        attrs.iter().any(|attr| attr.path().is_ident("cfg"))
    });
    !conditional && !target.params.iter().any(|param| param.by_ref && has_no_name(&param.ty))
}

/// Whether a type is, or contains, an `impl Trait`.
pub(super) fn has_no_name(ty: &Type) -> bool {
    contains(ty, |ty| matches!(ty, Type::ImplTrait(_)))
}

fn has_reference(ty: &Type) -> bool {
    contains(ty, |ty| matches!(ty, Type::Reference(_)))
}

fn contains(ty: &Type, wanted: impl Fn(&Type) -> bool) -> bool {
    struct Search<F>(F, bool);
    impl<'ast, F: Fn(&Type) -> bool> Visit<'ast> for Search<F> {
        fn visit_type(&mut self, ty: &'ast Type) {
            self.1 |= (self.0)(ty);
            visit::visit_type(self, ty);
        }
    }
    let mut search = Search(wanted, false);
    search.visit_type(ty);
    search.1
}

/// What the function may have been rejected for.
fn has_no_tangent(ty: &Type) -> bool {
    contains(ty, |ty| match ty {
        Type::TraitObject(_) => true,
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|segment| segment.ident == "Option" || segment.ident == "Result"),
        _ => false,
    })
}
