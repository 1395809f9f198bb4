//! The whole compiler on one screen.

use crate::analysis::activity::{self, Activity};
use crate::analysis::fusion::{self, Fusion};
use crate::analysis::index::Index;
use crate::analysis::selection::{self, Selection};
use crate::analysis::shape;
use crate::clock::Clock;
use crate::diag::Diagnostics;
use crate::emit::{self, Nested, OverDuals};
use crate::ir::print::print;
use crate::ir::verify::verify;
use crate::ir::{Function, IdSet, Ty};
use crate::lower::lower;
use crate::parse::{
    keep_grouping, krate, scalar_of, take_misplaced, twin, Args, BareTypes, OfTrait, Target, TWIN,
};
use crate::residual::{self, Residuals};
use crate::transform;
use crate::transform::adjoint::Reverse;
use crate::transform::forward::forward;
use crate::transform::reverse::reverse;
use crate::walk::visit_mut::VisitMut as _;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use std::collections::BTreeSet;
use syn::{ItemFn, TraitItemFn};

/// Expands `#[differentiable(args)] item`.
pub(crate) fn differentiable(args: TokenStream, item: &TokenStream) -> TokenStream {
    let mut clock = Clock::start();
    let item = &keep_grouping(item.clone());
    let mut diag = Diagnostics::default();
    let args = Args::parse(args, &mut diag);
    let mut function: ItemFn = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(error) => return without_body(item, &error, args, diag),
    };
    BareTypes.visit_item_fn_mut(&mut function);
    take_misplaced(&mut function, &mut diag);
    // A twin is called through its augmented primal alone.
    let plain = (!args.is_twin).then(|| without_our_attributes(&function));
    let original = args.second.map(|_| function.clone());
    let has_rule = args.rule.is_some();
    if has_rule {
        *function.block = syn::parse_quote!({ ::core::unimplemented!() });
    }
    let target = Target::new(args, function, &mut diag);
    clock.lap("parse");
    let plain = plain.map(|plain| emit::documented(emit::checked(plain, &target), &target));
    let name = target.name().clone();
    let companion = if has_rule {
        ruled(&target, &mut diag).map(|tokens| (tokens, BTreeSet::new()))
    } else {
        companion(&target, &mut diag, &mut clock)
    };
    let second = original.zip(companion.as_ref()).and_then(|(function, (_, methods))| {
        second_order(&target, &Original { function, methods }, &mut diag)
    });
    let companion = companion.map_or_else(|| emit::stubs(target), |(tokens, _)| tokens);
    let errors = diag.into_tokens();
    let expansion = quote!(#plain #companion #second #errors);
    clock.lap("emit");
    dump("time", &name, || clock.to_string());
    expansion
}

/// A function as it was written, of which there may be a twin.
struct Original<'a> {
    function: ItemFn,
    /// The methods that it calls with a gradient.
    methods: &'a BTreeSet<String>,
}

/// Reports, where second derivatives are asked for, why there are none.
fn no_second_order(
    target: &Target,
    diag: &mut Diagnostics,
    message: &str,
    help: &str,
) -> Option<TokenStream> {
    diag.error(target.args.second?, message, help);
    Some(emit::second_stubs(target))
}

