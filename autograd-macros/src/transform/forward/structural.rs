//! The tangents of operations on whole tensors. Most are linear: the tangent of the result is the operation
//! on the tangents.

use super::Writer;
use crate::ir::{BinaryOp, Op, Operand, Ty, Value, VarId};
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;

impl Writer<'_> {
    pub(super) fn structural(&mut self, op: &Op, dest: VarId, name: &Ident, args: &[Operand]) {
        let span = op.span;
        let plain = name.to_string();
        let value = match plain.as_str() {
            "matmul" | "dot" => self.product(name, args, span),
            "conv2d" | "conv2d_with_bias" => {
                self.convolution(op, dest, args);
                return;
            }
            "where_" | "pad" => self.linear_in_two(&plain, name, args, span),
            "max" | "min" | "var" | "norm" | "max_axis" | "min_axis" | "logsumexp_axis"
            | "max_pool2d" => {
                self.nonlinear(op, dest, &plain, args, true);
                return;
            }
            "softmax" | "log_softmax" => {
                self.nonlinear(op, dest, &plain, args, false);
                return;
            }
            _ if is_linear(&plain) => self.linear(name, args, span),
            _ => {
                self.missing.get_or_insert(plain);
                self.linear(name, args, span)
            }
        };
        self.push(op.clone());
        if let Some(value) = value {
            self.define_dot(dest, value, span);
        }
    }

    /// The operation on the tangent of the receiver.
    fn linear(&mut self, name: &Ident, args: &[Operand], span: Span) -> Option<Value> {
        let dot = self.solid(&args[0], span)?;
        let rest: Vec<Operand> = args[1..].iter().map(|arg| self.again(arg, span)).collect();
        let args = std::iter::once(dot).chain(rest).collect();
        let value = Value::Method { name: name.clone(), turbofish: None, args };
        // Evaluated before an argument is moved.
        let value = self.define(value, Ty::Unknown, span, false);
        Some(Value::Use(value))
    }

    /// An argument without derivative, as it is given once more.
    fn again(&mut self, arg: &Operand, span: Span) -> Operand {
        self.pin(arg);
        let Operand::Var(var) = arg else { return arg.clone() };
        if self.borrowed(*var).is_some() || self.vars[var.0 as usize].is_reference() {
            return arg.clone();
        }
        // A reference is copied.
        if matches!(self.index.definition(*var), Some(Value::Opaque(opaque)) if is_borrow(&opaque.tokens))
        {
            return arg.clone();
        }
        let reference = self.borrow(arg, span);
        self.call(&["keep"], vec![reference], Ty::Inactive, span)
    }

    /// The convolution, which is linear in the images and in the weights, and the bias that is added to it.
    fn convolution(&mut self, op: &Op, dest: VarId, args: &[Operand]) {
        let span = op.span;
        let (tensors, options) = args.split_at(args.len() - 1);
        let operands = [&tensors[..2], options].concat();
        let sum = self.product(&Ident::new("conv2d", span), &operands, span);
        self.push(op.clone());
        let bias = tensors.get(2).and_then(|bias| self.solid(bias, span)).map(|dot| {
            let result = Operand::Var(dest);
            self.keep(&result);
            let needs = vec![self.borrow(&dot, span), self.borrow(&result, span)];
            self.call(&["tangent", "conv2d_bias"], needs, Ty::Unknown, span)
        });
        let value = match (sum, bias) {
            (Some(Value::Use(sum)), Some(bias)) => Value::Binary(BinaryOp::Add, sum, bias),
            (sum, bias) => match sum.or(bias.map(Value::Use)) {
                Some(value) => value,
                None => return,
            },
        };
        self.define_dot(dest, value, span);
    }

    /// `a b`, which is linear in each, with the arguments that follow.
    fn product(&mut self, name: &Ident, args: &[Operand], span: Span) -> Option<Value> {
        let mut sum: Option<Operand> = None;
        for position in 0..2 {
            let Some(dot) = self.solid(&args[position], span) else { continue };
            let other = self.borrow(&args[1 - position], span);
            let dot = self.borrow(&dot, span);
            let sides = if position == 0 { [dot, other] } else { [other, dot] };
            let rest: Vec<Operand> = args[2..].iter().map(|arg| self.again(arg, span)).collect();
            let args = sides.into_iter().chain(rest).collect();
            let value = Value::Method { name: name.clone(), turbofish: None, args };
            let value = self.define(value, Ty::Unknown, span, false);
            sum = Some(match sum {
                None => value,
                Some(sum) => {
                    self.define(Value::Binary(BinaryOp::Add, sum, value), Ty::Unknown, span, false)
                }
            });
        }
        sum.map(Value::Use)
    }

    /// `mask.where_(a, b)` and `x.pad(widths, value)`.
    fn linear_in_two(
        &mut self,
        plain: &str,
        name: &Ident,
        args: &[Operand],
        span: Span,
    ) -> Option<Value> {
        let (first, second, constant) = if plain == "pad" { (0, 2, 1) } else { (1, 2, 0) };
        let mut tangents = [first, second].into_iter().map(|index| {
            let dot = match self.solid(&args[index], span) {
                Some(dot) => dot,
                None if plain == "pad" && index == 2 => {
                    let krate = self.krate;
                    let tokens = quote_spanned!(span=> <_ as #krate::Tangent>::symbolic_zero());
                    return Operand::literal(tokens, Ty::Unknown);
                }
                None => self.zero(&args[index], span),
            };
            if plain == "where_" {
                self.borrow(&dot, span)
            } else {
                dot
            }
        });
        let (a, b) = (tangents.next()?, tangents.next()?);
        drop(tangents);
        let kept = if plain == "where_" {
            self.borrow(&args[constant], span)
        } else {
            self.again(&args[constant], span)
        };
        let args = if plain == "pad" { vec![a, kept, b] } else { vec![kept, a, b] };
        let value = Value::Method { name: name.clone(), turbofish: None, args };
        Some(Value::Use(self.define(value, Ty::Unknown, span, false)))
    }

    /// `tangent::name(&dx, [&x,] &y, arguments…)`
    fn nonlinear(&mut self, op: &Op, dest: VarId, name: &str, args: &[Operand], operand: bool) {
        let span = op.span;
        self.keep(&args[0]);
        let rest: Vec<Operand> = args[1..].iter().map(|arg| self.again(arg, span)).collect();
        self.push(op.clone());
        let Some(dot) = self.solid(&args[0], span) else { return };
        let result = Operand::Var(dest);
        self.keep(&result);
        let mut needs = vec![self.borrow(&dot, span)];
        if operand {
            needs.push(self.borrow(&args[0], span));
        }
        needs.push(self.borrow(&result, span));
        needs.extend(rest);
        let ty = self.ty(&result);
        let value = self.call(&["tangent", name], needs, ty, span);
        self.define_dot(dest, Value::Use(value), span);
    }
}

fn is_borrow(tokens: &TokenStream) -> bool {
    match tokens.clone().into_iter().next() {
        Some(TokenTree::Punct(punct)) => punct.as_char() == '&',
        Some(TokenTree::Group(group)) => {
            group.delimiter() == Delimiter::None && is_borrow(&group.stream())
        }
        _ => false,
    }
}

/// Whether the tangent of the result is the operation on the tangent of its receiver.
fn is_linear(name: &str) -> bool {
    matches!(
        name,
        "t" | "permute"
            | "reshape"
            | "broadcast_to"
            | "sum"
            | "mean"
            | "sum_axis"
            | "mean_axis"
            | "sum_axis_keepdim"
            | "mean_axis_keepdim"
            | "cumsum"
            | "slice"
            | "select"
            | "gather"
            | "index_rows"
            | "item"
            | "to_vec"
            | "avg_pool2d"
    )
}
