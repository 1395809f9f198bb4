//! The signature: which parameters there are, how they are passed and whether they are active.

use super::lifetimes::name_lifetimes;
use super::shape::{take_shape, Declared};
use super::Args;
use crate::diag::Diagnostics;
use crate::ir::Ty;
use crate::walk::visit::{self, Visit};
use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericParam, Generics, ItemFn, Pat, PatType, Receiver, ReceiverKind,
    ReturnType, Type, TypeParamBound, WherePredicate,
};

/// A function to differentiate, with its signature understood.
pub(crate) struct Target {
    pub(crate) args: Args,
    /// The function as the user wrote it, without the attributes that are ours.
    pub(crate) function: ItemFn,
    pub(crate) params: Vec<Param>,
    /// Whether it stands in an `impl`, so that its companions are sibling functions.
    pub(crate) associated: bool,
    /// Whether it may call itself, so that the type of its pullback is erased.
    pub(crate) recursive: bool,
    /// The type of its value.
    pub(crate) output: Type,
    /// Generic parameters that are scalars.
    pub(crate) reals: Vec<Ident>,
    /// Whether the body can be read: there is a value, and each parameter is one of those accepted.
    pub(crate) understood: bool,
}

#[derive(Clone)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts about a parameter")]
pub(crate) struct Param {
    /// `self` for a receiver.
    pub(crate) ident: Ident,
    /// A pattern other than a name.
    pub(crate) pattern: Option<Pat>,
    /// The type behind the reference, if it is one.
    pub(crate) ty: Type,
    pub(crate) by_ref: bool,
    /// Whether it is taken by `&mut`: its value on exit is a result.
    pub(crate) in_out: bool,
    pub(crate) mutable: bool,
    /// A receiver that the method itself takes by value.
    pub(crate) consumed: bool,
    pub(crate) active: bool,
    /// What is declared of its dimensions.
    pub(crate) shape: Option<Declared>,
    pub(crate) span: Span,
}

impl Param {
    pub(crate) fn is_self(&self) -> bool {
        self.ident == "self"
    }
}

impl Target {
    /// Whether the function returns nothing.
    pub(crate) fn is_unit(&self) -> bool {
        is_unit(&self.output)
    }

    /// Whether a parameter's value on exit is a result.
    pub(crate) fn has_in_out(&self) -> bool {
        self.params.iter().any(|param| param.in_out && param.active)
    }

    pub(crate) fn name(&self) -> &Ident {
        &self.function.sig.ident
    }

    /// The name for messages: that of the function whose twin it is.
    pub(crate) fn shown_name(&self) -> String {
        let name = self.name().unraw().to_string();
        if self.args.is_twin {
            super::twin::untwinned(&name).to_owned()
        } else {
            name
        }
    }

    /// Reads the signature. What is not accepted is reported, and read as what comes closest.
    pub(crate) fn new(args: Args, mut function: ItemFn, diag: &mut Diagnostics) -> Self {
        reject_modifiers(&function, diag);
        name_lifetimes(&mut function.sig);
        let changes = function.sig.inputs.iter().any(is_in_out);
        let mut understood = true;
        let output = match &function.sig.output {
            ReturnType::Type(_, ty) if !changes && is_unit(ty) => {
                no_return_value(ty, diag);
                understood = false;
                (**ty).clone()
            }
            ReturnType::Type(_, ty) => (**ty).clone(),
            // What it computes is what its `&mut` parameters hold in the end.
            ReturnType::Default if changes => syn::parse_quote!(()),
            ReturnType::Default => {
                no_return_value(&function.sig.ident, diag);
                understood = false;
                syn::parse_quote!(())
            }
        };
        reject_output(&output, diag);
        let reals = real_parameters(&function.sig.generics);
        let mut params = Vec::new();
        let mut named = Vec::new();
        for (index, input) in function.sig.inputs.iter_mut().enumerate() {
            let no_grad = take_no_grad(input, diag);
            let shape = take_shape(input, diag);
            if no_grad {
                named.extend(name_impl_trait(input, index));
            }
            let (mut param, accepted) = param(input, index, no_grad, &reals, diag);
            param.shape = shape;
            params.push(param);
            understood &= accepted;
        }
        function.sig.generics.params.extend(named);
        if understood && !params.iter().any(|p| p.active) {
            diag.error_on(
                &function.sig.ident,
                format!(
                    "`{}` has no active parameter to differentiate with respect to",
                    function.sig.ident
                ),
                "give it a parameter of a differentiable type without `#[no_grad]`",
            );
        }
        let associated = args.associated || params.iter().any(Param::is_self);
        // All implementations of a trait's method have pullbacks of one type.
        let recursive = args.of_trait.is_some() || super::recursion::is_recursive(&function);
        Self { args, function, params, associated, recursive, output, reals, understood }
    }
}