/// What gives second derivatives of a function: `hvp` and `hessian`, and unless the function is generic over
/// its scalar, a twin that is.
fn second_order(
    target: &Target,
    original: &Original<'_>,
    diag: &mut Diagnostics,
) -> Option<TokenStream> {
    let reject = |diag: &mut Diagnostics, message: &str, help: &str| {
        no_second_order(target, diag, message, help)
    };
    if target.args.of_trait.is_some() {
        return reject(
            diag,
            "second derivatives of methods of traits are not known yet",
            "make it a method of the type, or a function",
        );
    }
    if target.has_in_out() {
        return reject(
            diag,
            "second derivatives are of functions that do not change their arguments",
            "take the argument by value and return it",
        );
    }
    if !target.associated && !may_be_scalar(target) {
        diag.error_on(
            &target.output,
            "second derivatives are of functions whose value is one scalar",
            "return `f64` or `f32`; a method may have any value, and is used by other methods with `order = 2`",
        );
        return Some(emit::second_stubs(target));
    }
    match target.reals.as_slice() {
        [over] if active_receiver(target) => {
            let message = format!("the receiver of this method is not over its scalar `{over}`");
            reject(diag, &message, "let the type have the scalar as its parameter, not the method")
        }
        [over] => Some(second_companions(target, over, OverDuals::Generic)),
        [] => second_order_of_one(target, original, diag),
        _ => reject(
            diag,
            "second derivatives are of functions over one scalar",
            "use one generic parameter for all of them",
        ),
    }
}

fn may_be_scalar(target: &Target) -> bool {
    matches!(Ty::of(&target.output, &target.reals), Ty::Float(_) | Ty::Unknown)
}

fn active_receiver(target: &Target) -> bool {
    target.params.iter().any(|param| param.is_self() && param.active)
}

