//! Tests of the stages. A proc-macro crate exports nothing, so they are unit tests: every stage
//! speaks `proc_macro2` and runs without a compiler around it.

mod code;
mod facts;
mod layers;
mod misuse;
mod residuals;
mod shapes;
mod signs;
mod size;

use crate::analysis::activity::{self, Activity};
use crate::analysis::fusion::{self, Fusion};
use crate::analysis::index::Index;
use crate::analysis::selection::{self, Selection};
use crate::diag::Diagnostics;
use crate::ir::{self, Function};
use crate::parse::{Args, Target};
use crate::pipeline::reversed;
use crate::residual;
use crate::transform;
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

/// The activity of a function, in which there is nothing to report.
fn activity_of(function: &Function, target: &Target) -> Activity {
    let mut diag = Diagnostics::default();
    let activity = activity::analyse(function, target, &mut diag);
    assert!(diag.is_empty(), "{:?}", diag.messages());
    activity
}

/// What `AUTOGRAD_DUMP` prints of a function: its IR, the facts, the reverse pass, and what is kept for it.
fn stages(source: &str) -> [String; 4] {
    let target = target(source);
    let function = lowered(&target);
    let activity = activity_of(&function, &target);
    let index = Index::new(&function);
    let selection = Selection::new(&function);
    let fusion = Fusion::new(&function, &target, &activity, &index);
    let (reverse, residuals) = reversed(&function, &activity, &index, &selection, &fusion);
    [
        ir::print::print(&function),
        activity::print(&function, &activity)
            + &selection::print(&function, &selection)
            + &fusion::print(&function, &fusion),
        transform::print::print(&function, &reverse),
        residual::print(&function, &residuals),
    ]
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