fn reject_modifiers(function: &ItemFn, diag: &mut Diagnostics) {
    let sig = &function.sig;
    let what = "`#[differentiable]` does not accept";
    if let Some(token) = &sig.constness {
        diag.error_on(
            token,
            format!("{what} a `const fn`"),
            "remove `const`: the reverse pass needs run-time storage",
        );
    }
    if let Some(token) = &sig.asyncness {
        diag.error_on(
            token,
            format!("{what} an `async fn`"),
            "differentiate a plain function and call it from the async one",
        );
    }
    if let syn::Safety::Unsafe(token) = &sig.safety {
        diag.error_on(token, format!("{what} an `unsafe fn`"), "differentiate a safe function");
    }
    if let Some(abi) = &sig.abi {
        diag.error_on(
            abi,
            format!("{what} an `extern` function"),
            "wrap the foreign function in a Rust function",
        );
    }
    if let Some(variadic) = &sig.variadic {
        diag.error_on(variadic, format!("{what} a variadic function"), "");
    }
}

/// Removes `#[no_grad]` from a parameter and says whether it was there.
fn take_no_grad(input: &mut FnArg, diag: &mut Diagnostics) -> bool {
    let attrs: &mut Vec<Attribute> = match input {
        FnArg::Receiver(receiver) => &mut receiver.attrs,
        FnArg::Typed(typed) => &mut typed.attrs,
    };
    let mut found = false;
    attrs.retain(|attr| {
        let ours = attr.path().is_ident("no_grad");
        if ours && !matches!(attr.meta, syn::Meta::Path(_)) {
            diag.error_on(attr, "`#[no_grad]` takes no arguments", "");
        }
        found |= ours;
        !ours
    });
    found
}

/// Names the type of a parameter that is an `impl Trait`: companions mention it more than once.
fn name_impl_trait(input: &mut FnArg, index: usize) -> Option<GenericParam> {
    let FnArg::Typed(typed) = input else { return None };
    let ty = match &mut *typed.ty {
        Type::Reference(reference) => &mut *reference.elem,
        ty => ty,
    };
    let Type::ImplTrait(anonymous) = ty else { return None };
    let name = Ident::new(&format!("Argument{index}"), Span::mixed_site());
    let bounds = &anonymous.bounds;
    let param = syn::parse_quote!(#name: #bounds);
    *ty = syn::parse_quote!(#name);
    Some(param)
}

/// Reads a parameter. False beside it if it is not accepted.
fn param(
    input: &FnArg,
    index: usize,
    no_grad: bool,
    reals: &[Ident],
    diag: &mut Diagnostics,
) -> (Param, bool) {
    match input {
        FnArg::Receiver(receiver) => self_param(receiver, no_grad, diag),
        FnArg::Typed(typed) => typed_param(typed, index, no_grad, reals, diag),
    }
}

fn self_param(receiver: &Receiver, no_grad: bool, diag: &mut Diagnostics) -> (Param, bool) {
    let (in_out, accepted) = match &receiver.kind {
        ReceiverKind::Value if receiver.mutability.is_none() => (false, true),
        ReceiverKind::Value => {
            diag.error_on(
                receiver,
                "`mut self` is not accepted in a differentiable method",
                "copy the receiver to a local: `let mut this = self;`",
            );
            (false, false)
        }
        ReceiverKind::Reference(_, _, mutability) => (mutability.is_some(), true),
        _ => {
            diag.error_on(
                receiver,
                "`#[differentiable]` accepts `self`, `&self` and `&mut self` only",
                "",
            );
            (false, false)
        }
    };
    let span = receiver.self_token.span;
    let param = Param {
        ident: Ident::new("self", span),
        pattern: None,
        ty: syn::parse_quote_spanned!(span=> Self),
        // The caller cannot know how a method takes its receiver: companions borrow it.
        by_ref: true,
        in_out,
        mutable: false,
        consumed: matches!(receiver.kind, ReceiverKind::Value),
        active: !no_grad,
        shape: None,
        span,
    };
    (param, accepted)
}

fn typed_param(
    typed: &PatType,
    index: usize,
    no_grad: bool,
    reals: &[Ident],
    diag: &mut Diagnostics,
) -> (Param, bool) {
    let span = typed.pat.span();
    let (ident, pattern, mutable) = match &*typed.pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => {
            (pat.ident.clone(), None, pat.mutability.is_some())
        }
        pat => (Ident::new(&format!("arg{index}"), Span::mixed_site()), Some(pat.clone()), false),
    };
    let (mut ty, by_ref, in_out) = match &*typed.ty {
        Type::Reference(reference) => {
            ((*reference.elem).clone(), true, reference.mutability.is_some())
        }
        other => (other.clone(), false, false),
    };
    let mut active = !no_grad && !Ty::of(&ty, reals).is_inactive() && !is_function_type(&ty);
    let mut accepted = true;
    if let Some(opaque) = opaque(&ty).filter(|_| active) {
        diag.error_on(
            opaque,
            "an active parameter cannot be `impl Trait` or `dyn Trait`",
            "name a type, or mark the parameter `#[no_grad]`",
        );
        (active, accepted) = (false, false);
    }
    if by_ref && matches!(ty, Type::Reference(_)) && active {
        diag.error_on(
            &typed.ty,
            "an active parameter cannot be a reference to a reference",
            "take one reference",
        );
        while let Type::Reference(inner) = ty {
            ty = *inner.elem;
        }
        accepted = false;
    }
    if active && accepted && Held::of(&ty, diag) {
        (active, accepted) = (false, false);
    }
    let param = Param {
        ident,
        pattern,
        ty,
        by_ref,
        in_out,
        mutable,
        consumed: false,
        active,
        shape: None,
        span,
    };
    (param, accepted)
}

/// A type of which only traits are known, without the parentheses around it.
fn opaque(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Paren(inner) => opaque(&inner.elem),
        Type::ImplTrait(_) | Type::TraitObject(_) => Some(ty),
        _ => None,
    }
}

