//! The compiler behind `#[differentiable]` and `#[derive(Differentiable)]`.
//!
//! Users depend on `autograd-runtime`, which re-exports these macros and documents what they do.

mod analysis;
mod clock;
mod derive;
mod diag;
mod emit;
mod ir;
mod lower;
mod parse;
mod pipeline;
mod residual;
mod rules;
#[cfg(test)]
mod tests;
mod transform;
mod walk;

use proc_macro::TokenStream;

/// Differentiates a function at compile time.
///
/// See the documentation of `autograd-runtime`.
#[proc_macro_attribute]
pub fn differentiable(args: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::differentiable(args.into(), &item.into()).into()
}

/// Makes a struct differentiable: `S` gets a tangent type `SGrad`.
///
/// See the documentation of `autograd-runtime`.
#[proc_macro_derive(Differentiable, attributes(no_grad, autograd))]
pub fn derive_differentiable(item: TokenStream) -> TokenStream {
    derive::differentiable(item.into()).into()
}
