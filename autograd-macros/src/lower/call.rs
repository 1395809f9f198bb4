//! Calls of functions, methods and macros.

use super::opaque::reject;
use super::start::start;
use super::Lowerer;
use crate::ir::{Aggregate, Callee, Join, Operand, RefStyle, Reject, Role, Ty, Value};
use crate::rules::{self, Rule};
use proc_macro2::{Ident, Span};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Block, Expr, ExprCall, ExprMethodCall, Macro, Path, Stmt, Token};

/// Ends of iterator chains that only look at the elements.
const COUNTING: &[&str] = &["any", "all", "count", "position", "rposition"];

/// Methods that start or continue an iterator chain, which has no lowering yet.
const ITERATORS: &[&str] = &[
    "iter",
    "into_iter",
    "enumerate",
    "chunks",
    "chunks_exact",
    "windows",
    "copied",
    "cloned",
    "collect",
    "unwrap",
    "expect",
];

/// Whether a function of this name is a derivative, which stands beside a differentiable function.
fn is_companion(name: &Ident) -> bool {
    matches!(
        name.to_string().as_str(),
        "value_and_grad_into" | "vjp" | "jvp" | "hvp" | "hessian" | "jacobian" | "jacobian_sparse"
    )
}

/// What a call is of, by the spelling of its path.
fn callee_of(path: &Path, last: &Ident, owner: Option<String>) -> Callee {
    match owner {
        Some(owner) if is_type_name(&Ident::new(&owner, Span::call_site())) => {
            Callee::Associated(path.clone())
        }
        // What differentiates these stands beside those of a function with `order = 2`.
        Some(_) if last == "grad" || last == "value_and_grad" => Callee::Associated(path.clone()),
        Some(owner) if is_companion(last) => {
            let message = format!("`{owner}::{last}` of an active value is not differentiated");
            let help = "`grad` and `value_and_grad` are, of a function with `order = 2`; others are over dual numbers: make both functions generic over their scalar and pass `Dual`s; a function of your own that has this name is called by its name alone".to_owned();
            Callee::Constant(path.clone(), Reject { message, help })
        }
        _ if is_of_std(path) => {
            let message = format!("`{last}` of an active value is not accepted yet");
            let help =
                "write out what it does, as a loop or in a `#[differentiable]` function".to_owned();
            Callee::Constant(path.clone(), Reject { message, help })
        }
        _ => Callee::Function(path.clone()),
    }
}

/// Whether a path names something of the standard library, which has no derivative of its own.
fn is_of_std(path: &Path) -> bool {
    path.segments.len() > 1
        && ["std", "core", "alloc"].iter().any(|root| path.segments[0].ident == root)
}

