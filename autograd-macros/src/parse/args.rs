//! The arguments of `#[differentiable(…)]`.

use crate::diag::Diagnostics;
use proc_macro2::{Span, TokenStream};
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprPath, Meta, Path, Token};

/// What the user wrote between the parentheses of the attribute.
#[derive(Clone)]
pub(crate) struct Args {
    /// `crate = some::path`: where the runtime is found.
    pub(crate) krate: Option<Path>,
    /// `associated`: the function stands in an `impl` but has no `self`.
    pub(crate) associated: bool,
    /// `trait` or `impl`: the method stands in a trait, or in the implementation of one.
    pub(crate) of_trait: Option<OfTrait>,
    /// `anomaly`: the reverse pass stops at the first cotangent that is not a number.
    pub(crate) anomaly: bool,
    /// `vjp = some::rule`: the derivative is the user's, and the body is not looked into.
    pub(crate) rule: Option<ExprPath>,
    /// `jvp = some::rule`: the same for forward mode.
    pub(crate) tangent_rule: Option<ExprPath>,
    /// `order = 2`, and where it stands: second derivatives are wanted.
    pub(crate) second: Option<Span>,
    /// The function is a twin, of which the gradient alone is wanted.
    pub(crate) is_twin: bool,
}

impl Default for Args {
    fn default() -> Self {
        let anomaly = cfg!(feature = "anomaly");
        Self {
            krate: None,
            associated: false,
            of_trait: None,
            anomaly,
            rule: None,
            tangent_rule: None,
            second: None,
            is_twin: false,
        }
    }
}

/// Where a method of a trait stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfTrait {
    /// In the trait: the other companions call the augmented primal of the implementation.
    Declared,
    /// In an implementation, which has the augmented primal alone.
    Implemented,
}

/// The argument of twins, which only generated code writes.
pub(crate) const TWIN: &str = "__twin";

const KNOWN: &str =
    "the arguments of `#[differentiable]` are `crate = some::path`, `order = 2`, `vjp = some::rule`, `jvp = some::rule`, `anomaly`, `associated`, `trait` and `impl`";
const RULE: &str = "`vjp` takes the path of a rule, such as `vjp = my_rule`";
const RULE_HELP: &str =
    "the rule is a function of the same arguments that returns the value and the function from its cotangent to the gradient";
const TANGENT_RULE: &str = "`jvp` takes the path of a rule, such as `jvp = my_rule`";
const TANGENT_RULE_HELP: &str =
    "the rule is a function of the same arguments and of their tangents that returns the value and its tangent";
const CRATE: &str = "`crate` takes a path, such as `crate = my_crate::autograd`";

/// One argument. `crate` is a keyword, and so not the path of a `Meta`.
enum Arg {
    Crate(Token![crate], Option<Expr>),
    OfTrait(OfTrait),
    Other(Meta),
}

impl Parse for Arg {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.parse::<Option<Token![trait]>>()?.is_some() {
            return Ok(Self::OfTrait(OfTrait::Declared));
        }
        if input.parse::<Option<Token![impl]>>()?.is_some() {
            return Ok(Self::OfTrait(OfTrait::Implemented));
        }
        if !input.peek(Token![crate]) || input.peek2(Token![::]) {
            return input.parse().map(Self::Other);
        }
        let token = input.parse()?;
        let assigned = input.parse::<Option<Token![=]>>()?.is_some();
        let value = assigned && !input.is_empty() && !input.peek(Token![,]);
        Ok(Self::Crate(token, if value { Some(input.parse()?) } else { None }))
    }
}

impl Args {
    pub(crate) fn parse(tokens: TokenStream, diag: &mut Diagnostics) -> Self {
        let mut args = Self::default();
        let parsed = match Punctuated::<Arg, Token![,]>::parse_terminated.parse2(tokens) {
            Ok(parsed) => parsed,
            Err(error) => {
                diag.push(error);
                return args;
            }
        };
        let is_vjp = |arg: &Arg| matches!(arg, Arg::Other(meta) if meta.path().is_ident("vjp"));
        let reverse = parsed.iter().any(is_vjp);
        for arg in parsed {
            match &arg {
                Arg::Crate(_, Some(Expr::Path(path))) => args.krate = Some(path.path.clone()),
                Arg::Crate(_, Some(other)) => diag.error_on(other, CRATE, ""),
                Arg::Crate(token, None) => diag.error_on(token, CRATE, ""),
                Arg::OfTrait(place) => {
                    args.associated = true;
                    args.of_trait = Some(*place);
                }
                Arg::Other(Meta::Path(path)) if path.is_ident(TWIN) => args.is_twin = true,
                Arg::Other(Meta::Path(path)) if path.is_ident("associated") => {
                    args.associated = true;
                }
                Arg::Other(Meta::Path(path)) if path.is_ident("anomaly") => args.anomaly = true,
                Arg::Other(Meta::NameValue(pair)) if pair.path.is_ident("vjp") => {
                    match &pair.value {
                        Expr::Path(rule) => args.rule = Some(rule.clone()),
                        other => diag.error_on(other, RULE, RULE_HELP),
                    }
                }
                Arg::Other(meta) if meta.path().is_ident("vjp") => {
                    diag.error_on(meta.path(), RULE, RULE_HELP);
                }
                Arg::Other(Meta::NameValue(pair)) if pair.path.is_ident("order") => {
                    match order(&pair.value) {
                        Some(1) => {}
                        Some(2) => args.second = Some(pair.span()),
                        _ => diag.error_on(
                            &pair.value,
                            "`order` is the order of the derivatives that are wanted: 1 or 2",
                            "of higher ones: make the function generic over its scalar, and call `hvp` over dual numbers",
                        ),
                    }
                }
                Arg::Other(meta) if meta.path().is_ident("jvp") => {
                    args.tangent_rule = tangent_rule(meta, reverse, diag);
                }
                Arg::Other(other) => {
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

/// The rule for forward mode. `reverse` says whether there is one for reverse mode too.
fn tangent_rule(meta: &Meta, reverse: bool, diag: &mut Diagnostics) -> Option<ExprPath> {
    if !reverse {
        diag.error_on(
            meta.path(),
            "a rule for forward mode stands beside one for reverse mode",
            "reverse mode needs `vjp = some::rule`: the body of a function with a rule is not looked into",
        );
    }
    match meta {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Path(rule) => return Some(rule.clone()),
            other => diag.error_on(other, TANGENT_RULE, TANGENT_RULE_HELP),
        },
        meta => diag.error_on(meta.path(), TANGENT_RULE, TANGENT_RULE_HELP),
    }
    None
}

fn order(value: &Expr) -> Option<u8> {
    match value {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(order), .. }) => order.base10_parse().ok(),
        _ => None,
    }
}
