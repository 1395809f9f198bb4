//! Diagnostics: gathered with their spans, reported all at once.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The errors of one expansion. A stage adds what it finds and goes on; the pipeline asks between
/// stages whether there is a reason to stop.
#[derive(Default)]
pub(crate) struct Diagnostics {
    errors: Vec<syn::Error>,
}

impl Diagnostics {
    /// Adds an error that points at `span`. The message says what is wrong; `help` what to do.
    pub(crate) fn error(&mut self, span: Span, message: impl AsRef<str>, help: impl AsRef<str>) {
        self.errors.push(syn::Error::new(span, with_help(message.as_ref(), help.as_ref())));
    }

    /// Adds an error that underlines all of `tokens`.
    pub(crate) fn error_on(
        &mut self,
        tokens: impl ToTokens,
        message: impl AsRef<str>,
        help: impl AsRef<str>,
    ) {
        self.errors
            .push(syn::Error::new_spanned(tokens, with_help(message.as_ref(), help.as_ref())));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        self.errors.push(error);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// One `compile_error!` for each error, in the order of discovery.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.errors.iter().map(syn::Error::to_compile_error).collect()
    }

    /// The messages alone, for tests.
    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.errors.iter().map(ToString::to_string).collect()
    }
}

fn with_help(message: &str, help: &str) -> String {
    if help.is_empty() {
        message.to_owned()
    } else {
        format!("{message}\n\nhelp: {help}")
    }
}
