//! Methods that scalars alone have, and methods that are written as functions of `f64` and `f32`.

use super::Lowerer;
use crate::ir::{Aggregate, Callee, Operand, Reject, Ty, UnaryOp, Value};
use crate::rules;
use proc_macro2::{Ident, Span};
use syn::{Expr, Path};

impl Lowerer<'_> {
    /// `f64::sin(x)` is `x.sin()`.
    pub(super) fn scalar_function(
        &mut self,
        path: &Path,
        name: &Ident,
        args: &[Expr],
        span: Span,
    ) -> Option<Operand> {
        let plain = name.to_string();
        match (plain.as_str(), args) {
            ("sin_cos", [x]) => Some(self.sin_cos(x, span)),
            ("from", [x]) if !matches!(x, Expr::Lit(_)) => Some(self.conversion(path, x, span)),
            _ if plain == "neg" || rules::operator_method(&plain).is_some() => {
                let operands = self.in_order(args, Self::expr);
                self.operator(&plain, &operands, span)
            }
            _ if rules::method(&plain, args.len()).is_some() => {
                let operands = self.in_order(args, Self::expr);
                let span = if rules::is_of_bits(&plain) { name.span() } else { span };
                Some(self.known_method(name.clone(), None, operands, span))
            }
            _ => None,
        }
    }

    /// `x.add(y)` of two floats is `x + y`, and so for the other methods of operators.
    pub(super) fn operator(
        &mut self,
        name: &str,
        operands: &[Operand],
        span: Span,
    ) -> Option<Operand> {
        let ty = self.operand_ty(operands.first()?);
        if !operands.iter().all(|operand| self.operand_ty(operand).is_float()) {
            return None;
        }
        let value = match (name, operands) {
            ("neg", [x]) => Value::Unary(UnaryOp::Neg, x.clone()),
            (_, [a, b]) => Value::Binary(rules::operator_method(name)?, a.clone(), b.clone()),
            _ => return None,
        };
        Some(self.define(value, ty, span))
    }

    /// `f64::from(x)` of a float is `x as f64`; that of an integer is carried over.
    fn conversion(&mut self, path: &Path, arg: &Expr, span: Span) -> Operand {
        let operand = self.expr(arg);
        let name = &path.segments[0].ident;
        let ty: syn::Type = syn::parse_quote!(#name);
        let float = Ty::of(&ty, &[]);
        if self.operand_ty(&operand).is_float() {
            return self.define(Value::Cast(operand, ty), float, span);
        }
        let reject = Reject {
            message: format!("`{name}::from` of an active value is accepted of floats only"),
            help: format!("write `x as {name}`"),
        };
        let callee = Callee::Constant(path.clone(), reject);
        self.define(Value::Call { callee, args: vec![operand] }, float, span)
    }

    /// `x.sin_cos()` is `(x.sin(), x.cos())`, which the code generator joins again.
    pub(super) fn sin_cos(&mut self, receiver: &Expr, span: Span) -> Operand {
        let receiver = self.expr(receiver);
        self.pin(&receiver);
        let parts = ["sin", "cos"].map(|name| {
            let name = Ident::new(name, span);
            self.known_method(name, None, vec![receiver.clone()], span)
        });
        let ty = Ty::Tuple(parts.iter().map(|part| self.operand_ty(part)).collect());
        self.define(Value::Aggregate(Aggregate::Tuple, parts.into()), ty, span)
    }
}
