//! Values of the forward pass.

use super::names::located;
use super::operand::Use;
use super::Emitter;
use crate::ir::{Aggregate, BinaryOp, Callee, Operand, RefStyle, Tokens, Ty, UnaryOp, Value};
use crate::rules::{self, Rule};
use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned, ToTokens};

impl Emitter<'_> {
    /// The tokens of a value.
    pub(super) fn value(&self, value: &Value, span: Span) -> Tokens {
        if let Some(pooled) = self.pooled(value, span) {
            return pooled.into();
        }
        match value {
            Value::Use(operand) | Value::Inspect { operand, .. } => {
                self.operand(operand, Use::Move)
            }
            Value::Binary(op, lhs, rhs) => self.binary_value(*op, lhs, rhs, span),
            other => self.compound(other, span).into(),
        }
    }

    fn binary_value(&self, op: BinaryOp, lhs: &Operand, rhs: &Operand, span: Span) -> Tokens {
        let (left, right) = (lhs, rhs);
        let arithmetic = !matches!(op, BinaryOp::Bit(_));
        let borrows = [lhs, rhs]
            .into_iter()
            .any(|operand| self.stays_without_operators(operand) || self.may_be_behind(operand));
        let first = self.has_scalar_first(op, lhs, rhs);
        if arithmetic && borrows && !first {
            let (lhs, rhs) = (self.borrowed(lhs), self.borrowed(rhs));
            let made =
                |operand: &Operand| operand.var().is_some_and(|var| self.tangents.contains(&var));
            let krate = if made(left) || made(right) {
                self.krate_at(span).to_token_stream()
            } else {
                self.signatures.krate_written_at(span)
            };
            let function = operator_function(op, span);
            return quote_spanned!(span=> #krate::private::#function(#lhs, #rhs)).into();
        }
        let lhs = self.operand(lhs, Use::Arithmetic);
        if first {
            let (krate, rhs) = (self.signatures.krate_written_at(span), self.borrowed(rhs));
            let function = operator_function(op, span);
            return quote_spanned!(span=> #krate::private::second::#function(#lhs, #rhs)).into();
        }
        let rhs = self.operand(rhs, Use::Arithmetic);
        let tokens = binary(op, lhs, rhs, span);
        if arithmetic {
            tokens
        } else {
            self.guarded(&[left, right], tokens.into_stream(), span).into()
        }
    }

    /// Whether an operator has a scalar on its left and what may be a tensor on its right. Over `f64` there is
    /// such an operator; of a generic scalar, as in a twin, it is a function of the runtime.
    pub(super) fn has_scalar_first(&self, op: BinaryOp, lhs: &Operand, rhs: &Operand) -> bool {
        let is_float = |operand: &Operand| match operand {
            Operand::Var(var) => self.function.var(*var).ty.is_float(),
            Operand::Literal(literal) => literal.ty.is_float(),
        };
        let known = !matches!(op, BinaryOp::Rem | BinaryOp::Bit(_));
        self.target.args.is_twin && known && is_float(lhs) && !is_float(rhs)
    }

    /// The tokens of a value that is more than a few.
    fn compound(&self, value: &Value, span: Span) -> TokenStream {
        match value {
            Value::Use(_) | Value::Inspect { .. } | Value::Binary(..) => {
                unreachable!("such a value is written where it is asked for")
            }
            Value::Load(place) => self.place(place),
            Value::Ref { place, style } => {
                let tokens = self.place(place);
                match style {
                    RefStyle::Explicit => quote_spanned!(span=> &#tokens),
                    RefStyle::ExplicitMut => quote_spanned!(span=> &mut #tokens),
                    RefStyle::Plain | RefStyle::AutoRef => tokens,
                    RefStyle::Tangent | RefStyle::TangentMut => {
                        self.tangent_argument(place, *style, span)
                    }
                }
            }
            Value::Unary(op, operand) => {
                let inner = operand;
                let borrows = self.stays_without_operators(operand) || self.may_be_behind(operand);
                if borrows && *op == UnaryOp::Neg {
                    let (krate, operand) = (&self.krate, self.borrowed(operand));
                    return quote_spanned!(span=> #krate::private::neg(#operand));
                }
                let operand = self.operand(operand, Use::Arithmetic);
                match op {
                    UnaryOp::Neg => quote_spanned!(span=> -#operand),
                    UnaryOp::Not => {
                        let tokens = quote_spanned!(span=> !#operand);
                        self.guarded(&[inner], tokens, span)
                    }
                }
            }
            Value::Cast(operand, ty) => {
                let tokens = self.operand(operand, Use::Receiver).into_stream();
                let to_integer = Ty::of(ty, &[]).is_inactive();
                let tokens =
                    if to_integer { self.guarded(&[operand], tokens, span) } else { tokens };
                quote_spanned!(span=> #tokens as #ty)
            }
            Value::Method { name, turbofish, args } => {
                self.method(name, turbofish.as_ref(), args, span)
            }
            Value::Join { path, parts, axis, .. } => {
                let parts = parts.iter().map(|part| self.operand(part, Use::Move));
                let axis = self.operand(axis, Use::Move);
                quote_spanned!(span=> #path(&[#(#parts),*], #axis))
            }
            Value::Call { callee, args } => self.plain_call(callee, args, span),
            Value::Aggregate(kind, operands) => self.aggregate(kind, operands, span),
            Value::Detach(operand) => {
                let receiver = self.operand(operand, Use::Receiver);
                let krate = &self.krate_at(span);
                let is_reference =
                    operand.var().is_some_and(|var| self.is_written_as_reference(var));
                let borrow = (!is_reference).then(|| quote!(&));
                quote_spanned!(span=> #krate::Detach::detach(#borrow #receiver))
            }
            Value::Opaque(opaque) => opaque.tokens.clone(),
        }
    }

    pub(super) fn method(
        &self,
        name: &Ident,
        turbofish: Option<&syn::AngleBracketedGenericArguments>,
        args: &[Operand],
        span: Span,
    ) -> TokenStream {
        let mut receiver = self.operand(&args[0], Use::Receiver);
        // The type of a bare literal is not known to a method call: `2.0.sin()` is left to rustc.
        if let Operand::Literal(literal) = &args[0] {
            let tokens = &literal.tokens;
            receiver = quote!((#tokens)).into();
        }
        let known = |ty: &Ty| !matches!(ty, Ty::Unknown | Ty::Inactive | Ty::Tuple(_));
        let varied = args[0].var().filter(|var| self.activity.is_varied(*var));
        let doubtful = varied.is_some_and(|var| !known(&self.function.var(var).ty));
        let plain = name.to_string();
        let rule = rules::method(&plain, args.len());
        let guarded = varied.is_some() && matches!(rule, Some(Rule::Inactive));
        let krate = &self.krate_at(span);
        // What the type checker is asked of the receiver.
        let question = match doubtful {
            true if guarded && rules::is_piecewise_constant(&plain) => Some("piecewise_constant"),
            true if !guarded && rules::is_common(&plain) && !self.again => Some("receiver"),
            _ => None,
        };
        if let (Some(question), Some(var)) = (question, varied) {
            let function = Ident::new(question, span);
            let borrow = (!self.is_written_as_reference(var)).then(|| quote_spanned!(span=> &));
            let inner = located(receiver.into_stream(), span);
            receiver = quote_spanned!(span=> #krate::private::#function(#borrow #inner)).into();
        }
        let args = args[1..].iter().map(|arg| self.operand(arg, Use::Move));
        let call = quote_spanned!(span=> #receiver.#name #turbofish (#(#args),*));
        let inherent = varied.is_some_and(|var| is_inherent(&self.function.var(var).ty, &plain));
        if guarded && !inherent && !rules::is_piecewise_constant(&plain) {
            let call = located(call, span);
            return quote_spanned!(span=> #krate::private::without_derivative(#call));
        }
        call
    }

    fn plain_call(&self, callee: &Callee, args: &[Operand], span: Span) -> TokenStream {
        match callee {
            Callee::Function(path) | Callee::Associated(path) | Callee::Constant(path, _) => {
                let args = args.iter().map(|arg| self.operand(arg, Use::Move));
                quote_spanned!(span=> #path(#(#args),*))
            }
            Callee::Method(name, turbofish) => self.method(name, turbofish.as_ref(), args, span),
            Callee::Tangent(path) => {
                let name = Ident::new("__tangent", span);
                self.companion_call(path, &name, args, span)
            }
        }
    }

    /// Calls a function of the companion of another function.
    fn companion_call(
        &self,
        path: &syn::Path,
        name: &Ident,
        args: &[Operand],
        span: Span,
    ) -> TokenStream {
        let args = args.iter().map(|arg| self.operand(arg, Use::Move));
        let (path, generics) = companion_path(path);
        let generics = (!generics.is_empty()).then(|| quote!(#generics));
        quote_spanned!(span=> <#path>::#name #generics (#(#args),*))
    }

    pub(super) fn augmented_call(
        &self,
        callee: &Callee,
        args: &[Operand],
        span: Span,
    ) -> TokenStream {
        match callee {
            Callee::Function(path) => {
                let name = Ident::new("__augmented", span);
                self.companion_call(path, &name, args, span)
            }
            Callee::Associated(path) => {
                let mut path = path.clone();
                let last = path.segments.last_mut().expect("a path has a segment");
                last.ident = augmented_name(&last.ident);
                let args = args.iter().map(|arg| self.operand(arg, Use::Move));
                quote_spanned!(span=> #path(#(#args),*))
            }
            Callee::Constant(..) | Callee::Tangent(_) => {
                unreachable!("such a call is never active")
            }
            Callee::Method(name, turbofish) => {
                let name = augmented_name(name);
                let receiver = self.operand(&args[0], Use::Receiver);
                let args = args[1..].iter().map(|arg| self.operand(arg, Use::Move));
                quote_spanned!(span=> #receiver.#name #turbofish (#(#args),*))
            }
        }
    }

    fn aggregate(&self, kind: &Aggregate, operands: &[Operand], span: Span) -> TokenStream {
        let parts: Vec<Tokens> =
            operands.iter().map(|operand| self.operand(operand, Use::Move)).collect();
        match kind {
            Aggregate::Tuple => quote_spanned!(span=> (#(#parts,)*)),
            Aggregate::Array => quote_spanned!(span=> [#(#parts),*]),
            Aggregate::Vec => quote_spanned!(span=> ::std::vec![#(#parts),*]),
            Aggregate::ArrayRepeat => quote_spanned!(span=> [#(#parts);*]),
            Aggregate::VecRepeat => quote_spanned!(span=> ::std::vec![#(#parts);*]),
            Aggregate::TupleStruct { path } => quote_spanned!(span=> #path(#(#parts),*)),
            Aggregate::Variant { path, members } => {
                if let Some(syn::Member::Named(_)) = members.first() {
                    quote_spanned!(span=> #path { #(#members: #parts,)* })
                } else {
                    quote_spanned!(span=> #path(#(#parts),*))
                }
            }
            Aggregate::Struct { path, members, base } => {
                let (parts, rest) = parts.split_at(members.len());
                let rest = base.then(|| quote!(..#(#rest)*));
                quote_spanned!(span=> #path { #(#members: #parts,)* #rest })
            }
        }
    }
}

/// The path of a function's companion. Generic arguments are those of the function, not of its companion.
pub(super) fn companion_path(function: &syn::Path) -> (syn::Path, syn::PathArguments) {
    let mut path = function.clone();
    let last = path.segments.last_mut().expect("a path has a segment");
    let generics = std::mem::take(&mut last.arguments);
    (path, generics)
}

/// Whether a method without derivative is certainly the type's own and not of a trait.
fn is_inherent(ty: &Ty, name: &str) -> bool {
    match ty {
        Ty::Array(..) | Ty::Slice(_) | Ty::Vec(_) => {
            matches!(name, "len" | "is_empty" | "contains")
        }
        Ty::Tensor(_) => matches!(name, "len" | "is_empty" | "shape"),
        Ty::Float(_) => name.starts_with("is_") || rules::is_of_bits(name),
        _ => false,
    }
}

/// The function of the runtime that applies an operator to references.
pub(super) fn operator_function(op: BinaryOp, span: Span) -> Ident {
    let name = match op {
        BinaryOp::Add => "add",
        BinaryOp::Sub => "sub",
        BinaryOp::Mul => "mul",
        BinaryOp::Div => "div",
        BinaryOp::Rem => "rem",
        BinaryOp::Bit(_) => unreachable!("integers have operators"),
    };
    Ident::new(name, span)
}

/// The name of the method that stands beside a differentiable method for callers. Where there is
/// none, rustc shows this name.
pub(super) fn augmented_name(name: &Ident) -> Ident {
    let plain = name.to_string();
    format_ident!("differentiable_{}", plain.trim_start_matches("r#"), span = name.span())
}

pub(super) fn binary(
    op: BinaryOp,
    lhs: impl Into<Tokens>,
    rhs: impl Into<Tokens>,
    span: Span,
) -> Tokens {
    let symbol = op.symbol();
    let puncts = symbol.chars().enumerate().map(|(at, char)| {
        let last = at + 1 == symbol.len();
        let mut punct = Punct::new(char, if last { Spacing::Alone } else { Spacing::Joint });
        punct.set_span(span);
        punct
    });
    lhs.into().binary(puncts, rhs.into())
}