/// Reports references inside the type of an active parameter.
struct Held<'a> {
    diag: &'a mut Diagnostics,
    found: bool,
}

impl<'a> Held<'a> {
    /// Whether there was anything to report.
    fn of(ty: &Type, diag: &'a mut Diagnostics) -> bool {
        let mut held = Self { diag, found: false };
        held.visit_type(ty);
        held.found
    }
}

impl<'ast> Visit<'ast> for Held<'_> {
    fn visit_type(&mut self, ty: &'ast Type) {
        match ty {
            Type::Reference(_) => {
                self.found = true;
                self.diag.error_on(
                    ty,
                    "an active parameter holds its values itself, not references to them",
                    "take the values, as in `&[f64]` or `&[Vec<f64>]`, or mark the parameter `#[no_grad]`",
                );
            }
            Type::FnPtr(_) => {}
            _ => visit::visit_type(self, ty),
        }
    }
}

fn is_unit(ty: &Type) -> bool {
    matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty())
}

fn no_return_value(tokens: impl quote::ToTokens, diag: &mut Diagnostics) {
    diag.error_on(
        tokens,
        "a differentiable function needs a return value",
        "write `-> f64` (or another differentiable type) and return what is to be differentiated; or take what is changed by `&mut`",
    );
}

/// Whether an active parameter is taken by `&mut`.
fn is_in_out(input: &FnArg) -> bool {
    let (attrs, mutable) = match input {
        FnArg::Receiver(receiver) => (
            &receiver.attrs,
            matches!(&receiver.kind, ReceiverKind::Reference(_, _, mutability) if mutability.is_some()),
        ),
        FnArg::Typed(typed) => (
            &typed.attrs,
            matches!(&*typed.ty, Type::Reference(reference) if reference.mutability.is_some()),
        ),
    };
    mutable && !attrs.iter().any(|attr| attr.path().is_ident("no_grad"))
}

/// A function pointer is inactive by its type.
fn is_function_type(ty: &Type) -> bool {
    matches!(ty, Type::FnPtr(_))
}

/// Reports references and opaque types in the type of the value.
fn reject_output(output: &Type, diag: &mut Diagnostics) {
    struct Rejected<'a>(&'a mut Diagnostics);
    impl<'ast> Visit<'ast> for Rejected<'_> {
        fn visit_type(&mut self, ty: &'ast Type) {
            match ty {
                Type::Reference(_) => self.0.error_on(
                    ty,
                    "a differentiable function cannot return a reference",
                    "return an owned value: the cotangent of a reference would alias a parameter's",
                ),
                Type::ImplTrait(_) => self.0.error_on(
                    ty,
                    "a differentiable function cannot return `impl Trait`",
                    "name the type of the value, which decides what its cotangent is",
                ),
                Type::FnPtr(_) | Type::TraitObject(_) => {}
                _ => visit::visit_type(self, ty),
            }
        }
    }
    Rejected(diag).visit_type(output);
}

/// The generic parameters with a bound named `Real`.
pub(crate) fn real_parameters(generics: &Generics) -> Vec<Ident> {
    let is_real = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => {
            bound.path.segments.last().is_some_and(|segment| segment.ident == "Real")
        }
        _ => false,
    };
    let mut reals = Vec::new();
    for param in &generics.params {
        if let GenericParam::Type(param) = param {
            if param.bounds.iter().any(is_real) {
                reals.push(param.ident.clone());
            }
        }
    }
    for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
        if let WherePredicate::Type(predicate) = predicate {
            if let Type::Path(path) = &predicate.bounded_ty {
                if let (Some(ident), true) =
                    (path.path.get_ident(), predicate.bounds.iter().any(is_real))
                {
                    reals.push(ident.clone());
                }
            }
        }
    }
    reals
}