/// The second derivatives of a function that has no generic parameter for its scalar: of a method of a type
/// that has one, or of a function over `f64` or `f32`, for which there is a twin.
fn second_order_of_one(
    target: &Target,
    original: &Original<'_>,
    diag: &mut Diagnostics,
) -> Option<TokenStream> {
    let scalar = scalar_of(&original.function);
    if target.associated && scalar.is_none() {
        // Nothing is to be said of a method with another value: that of the type over duals is called.
        if !may_be_scalar(target) {
            return None;
        }
        if let Some(over) = scalar_of_type(target) {
            return Some(second_companions(target, &over, OverDuals::OfGeneric));
        }
    }
    if target.args.rule.is_some() {
        return no_second_order(
            target,
            diag,
            "second derivatives of a function with a rule are the derivatives of the rule",
            "make both generic over their scalar: `<T: Real>`",
        );
    }
    let Some(scalar) = scalar else {
        return no_second_order(
            target,
            diag,
            "the scalar that this function is written over cannot be seen",
            "name `f64` or `f32` in its signature, or make it generic: `<T: Real>`",
        );
    };
    let krate = krate(&target.args);
    let twin = twin(&original.function, target, &scalar, original.methods, &krate);
    let mark = Ident::new(TWIN, Span::mixed_site());
    let associated = target.associated.then(|| quote!(, associated));
    let twin = differentiable(quote!(crate = #krate, #mark #associated), &quote!(#twin));
    // A method with another value is there for other methods, which call its twin.
    let companions =
        may_be_scalar(target).then(|| second_companions(target, &scalar, OverDuals::Twin));
    Some(quote!(#twin #companions))
}

/// What users call, and what differentiable functions call that take derivatives of this one.
fn second_companions(target: &Target, over: &Ident, how: OverDuals) -> TokenStream {
    let companions = emit::second_order(target, over, how);
    let nested = [Nested::Grad, Nested::ValueAndGrad].into_iter().filter_map(|nested| {
        let derivative = emit::derivative_of(target, nested)?;
        // As of a function with a rule, there is no body to say anything.
        let mut nothing = Diagnostics::default();
        let function = lower(&derivative, &mut nothing);
        let activity = activity::analyse(&function, &derivative, &mut nothing);
        Some(emit::nested(target, nested, &derivative, &function, &activity))
    });
    quote!(#companions #(#nested)*)
}

/// The scalar of the type that a method belongs to, if the method returns one.
fn scalar_of_type(target: &Target) -> Option<Ident> {
    match &target.output {
        syn::Type::Path(ty) => ty.path.get_ident().cloned(),
        _ => None,
    }
}

/// What is not a function: perhaps a method of a trait.
fn without_body(
    item: &TokenStream,
    error: &syn::Error,
    mut args: Args,
    diag: Diagnostics,
) -> TokenStream {
    match syn::parse2::<TraitItemFn>(item.clone()) {
        // One without `self` could also be a foreign function.
        Ok(method)
            if method.default.is_none()
                && (method.sig.receiver().is_some() || args.of_trait.is_some()) =>
        {
            args.of_trait = Some(OfTrait::Declared);
            args.associated = true;
            declared(args, method, diag)
        }
        _ => not_a_function(item, error, diag),
    }
}

/// A method of a trait that has no body: its companions call what the implementations have.
fn declared(args: Args, method: TraitItemFn, mut diag: Diagnostics) -> TokenStream {
    let TraitItemFn { attrs, sig, .. } = method;
    let mut function: ItemFn = syn::parse_quote!(#(#attrs)* #sig { ::core::unimplemented!() });
    BareTypes.visit_item_fn_mut(&mut function);
    take_misplaced(&mut function, &mut diag);
    let ItemFn { attrs, sig, .. } = without_our_attributes(&function);
    let target = Target::new(args, function, &mut diag);
    for param in target.params.iter().filter(|param| param.shape.is_some()) {
        diag.error(
            param.span,
            "the shapes of a method without a body are not looked at",
            "declare them where the method is implemented",
        );
    }
    let companion = if target.understood && diag.is_empty() {
        // The body that is not there has nothing to say.
        let mut nothing = Diagnostics::default();
        let function = lower(&target, &mut nothing);
        let activity = activity::analyse(&function, &target, &mut nothing);
        let callers = emit::declaration(&target, &function, &activity, &Index::new(&function));
        let tangent = emit::tangent_declaration(&target, &function);
        quote!(#callers #tangent)
    } else {
        emit::stubs(target)
    };
    let errors = diag.into_tokens();
    quote!(#(#attrs)* #sig; #companion #errors)
}

/// The companion of a function whose derivative is a rule of the user's. `None` after an error.
fn ruled(target: &Target, diag: &mut Diagnostics) -> Option<TokenStream> {
    for param in target.params.iter().filter(|param| param.in_out && param.active) {
        diag.error(
            param.span,
            "a rule for a parameter that is changed in place is not accepted yet",
            "take the value, return the new one, or mark the parameter `#[no_grad]`",
        );
    }
    if !target.understood || !diag.is_empty() {
        return None;
    }
    // The body that is not looked into has nothing to say.
    let mut nothing = Diagnostics::default();
    let function = lower(target, &mut nothing);
    let activity = activity::analyse(&function, target, &mut nothing);
    let companion = emit::ruled(target, &function, &activity, &Index::new(&function));
    let tangent = emit::ruled_tangent(target, &function);
    let tokens = quote!(#companion #tangent);
    dump("code", target.name(), || tokens.to_string());
    Some(tokens)
}

/// From a signature to the companion. `None` after an error.
///
/// Beside it stand the names of the methods that it calls with a gradient.
fn companion(
    target: &Target,
    diag: &mut Diagnostics,
    clock: &mut Clock,
) -> Option<(TokenStream, BTreeSet<String>)> {
    if !target.understood {
        return None;
    }
    let function = lower(target, diag);
    if !diag.is_empty() {
        // Facts are still gathered, so that the mistakes that they show are reported too.
        shape::analyse(&function, target, diag);
        activity::analyse(&function, target, diag);
        return None;
    }
    clock.lap("lower");
    verify(&function);
    clock.lap("verify");
    dump("ir", target.name(), || print(&function));
    let shapes = shape::analyse(&function, target, diag);
    let activity = activity::analyse(&function, target, diag);
    if !diag.is_empty() {
        return None;
    }
    let index = Index::new(&function);
    let selection = Selection::new(&function);
    // A cotangent that is not a number is looked for behind each operation.
    let fusion = if target.args.anomaly {
        Fusion::default()
    } else {
        Fusion::new(&function, target, &activity, &index)
    };
    clock.lap("analyse");
    dump("facts", target.name(), || {
        activity::print(&function, &activity)
            + &selection::print(&function, &selection)
            + &fusion::print(&function, &fusion)
            + &shape::print(&function, &shapes)
    });
    let (reverse, residuals) = reversed(&function, &activity, &index, &selection, &fusion);
    dump("reverse", target.name(), || transform::print::print(&function, &reverse));
    dump("facts", target.name(), || residual::print(&function, &residuals));
    clock.lap("transform");
    let facts = emit::Facts {
        activity: &activity,
        index: &index,
        fusion: &fusion,
        shapes: &shapes,
        residuals: &residuals,
    };
    let tokens = emit::companion(target, &function, &facts, &reverse);
    let methods = activity::active_methods(&function, &activity);
    if target.args.is_twin {
        return Some((tokens, methods));
    }
    clock.lap("emit");
    let krate = krate(&target.args);
    let generic = !target.reals.is_empty();
    let forward = forward(&function, &activity, &index, &krate, generic);
    dump("tangent", target.name(), || print(&forward.function));
    verify(&forward.function);
    clock.lap("tangent");
    let tangents = emit::tangents(target, &forward);
    let tokens = quote!(#tokens #tangents);
    dump("code", target.name(), || tokens.to_string());
    Some((tokens, methods))
}

/// The reverse pass and what is kept for it: at first without lists that are changed back, then with those that are
/// worth it.
pub(crate) fn reversed<'a>(
    function: &'a Function,
    activity: &'a Activity,
    index: &'a Index<'a>,
    selection: &'a Selection,
    fusion: &'a Fusion<'a>,
) -> (Reverse<'a>, Residuals) {
    let write = |restored| reverse(function, activity, index, selection, fusion, restored);
    let plan = |reverse: &Reverse<'a>| residual::plan(function, activity, index, reverse);
    let reverse = write(IdSet::new());
    let residuals = plan(&reverse);
    let restored = residual::restored(function, index, &reverse, &residuals);
    if restored.is_empty() {
        return (reverse, residuals);
    }
    let reverse = write(restored);
    let residuals = plan(&reverse);
    (reverse, residuals)
}

/// Writes what a stage made to the error stream, if `AUTOGRAD_DUMP` names the stage.
fn dump(stage: &str, name: &Ident, text: impl FnOnce() -> String) {
    if std::env::var("AUTOGRAD_DUMP")
        .is_ok_and(|stages| stages.split(',').any(|name| name == stage))
    {
        eprintln!("// {stage} of `{name}`\n{}", text());
    }
}

/// The user's function as it was written, less the attributes of its parameters that are ours.
fn without_our_attributes(function: &ItemFn) -> ItemFn {
    let mut plain = function.clone();
    for input in &mut plain.sig.inputs {
        let attrs = match input {
            syn::FnArg::Receiver(receiver) => &mut receiver.attrs,
            syn::FnArg::Typed(typed) => &mut typed.attrs,
        };
        let is_ours = |attr: &syn::Attribute| {
            attr.path().is_ident("no_grad") || attr.path().is_ident("shape")
        };
        attrs.retain(|attr| !is_ours(attr));
    }
    plain
}

fn not_a_function(item: &TokenStream, error: &syn::Error, mut diag: Diagnostics) -> TokenStream {
    match syn::parse2::<syn::Item>(item.clone()) {
        Ok(other) => diag.error_on(
            first_token(&other),
            "`#[differentiable]` stands on a function or a method",
            "a struct gets `#[derive(Differentiable)]`",
        ),
        Err(_) => diag.push(error.clone()),
    }
    let errors = diag.into_tokens();
    quote!(#item #errors)
}

/// The first word of an item, which says what it is.
fn first_token(item: &syn::Item) -> TokenStream {
    quote!(#item)
        .into_iter()
        .find(|token| matches!(token, proc_macro2::TokenTree::Ident(_)))
        .map(TokenStream::from)
        .unwrap_or_default()
}
