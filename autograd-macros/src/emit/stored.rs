//! Pullbacks whose type is not known: those of functions that call themselves, and of methods of traits.

use super::names::ident;
use super::signature::Signatures;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

impl Signatures<'_> {
    /// A pullback as the function returns it.
    ///
    /// What stands in memory of its own can be called only through a reference, hence the `Option`, which
    /// the one call takes the closure out of.
    pub(super) fn returned_pullback(&self, closure: TokenStream) -> TokenStream {
        if !self.target.recursive {
            return closure;
        }
        let krate = &self.krate;
        let types = self.pullback_types(&self.target.output);
        let names: Vec<Ident> = (0..types.len()).map(|n| ident(&format!("passed{n}"))).collect();
        let function = self.pullback_function();
        let once = ident("once");
        quote! {
            #krate::private::Stored::<dyn #function>::new(
                {
                    let mut #once = ::core::option::Option::Some(#closure);
                    move |#(#names: #types),*| #krate::private::recorded(#once.take())(#(#names),*)
                },
                |function| function,
                |function| function,
            )
        }
    }
}
