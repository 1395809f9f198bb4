//! The arguments of `#[differentiable(…)]`.

use crate::diag::Diagnostics;
use proc_macro2::TokenStream;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, Meta, Path, Token};

/// What the user wrote between the parentheses of the attribute.
#[derive(Default)]
pub(crate) struct Args {
    /// `crate = some::path`: where the runtime is found.
    pub(crate) krate: Option<Path>,
    /// `associated`: the function stands in an `impl` but has no `self`.
    pub(crate) associated: bool,
}

const KNOWN: &str =
    "the arguments of `#[differentiable]` are `crate = some::path` and `associated`";

impl Args {
    pub(crate) fn parse(tokens: TokenStream, diag: &mut Diagnostics) -> Self {
        let mut args = Self::default();
        let metas =
            match Punctuated::<Meta, Token![,]>::parse_terminated.parse2(quote_crate(tokens)) {
                Ok(metas) => metas,
                Err(error) => {
                    diag.push(error);
                    return args;
                }
            };
        for meta in metas {
            match &meta {
                Meta::NameValue(pair) if pair.path.is_ident(CRATE) => match &pair.value {
                    Expr::Path(path) => args.krate = Some(path.path.clone()),
                    other => diag.error_on(
                        other,
                        "`crate` takes a path, such as `crate = my_crate::autograd`",
                        "",
                    ),
                },
                Meta::Path(path) if path.is_ident("associated") => args.associated = true,
                Meta::NameValue(pair) if pair.path.is_ident("vjp") || pair.path.is_ident("jvp") => {
                    diag.error_on(
                        &pair.path,
                        "custom derivative rules are not accepted yet",
                        KNOWN,
                    );
                }
                other => {
                    let path = other.path();
                    let name =
                        path.get_ident().map_or_else(String::new, |name| format!(" `{name}`"));
                    diag.error_on(
                        path,
                        format!("unknown argument{name} of `#[differentiable]`"),
                        KNOWN,
                    );
                }
            }
        }
        args
    }
}

const CRATE: &str = "krate__";

/// `crate` is a keyword and no path of a `Meta`: it is renamed before parsing.
fn quote_crate(tokens: TokenStream) -> TokenStream {
    let mut after_comma = true;
    tokens
        .into_iter()
        .map(|token| {
            let token = match token {
                proc_macro2::TokenTree::Ident(ident) if after_comma && ident == "crate" => {
                    proc_macro2::Ident::new(CRATE, ident.span()).into()
                }
                other => other,
            };
            after_comma = matches!(&token, proc_macro2::TokenTree::Punct(p) if p.as_char() == ',');
            token
        })
        .collect()
}
