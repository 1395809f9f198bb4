//! Methods of `Option`, written out as matches.

use super::opaque::reject;
use super::Lowerer;
use crate::ir::{Operand, RefStyle, Reject, Ty};
use proc_macro2::Span;
use quote::ToTokens;
use syn::{parse_quote, parse_quote_spanned, Block, Expr, ExprMatch, ExprMethodCall, Stmt, Type};

impl Lowerer<'_> {
    /// A method of an `Option` that could hold an active value, or that is given one; `None` if it is not known to be
    /// one.
    #[allow(clippy::option_option, reason = "whether it is one, and its value")]
    pub(super) fn option_method(
        &mut self,
        call: &ExprMethodCall,
        expr: &Expr,
    ) -> Option<Option<Operand>> {
        if let Some(place) = self.unwrapped_element(expr) {
            return Some(Some(self.reference(place, RefStyle::Explicit, call.method.span())));
        }
        let matched = self.of_option_alone(call).or_else(|| self.of_known_option(call))?;
        Some(self.maybe_unit(&matched))
    }

    /// Whether [`option_method`](Self::option_method) knows a method.
    pub(super) fn is_option_method(&mut self, call: &ExprMethodCall) -> bool {
        let (name, arity) = (call.method.to_string(), call.args.len());
        (is_of_option_alone(&name, arity) && self.may_be_active_option(call))
            || (is_of_option_too(&name, arity) && self.is_option(&call.receiver))
    }

    /// Methods that no iterator and no list has.
    fn of_option_alone(&mut self, call: &ExprMethodCall) -> Option<Expr> {
        let args: Vec<&Expr> = call.args.iter().collect();
        let span = call.method.span();
        let name = call.method.to_string();
        if !is_of_option_alone(&name, args.len()) || !self.may_be_active_option(call) {
            return None;
        }
        let receiver = &*call.receiver;
        let value: Expr = parse_quote_spanned!(span=> autograd_some);
        Some(match (name.as_str(), args.as_slice()) {
            ("unwrap", _) => {
                let none = parse_quote!(panic!("called `Option::unwrap()` on a `None` value"));
                self.matched(span, receiver, &value, &none)
            }
            ("expect", [message]) => {
                self.matched(span, receiver, &value, &parse_quote!(panic!("{}", #message)))
            }
            ("unwrap_or_default", _) => {
                let none = parse_quote_spanned!(span=> ::core::default::Default::default());
                self.matched(span, receiver, &value, &none)
            }
            ("unwrap_or", [default]) => self.with_default(span, receiver, default, &value),
            ("map_or", [default, f]) => {
                let value = applied(f, &value);
                self.with_default(span, receiver, default, &value)
            }
            ("unwrap_or_else", [none]) => {
                self.matched(span, receiver, &value, &parse_quote!((#none)()))
            }
            ("map_or_else", [none, f]) => {
                self.matched(span, receiver, &applied(f, &value), &parse_quote!((#none)()))
            }
            ("and_then", [f]) => {
                self.matched(span, receiver, &applied(f, &value), &none_value(span))
            }
            (_, [none]) => {
                self.matched(span, receiver, &some_value(&value, span), &parse_quote!((#none)()))
            }
            _ => return None,
        })
    }

    /// Methods that others have too.
    fn of_known_option(&mut self, call: &ExprMethodCall) -> Option<Expr> {
        let args: Vec<&Expr> = call.args.iter().collect();
        let span = call.method.span();
        let name = call.method.to_string();
        if !is_of_option_too(&name, args.len())
            || !self.is_option(&call.receiver)
            || !self.taint.reaches(call)
        {
            return None;
        }
        let receiver = &*call.receiver;
        let value: Expr = parse_quote_spanned!(span=> autograd_some);
        let (some, none) = (some_value(&value, span), none_value(span));
        Some(match (name.as_str(), args.as_slice()) {
            ("map", [f]) => {
                self.matched(span, receiver, &some_value(&applied(f, &value), span), &none)
            }
            ("filter", [f]) => {
                let kept = applied(f, &parse_quote_spanned!(span=> &#value));
                let kept = parse_quote_spanned!(span=> {
                    let autograd_holds = #kept;
                    if autograd_holds { #some } else { #none }
                });
                self.matched(span, receiver, &kept, &none)
            }
            ("or", [other]) => self.with_default(span, receiver, other, &some),
            ("zip", [other]) => {
                let receiver = self.owned_option(receiver);
                let other = self.owned_option(other);
                parse_quote_spanned! {span=>
                    match (#receiver, #other) {
                        (
                            ::core::option::Option::Some(autograd_some),
                            ::core::option::Option::Some(autograd_other),
                        ) => ::core::option::Option::Some((autograd_some, autograd_other)),
                        _ => #none,
                    }
                }
            }
            ("copied", _) => {
                let copy = some_value(&parse_quote_spanned!(span=> *#value), span);
                self.matched(span, receiver, &copy, &none)
            }
            ("cloned", _) => {
                let copy = parse_quote_spanned!(span=> ::core::clone::Clone::clone(#value));
                self.matched(span, receiver, &some_value(&copy, span), &none)
            }
            _ => return None,
        })
    }

    /// [`matching`], of an `Option` by value.
    fn matched(&self, span: Span, receiver: &Expr, some: &Expr, none: &Expr) -> Expr {
        matching(span, &self.owned_option(receiver), some, none)
    }

    /// The same where what there is for `None` is always evaluated.
    fn with_default(&mut self, span: Span, receiver: &Expr, default: &Expr, some: &Expr) -> Expr {
        if is_constant(default) {
            return self.matched(span, receiver, some, default);
        }
        let none = parse_quote_spanned!(span=> autograd_default);
        // An element of a list is taken apart where it is made; it makes no difference when it is looked at.
        if self.element_of_list(receiver).is_some() {
            let matched = self.matched(span, receiver, some, &none);
            return parse_quote_spanned!(span=> { let autograd_default = #default; #matched });
        }
        let receiver = self.owned_option(receiver);
        let option = parse_quote_spanned!(span=> autograd_option);
        let matched = matching(span, &option, some, &none);
        parse_quote_spanned! {span=> {
            let (autograd_option, autograd_default) = (#receiver, #default);
            #matched
        }}
    }

    /// An `Option` behind a reference is copied by a method that takes it by value.
    fn owned_option(&self, receiver: &Expr) -> Expr {
        let Expr::Path(path) = receiver else { return receiver.clone() };
        if self.variable_of(path).is_some_and(|var| self.var(var).is_reference()) {
            parse_quote!(*#receiver)
        } else {
            receiver.clone()
        }
    }

    /// Whether the receiver could be an `Option` that holds an active value, if it is an `Option`.
    fn may_be_active_option(&mut self, call: &ExprMethodCall) -> bool {
        let optional = match &*call.receiver {
            Expr::Path(_) | Expr::Field(_) | Expr::Call(_) => true,
            Expr::MethodCall(inner) => {
                super::chain::is_end(inner)
                    || self.is_option(&call.receiver)
                    || crate::rules::method(&inner.method.to_string(), inner.args.len() + 1)
                        .is_none()
            }
            _ => false,
        };
        optional && self.taint.reaches(call)
    }

    /// Whether the receiver of `as_ref` is an `Option`, as far as is known: nothing else that has it could hold an
    /// active value in its own type.
    pub(super) fn is_optional(&mut self, receiver: &Expr) -> bool {
        let is_place = matches!(receiver, Expr::Path(_) | Expr::Field(_) | Expr::Index(_));
        let place = is_place.then(|| self.place(receiver)).flatten();
        self.is_option(receiver) || place.is_some_and(|place| self.place_ty(&place) == Ty::Unknown)
    }

    /// Why a method of `Option` or of lists that is not known here is not accepted: nobody has differentiated it.
    pub(super) fn unknown_method_of_std(
        &mut self,
        call: &ExprMethodCall,
        expr: &Expr,
    ) -> Option<Reject> {
        let name = call.method.to_string();
        if self.element_of_list(expr).is_some() {
            return reject(
                format!("`{name}` of an active list is an `Option` of a reference, which is accepted only where it is taken apart"),
                "write `if let Some(value) = …`, a `match`, or add `.copied()`",
            );
        }
        if self.is_option(&call.receiver) {
            return reject(
                format!("`{name}` of an `Option` of an active value is not accepted yet"),
                "take it apart with `match` or `if let`",
            );
        }
        let place = self.place(&call.receiver)?;
        match self.place_ty(&place) {
            ty if ty.is_list() && OF_LISTS.contains(&name.as_str()) => reject(
                format!("`{name}` of an active list is not accepted yet"),
                "write a loop over the elements or over indices",
            ),
            Ty::Tensor(_) if OF_TENSORS.contains(&name.as_str()) => reject(
                format!("`{name}` of an active tensor has no derivative"),
                "read elements by their indices, `t[[i, j]]`, use an operation of tensors, or write `.detach()` before it",
            ),
            _ => None,
        }
    }

    /// Whether an expression is known to be an `Option`.
    pub(super) fn is_option(&mut self, expr: &Expr) -> bool {
        match expr {
            Expr::Paren(inner) => self.is_option(&inner.expr),
            Expr::Path(path) => match self.variable_of(path) {
                Some(var) => self.optional.contains(&var),
                None => path.path.segments.last().is_some_and(|last| last.ident == "None"),
            },
            Expr::Call(call) => match &*call.func {
                Expr::Path(path) => {
                    path.path.segments.last().is_some_and(|last| last.ident == "Some")
                }
                _ => false,
            },
            Expr::MethodCall(call) => {
                let name = call.method.to_string();
                match (name.as_str(), call.args.len()) {
                    ("copied" | "cloned", 0)
                    | ("map" | "and_then" | "filter" | "or" | "or_else" | "zip", 1) => {
                        self.is_option(&call.receiver)
                    }
                    ("as_ref" | "as_deref", 0) => self.is_optional(&call.receiver),
                    ("reduce", 1) => super::chain::is_end(call),
                    _ => self.element_of_list(expr).is_some(),
                }
            }
            Expr::If(branch) => self.ends_in_option(&branch.then_branch),
            Expr::Block(block) => self.ends_in_option(&block.block),
            Expr::Match(matched) => {
                matched.arms.first().is_some_and(|arm| self.is_option(&arm.body))
            }
            _ => false,
        }
    }

    fn ends_in_option(&mut self, block: &Block) -> bool {
        match block.stmts.last() {
            Some(Stmt::Expr(value, None)) => self.is_option(value),
            _ => false,
        }
    }
}

fn is_of_option_alone(name: &str, arity: usize) -> bool {
    matches!(
        (name, arity),
        ("unwrap" | "unwrap_or_default", 0)
            | ("expect" | "unwrap_or" | "unwrap_or_else" | "and_then" | "or_else", 1)
            | ("map_or" | "map_or_else", 2)
    )
}

fn is_of_option_too(name: &str, arity: usize) -> bool {
    matches!((name, arity), ("copied" | "cloned", 0) | ("map" | "filter" | "or" | "zip", 1))
}

/// Methods of lists that are not known here.
const OF_LISTS: &[&str] = &[
    "array_windows",
    "as_array",
    "as_chunks",
    "chunk_by",
    "concat",
    "first_mut",
    "get",
    "get_mut",
    "into_boxed_slice",
    "join",
    "last_mut",
    "rchunks",
    "repeat",
    "rsplit",
    "select_nth_unstable_by",
    "split",
    "split_at_checked",
    "split_first_mut",
    "split_last_mut",
    "splitn",
];

/// Methods of tensors that give their elements away.
const OF_TENSORS: &[&str] = &["as_mut_slice", "as_slice", "into_vec", "iter", "iter_mut", "to_vec"];

/// Whether a type is `Option`, or a reference to one.
pub(super) fn is_option_type(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => is_option_type(&reference.elem),
        Type::Paren(inner) => is_option_type(&inner.elem),
        Type::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "Option"),
        _ => false,
    }
}

/// `match receiver { Some(autograd_some) => some, None => none }`.
fn matching(span: Span, receiver: &Expr, some: &Expr, none: &Expr) -> Expr {
    let matched: ExprMatch = parse_quote_spanned! {span=>
        match #receiver {
            ::core::option::Option::Some(autograd_some) => #some,
            ::core::option::Option::None => #none,
        }
    };
    Expr::Match(matched)
}

fn some_value(value: &Expr, span: Span) -> Expr {
    parse_quote_spanned!(span=> ::core::option::Option::Some(#value))
}

fn none_value(span: Span) -> Expr {
    parse_quote_spanned!(span=> ::core::option::Option::None)
}

/// A function that is an argument, applied to a value.
fn applied(f: &Expr, value: &Expr) -> Expr {
    match f {
        Expr::Path(path) => {
            let path = path.to_token_stream();
            parse_quote!(#path(#value))
        }
        f => parse_quote!((#f)(#value)),
    }
}

/// Whether it makes no difference when, and whether, an expression is evaluated.
fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Path(_) | Expr::Lit(_) => true,
        Expr::Paren(inner) => is_constant(&inner.expr),
        Expr::Unary(inner) => is_constant(&inner.expr),
        Expr::Field(inner) => is_constant(&inner.base),
        _ => false,
    }
}
