//! Tests of the stages. A proc-macro crate exports nothing, so they are unit tests: every stage
//! speaks `proc_macro2` and runs without a compiler around it.

mod code;
mod facts;
mod layers;
mod misuse;
mod residuals;
mod shapes;
mod size;

use crate::diag::Diagnostics;
use crate::ir::Function;
use crate::parse::{Args, Target};
use proc_macro2::TokenStream;

/// Parses a function, which must be accepted so far.
fn target(source: &str) -> Target {
    let mut diag = Diagnostics::default();
    let function = syn::parse_str(source).expect("the test's source parses");
    let target = Target::new(Args::default(), function, &mut diag);
    assert!(diag.is_empty(), "{:?}", diag.messages());
    target
}

/// Parses and lowers.
fn lowered(target: &Target) -> Function {
    let mut diag = Diagnostics::default();
    let function = crate::lower::lower(target, &mut diag);
    assert!(diag.is_empty(), "{:?}", diag.messages());
    crate::ir::verify::verify(&function);
    function
}

/// Expands `#[differentiable] source` and formats what comes out.
fn expand(source: &str) -> String {
    let item: TokenStream = source.parse().expect("the test's source is made of tokens");
    let tokens = crate::pipeline::differentiable(TokenStream::new(), &item);
    let file = syn::parse2(tokens.clone()).unwrap_or_else(|error| panic!("{error}:\n{tokens}"));
    prettyplease::unparse(&file)
}

/// The body of the augmented primal alone.
fn augmented(source: &str) -> String {
    let text = expand(source);
    let start = text.find("fn __augmented").expect("there is an augmented primal");
    let rest = &text[start..];
    let end = rest.find("\n    }\n").expect("the function ends");
    let body = format!("    {}\n    }}\n", &rest[..end]);
    body.replace("::autograd_runtime::private::", "").replace("::autograd_runtime::", "")
}