impl Lowerer<'_> {
    pub(super) fn call(&mut self, call: &ExprCall, expr: &Expr) -> Operand {
        let span = start(expr);
        let args: Vec<Expr> = call.args.iter().cloned().collect();
        if args.len() > 60 {
            return self.unsupported(expr);
        }
        let Expr::Path(func) = &*call.func else {
            let reason = reject(
                "calling this expression with an active value is not accepted yet",
                "call a `#[differentiable]` function by its name",
            );
            return self.opaque(expr, reason, Ty::Unknown, "call");
        };
        let path = &func.path;
        if func.qself.is_some() {
            let reason = reject(
                "a qualified call with an active value is not accepted yet",
                "call the method with a dot: `value.method()`",
            );
            return self.opaque(expr, reason, Ty::Unknown, "call");
        }
        if path.get_ident().is_some_and(|ident| self.lookup(&ident.to_string()).is_some()) {
            let reason = reject(
                "calling a closure or a function value with an active argument is not accepted yet",
                "call a `#[differentiable]` function by its name",
            );
            return self.opaque(expr, reason, Ty::Unknown, "call");
        }
        let last = path.segments.last().expect("a path has a segment").ident.clone();
        self.check_shadowed(path);
        let owner = path.segments.iter().rev().nth(1).map(|segment| segment.ident.to_string());
        match owner.as_deref() {
            Some("f64" | "f32") if path.segments.len() == 2 => {
                if let Some(operand) = self.scalar_function(path, &last, &args, span) {
                    return operand;
                }
            }
            Some("Tensor") => return self.tensor_function(path, &last, &args, expr),
            Some(owner @ ("Box" | "Rc" | "Arc" | "Cell" | "RefCell" | "Mutex"))
                if last == "new" && args.len() == 1 =>
            {
                let reason = reject(
                    format!("a `{owner}` of an active value is not accepted yet"),
                    "use the value itself",
                );
                return self.opaque(expr, reason, Ty::Unknown, "box");
            }
            _ => {}
        }
        // Constants such as `T::from_f64(0.5)` mean the same everywhere.
        if args.iter().all(|arg| matches!(arg, Expr::Lit(_))) && owner.is_some() {
            let real =
                owner.as_deref().is_some_and(|owner| self.reals.iter().any(|real| real == owner));
            let ty = if real { Ty::Float(crate::ir::ty::Float::Literal) } else { Ty::Unknown };
            return self.opaque(expr, None, ty, "constant");
        }
        if args.is_empty() {
            return self.opaque(expr, None, Ty::Unknown, "call");
        }
        if last == "from_f64" && args.len() == 1 {
            let reason = reject(
                "`from_f64` of an active value is not accepted: it makes constants",
                "compute in one type, or stop the gradient with `.detach()`",
            );
            return self.opaque_at(expr, reason, Ty::Unknown, "conversion", last.span());
        }
        if matches!(last.to_string().as_str(), "Ok" | "Err") {
            let reason = reject(
                format!("`{last}` of an active value is not accepted yet"),
                "use the value itself",
            );
            return self.opaque(expr, reason, Ty::Unknown, "call");
        }
        let operands = self.in_order(&args, Self::argument_of_call);
        if is_type_name(&last) {
            let kind = if is_variant(path) {
                let members = (0..operands.len()).map(syn::Member::from).collect();
                Aggregate::Variant { path: path.clone(), members }
            } else {
                Aggregate::TupleStruct { path: path.clone() }
            };
            return self.define(Value::Aggregate(kind, operands), Ty::Unknown, span);
        }
        let callee = callee_of(path, &last, owner);
        self.define(Value::Call { callee, args: operands }, Ty::Unknown, path.span())
    }

    fn tensor_function(
        &mut self,
        path: &Path,
        name: &Ident,
        args: &[Expr],
        expr: &Expr,
    ) -> Operand {
        let ty = Ty::Tensor(Box::new(Ty::Unknown));
        let join = match name.to_string().as_str() {
            "concat" => Some(Join::Concat),
            "stack" => Some(Join::Stack),
            _ => None,
        };
        if let (Some(join), [Expr::Reference(list), axis]) = (join, args) {
            if let Expr::Array(list) = &*list.expr {
                let elems: Vec<&Expr> = list.elems.iter().chain([axis]).collect();
                let mut parts = self.in_order(&elems, |this, elem| this.expr(elem));
                let axis = parts.pop().expect("the axis is the last operand");
                self.pin(&axis);
                let value = Value::Join { path: path.clone(), join, parts, axis };
                return self.define(value, ty, start(expr));
            }
        }
        let help = match join {
            Some(_) => "write the list of tensors out: `&[&a, &b]`",
            None => "use an operation of the tensors themselves",
        };
        let message =
            format!("this call of `Tensor::{name}` over an active value has no derivative");
        if args.iter().any(|arg| matches!(arg, Expr::Closure(_))) {
            return self.opaque(expr, reject(message, help), ty, "tensor");
        }
        let operands = self.in_order(args, Self::expr);
        let callee = Callee::Constant(path.clone(), Reject { message, help: help.to_owned() });
        self.define(Value::Call { callee, args: operands }, ty, start(expr))
    }

    /// Reports a path that was meant to go through a module with the name of this function, such as `loss`.
    fn check_shadowed(&mut self, path: &Path) {
        let name = self.target.name();
        let [first, second] = [0, 1].map(|at| path.segments.get(at).map(|segment| &segment.ident));
        let (Some(first), Some(second)) = (first, second) else { return };
        if path.leading_colon.is_some() || self.target.associated || first != name {
            return;
        }
        let own = second == "grad" || second == "value_and_grad" || is_companion(second);
        if !own && path.segments.len() == 2 {
            let message =
                format!("`{name}` is the companion of this function here, and has no `{second}`");
            let help = format!(
                "give the function another name, or write the whole path of the module `{name}`"
            );
            self.diag.error(first.span(), &message, &help);
        }
    }

    pub(super) fn method_call(&mut self, call: &ExprMethodCall, expr: &Expr) -> Operand {
        let span = call.method.span();
        let name = call.method.to_string();
        if name == "detach" && call.args.is_empty() {
            let operand = self.receiver(&call.receiver);
            // The result may borrow a temporary, which must live as long.
            let is_borrow = matches!(&operand, Operand::Var(var) if self.is_reference(*var));
            if !self.operand_ty(&operand).is_float() && !is_borrow {
                self.pin(&operand);
            }
            let ty = self.operand_ty(&operand);
            return self.define(Value::Detach(operand), ty, span);
        }
        if name == "sin_cos" && call.args.is_empty() {
            return self.sin_cos(&call.receiver, span);
        }
        if name.starts_with("sort") && self.is_of_integers(&call.receiver) {
            self.sorting(expr);
            return Operand::literal(quote::quote!(()), Ty::Inactive);
        }
        if rules::is_mutating(&name) {
            let reason = reject(
                format!("`{name}` changes an active value in place, which is not accepted yet"),
                "assign single elements, or build a new value",
            );
            return self.opaque_at(expr, reason, Ty::Unknown, "mutation", span);
        }
        let arity = call.args.len() + 1;
        let known = rules::method(&name, arity);
        let takes_closure = call.args.iter().any(|arg| {
            // No method of the user's own takes a function, but `map` does by its name.
            matches!(arg, Expr::Closure(_)) || name == "map" && matches!(arg, Expr::Path(_))
        });
        let on_iterator = self.has_iterator(&call.receiver);
        if (known.is_none() || on_iterator)
            && (takes_closure || on_iterator || ITERATORS.contains(&name.as_str()))
        {
            // A number or a `bool` has no derivative, whatever it was counted from.
            if on_iterator && COUNTING.contains(&name.as_str()) {
                return self.opaque(expr, None, Ty::Inactive, "count");
            }
            let at = super::chain::first_unknown(call);
            let what = if takes_closure && !on_iterator {
                format!("a function passed to `{name}`")
            } else {
                format!("the iterator method `{at}`")
            };
            let span = at.span();
            let help = if name == "map" && !on_iterator {
                "if this is an array or an `Option`, give it a name with its type before: `let a: [f64; 3] = …;`"
            } else {
                "write a `for` loop over a range or a slice"
            };
            let reason = reject(format!("{what} over an active value is not accepted yet"), help);
            return self.opaque_at(expr, reason, Ty::Unknown, "iterator", span);
        }
        if name == "into" && arity == 1 {
            let reason = reject(
                "`into` of an active value is not accepted: what it makes is not visible here",
                "name the type: `f64::from(x)`, or `x as f64`",
            );
            return self.opaque_at(expr, reason, Ty::Unknown, "conversion", span);
        }
        if let (None, Some(reason)) = (&known, self.unknown_method_of_std(call, expr)) {
            return self.opaque_at(expr, Some(reason), Ty::Unknown, "method", span);
        }
        let receiver = self.receiver(&call.receiver);
        let args: Vec<Expr> = call.args.iter().cloned().collect();
        let before = self.barriers;
        let mut operands = vec![receiver];
        operands.extend(self.in_order(&args, Self::argument_of_call));
        if self.barriers != before {
            let receiver = operands[0].clone();
            self.pin(&receiver);
        }
        if let Some(result) = self.operator(&name, &operands, span) {
            return result;
        }
        let own = if self.operand_ty(&operands[0]).is_float() {
            rules::is_of_tensors(&name)
        } else {
            rules::is_of_scalars(&name)
        };
        if known.is_some() && !own {
            return self.known_method(call.method.clone(), call.turbofish.clone(), operands, span);
        }
        let callee = Callee::Method(call.method.clone(), call.turbofish.clone());
        self.define(Value::Call { callee, args: operands }, Ty::Unknown, span)
    }

    /// Whether a list has no derivative, which its type says.
    fn is_of_integers(&self, list: &Expr) -> bool {
        let Expr::Path(path) = strip(list) else { return false };
        self.variable_of(path).is_some_and(|var| self.var(var).ty.is_inactive())
    }

    /// Whether an expression is an iterator, or what is left of one.
    fn has_iterator(&mut self, expr: &Expr) -> bool {
        match strip(expr) {
            Expr::MethodCall(call) if super::chain::is_end(call) || self.is_option_method(call) => {
                false
            }
            Expr::MethodCall(call) => {
                let name = call.method.to_string();
                ITERATORS.contains(&name.as_str()) || self.has_iterator(&call.receiver)
            }
            _ => false,
        }
    }

    pub(super) fn known_method(
        &mut self,
        name: Ident,
        turbofish: Option<syn::AngleBracketedGenericArguments>,
        args: Vec<Operand>,
        span: Span,
    ) -> Operand {
        let ty = self.method_ty(&name.to_string(), &args);
        self.define(Value::Method { name, turbofish, args }, ty, span)
    }

    fn method_ty(&self, name: &str, args: &[Operand]) -> Ty {
        let receiver = self.operand_ty(&args[0]);
        match name {
            "len" | "is_empty" | "shape" | "is_nan" | "is_finite" | "is_infinite" | "pow"
            | "argmax_axis" => return Ty::Inactive,
            bits if rules::is_of_bits(bits) => return Ty::Inactive,
            "matmul" if matches!(receiver, Ty::Tensor(_)) => return receiver,
            "to_vec" => return Ty::Vec(Box::new(receiver.element())),
            _ => {}
        }
        match (receiver, rules::method(name, args.len())) {
            (Ty::Float(float), Some(Rule::Elementwise(_) | Rule::Inactive)) => Ty::Float(float),
            (Ty::Tensor(element), Some(Rule::Elementwise(_))) => Ty::Tensor(element),
            (Ty::Tensor(element), Some(Rule::Structural(_))) => match name {
                "sum" | "mean" | "max" | "min" | "var" | "norm" | "dot" | "item" => *element,
                _ => Ty::Tensor(element),
            },
            (owned @ (Ty::Vec(_) | Ty::Array(..)), _) if name == "clone" => owned,
            _ => Ty::Unknown,
        }
    }

    /// A receiver is borrowed where it stands.
    fn receiver(&mut self, expr: &Expr) -> Operand {
        let is_place =
            matches!(strip(expr), Expr::Path(_) | Expr::Field(_) | Expr::Index(_) | Expr::Unary(_));
        if is_place {
            if let Expr::Path(path) = strip(expr) {
                if let Some(var) = self.variable_of(path) {
                    let is_value = matches!(
                        self.var(var).role,
                        Role::Let | Role::LoopIndex | Role::Param { by_ref: false, .. }
                    );
                    if is_value {
                        return Operand::Var(var);
                    }
                }
            }
            if let Some(place) = self.place(strip(expr)) {
                if self.place_ty(&place).is_float() {
                    return self.expr(expr);
                }
                return self.reference(place, RefStyle::AutoRef, start(expr));
            }
        }
        self.expr(expr)
    }

    pub(super) fn macro_call(&mut self, mac: &Macro, expr: &Expr) -> Option<Operand> {
        let name =
            mac.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let own = mac.path.segments.len() > 1
            && !matches!(
                mac.path.segments[0].ident.to_string().as_str(),
                "autograd_runtime" | "autograd" | "std" | "core" | "crate"
            );
        match name.as_str() {
            _ if own => {
                let reason = reject(
                    format!("the macro `{name}!` over an active value is not accepted"),
                    "write out what it expands to, or wrap it in `no_grad! { … }`",
                );
                Some(self.opaque(expr, reason, Ty::Unknown, "macro"))
            }
            "no_grad" | "enable_grad" => {
                let body = self.parse_macro(mac, Block::parse_within)?;
                self.with_recording(name == "enable_grad", &body)
            }
            "set_grad_enabled" => {
                let (mode, body) = self.parse_macro(mac, parse_gate)?;
                self.gated(&mode, &body)
            }
            "inspect_grad" => self.inspect_grad(mac),
            "checkpoint" => self.checkpoint(mac),
            "vec" => Some(self.vec_macro(mac, expr)),
            "assert" if self.changing_assertion(mac) => None,
            "debug_assert" if self.changes_in_debug(mac) => {
                let tokens = &mac.tokens;
                let asserted = syn::parse_quote_spanned! {mac.path.span()=>
                    if ::core::cfg!(debug_assertions) { ::core::assert!(#tokens) }
                };
                self.maybe_unit(&asserted)
            }
            "println" | "print" | "eprintln" | "eprint" | "assert" | "assert_eq" | "assert_ne"
            | "debug_assert" | "debug_assert_eq" | "debug_assert_ne" => {
                self.effect(expr, true, "effect");
                None
            }
            "format" | "concat" | "line" | "stringify" | "matches" => {
                Some(self.opaque(expr, None, Ty::Inactive, "macro"))
            }
            "todo" | "unimplemented" | "panic" | "unreachable" => {
                self.effect(expr, true, "panic");
                None
            }
            _ => {
                let reason = reject(
                    format!("the macro `{name}!` over an active value is not accepted"),
                    "write out what it expands to, or wrap it in `no_grad! { … }`",
                );
                Some(self.opaque(expr, reason, Ty::Unknown, "macro"))
            }
        }
    }

    fn parse_macro<T>(
        &mut self,
        mac: &Macro,
        parser: fn(ParseStream<'_>) -> syn::Result<T>,
    ) -> Option<T> {
        match parser.parse2(mac.tokens.clone()) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                self.diag.push(error);
                None
            }
        }
    }

    fn vec_macro(&mut self, mac: &Macro, expr: &Expr) -> Operand {
        let tokens = &mac.tokens;
        match syn::parse2::<Expr>(quote::quote!([#tokens])) {
            Ok(Expr::Array(array)) => {
                let elems: Vec<Expr> = array.elems.iter().cloned().collect();
                self.array(Aggregate::Vec, &elems, start(expr))
            }
            Ok(Expr::Repeat(repeat)) => {
                let elems = [(*repeat.expr).clone(), (*repeat.len).clone()];
                self.array(Aggregate::VecRepeat, &elems, start(expr))
            }
            _ => self.unsupported(expr),
        }
    }
}

/// What is inside a macro, if it is statements or expressions, for those who look for something.
pub(super) fn inside_of_macro(mac: &Macro) -> Vec<Stmt> {
    if mac.path.segments.last().is_some_and(|segment| segment.ident == "set_grad_enabled") {
        let gate = parse_gate.parse2(mac.tokens.clone());
        return gate.map_or_else(
            |_| Vec::new(),
            |(mode, mut stmts)| {
                stmts.insert(0, Stmt::Expr(mode, Some(<Token![;]>::default())));
                stmts
            },
        );
    }
    let exprs = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(mac.tokens.clone());
    match exprs {
        Ok(exprs) => exprs.into_iter().map(|expr| Stmt::Expr(expr, None)).collect(),
        Err(_) => Block::parse_within.parse2(mac.tokens.clone()).unwrap_or_default(),
    }
}

fn parse_gate(input: ParseStream<'_>) -> syn::Result<(Expr, Vec<Stmt>)> {
    let mode = input.parse()?;
    input.parse::<Token![,]>()?;
    let block: Block = input.parse()?;
    input.parse::<Option<Token![,]>>()?;
    Ok((mode, block.stmts))
}

fn strip(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(inner) => strip(&inner.expr),
        Expr::Group(inner) => strip(&inner.expr),
        other => other,
    }
}

fn is_type_name(ident: &Ident) -> bool {
    ident.to_string().trim_start_matches("r#").chars().next().is_some_and(char::is_uppercase)
}

/// Whether a path names a variant of an enum, as far as its spelling tells.
pub(super) fn is_variant(path: &Path) -> bool {
    let mut segments = path.segments.iter().rev().map(|segment| &segment.ident);
    let last = segments.next();
    last.is_some_and(|last| last == "Some") || segments.next().is_some_and(is_type_name)
}
