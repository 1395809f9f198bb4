//! Expressions.

use super::opaque::reject;
use super::start::{path_start, start};
use super::Lowerer;
use crate::ir::ty::Float;
use crate::ir::{
    Aggregate, BinaryOp, OpKind, Operand, Place, RefStyle, Role, Tokens, Ty, UnaryOp, Value,
};
use crate::parse::is_compound;
use quote::{quote_spanned, ToTokens};
use syn::spanned::Spanned;
use syn::{BinOp, Expr, Lit, UnOp};

impl Lowerer<'_> {
    /// Lowers an expression whose value is wanted.
    pub(super) fn expr(&mut self, expr: &Expr) -> Operand {
        match self.maybe_unit(expr) {
            Some(operand) => operand,
            None => Self::poisoned(start(expr)),
        }
    }

    /// Lowers an expression; `None` if its value is `()`.
    pub(super) fn maybe_unit(&mut self, expr: &Expr) -> Option<Operand> {
        let span = start(expr);
        Some(match expr {
            Expr::Paren(inner) => return self.maybe_unit(&inner.expr),
            Expr::Group(inner) => return self.maybe_unit(&inner.expr),
            Expr::Block(block) => match &block.label {
                None => return self.block(&block.block),
                Some(label) => return self.labelled_block(label, &block.block, span),
            },
            Expr::If(branch) => return self.branch(branch),
            Expr::Match(matched) => return self.match_expr(matched),
            Expr::ForLoop(each) => {
                self.for_loop(each);
                return None;
            }
            Expr::Assign(assign) => {
                self.assign(assign);
                return None;
            }
            Expr::Binary(binary) if is_compound(&binary.op) => {
                self.compound(binary);
                return None;
            }
            Expr::Macro(mac) => return self.macro_call(&mac.mac, expr),
            Expr::Lit(lit) => Self::literal(&lit.lit),
            Expr::Path(path) => self.path(path),
            Expr::Field(_) | Expr::Index(_) => self.load(expr),
            Expr::Unary(unary) => match &unary.op {
                UnOp::Deref(_) => self.load(expr),
                UnOp::Neg(_) => self.unary(UnaryOp::Neg, &unary.expr, span),
                _ => self.unary(UnaryOp::Not, &unary.expr, span),
            },
            Expr::Binary(binary) => self.binary(binary, expr),
            Expr::Cast(cast) => {
                let operand = self.expr(&cast.expr);
                if let Operand::Literal(_) = operand {
                    return Some(self.opaque(expr, None, Ty::of(&cast.ty, &self.reals), "cast"));
                }
                let ty = Ty::of(&cast.ty, &self.reals);
                self.define(Value::Cast(operand, (*cast.ty).clone()), ty, span)
            }
            Expr::Reference(reference) => self.borrow(reference, expr),
            Expr::Tuple(tuple) if tuple.elems.is_empty() => return None,
            Expr::Tuple(tuple) => {
                let elems: Vec<Expr> = tuple.elems.iter().cloned().collect();
                let operands = self.in_order(&elems, super::Lowerer::expr);
                let ty =
                    Ty::Tuple(operands.iter().map(|operand| self.operand_ty(operand)).collect());
                self.define(Value::Aggregate(Aggregate::Tuple, operands), ty, span)
            }
            Expr::Array(array) => {
                let elems: Vec<Expr> = array.elems.iter().cloned().collect();
                self.array(Aggregate::Array, &elems, span)
            }
            Expr::Repeat(repeat) => {
                let elems = [(*repeat.expr).clone(), (*repeat.len).clone()];
                self.array(Aggregate::ArrayRepeat, &elems, span)
            }
            Expr::Struct(literal) => self.structure(literal, span),
            Expr::Call(call) => match self.closure_call(call) {
                Some(value) => return value,
                None => match self.rewritten_call(call).or_else(|| self.array_from_fn(call)) {
                    Some(written_out) => return self.maybe_unit(&written_out),
                    None => self.call(call, expr),
                },
            },
            Expr::MethodCall(call) => {
                if let Some(value) = self.chain_end(call) {
                    return value;
                }
                if let Some(value) = self.option_method(call, expr) {
                    return value;
                }
                if self.mutating_method(call) {
                    return None;
                }
                let written_out = self.rewritten_method(call).or_else(|| self.mapped_array(call));
                if let Some(written_out) = written_out {
                    return self.maybe_unit(&written_out);
                }
                self.method_call(call, expr)
            }
            Expr::While(each) => {
                self.while_loop(each);
                return None;
            }
            Expr::Loop(each) => return self.infinite_loop(each),
            Expr::Return(inner) => {
                self.return_from(inner);
                return None;
            }
            Expr::Break(inner) => {
                self.break_out(inner);
                return None;
            }
            Expr::Continue(inner) => {
                self.continue_with(inner);
                return None;
            }
            other => self.unsupported(other),
        })
    }

    /// Something that has no lowering: allowed where nothing active is in it.
    pub(super) fn unsupported(&mut self, expr: &Expr) -> Operand {
        let (what, help) = describe(expr);
        let reason = reject(format!("{what} over an active value is not accepted yet"), help);
        self.opaque(expr, reason, Ty::Unknown, "opaque")
    }

    fn literal(lit: &Lit) -> Operand {
        let ty = match lit {
            Lit::Float(float) => float_ty(float.suffix()),
            Lit::Int(int) if int.suffix().starts_with('f') => float_ty(int.suffix()),
            _ => Ty::Inactive,
        };
        let tokens: Tokens = match lit {
            Lit::Float(number) => number.token().into(),
            Lit::Int(number) => number.token().into(),
            other => other.to_token_stream().into(),
        };
        Operand::literal(tokens, ty)
    }

    fn path(&mut self, path: &syn::ExprPath) -> Operand {
        let span = path_start(path);
        let Some(var) = self.variable_of(path) else {
            let ty = constant_ty(&path.path);
            return Operand::literal(path.to_token_stream(), ty);
        };
        if self.closures.contains_key(&var) {
            return self.escaping(&Expr::Path(path.clone()));
        }
        match &self.var(var).role {
            Role::Mutable => {
                let ty = self.var(var).ty.clone();
                self.define(Value::Load(Place::var(var)), ty, span)
            }
            Role::Alias { .. } | Role::InOut { .. } | Role::Param { by_ref: true, .. } => {
                self.reference(Place::var(var), RefStyle::Plain, span)
            }
            _ => Operand::Var(var),
        }
    }

    fn load(&mut self, expr: &Expr) -> Operand {
        let span = start(expr);
        match self.place(expr) {
            Some(place) => {
                let ty = self.place_ty(&place);
                self.define(Value::Load(place), ty, span)
            }
            None => self.unsupported(expr),
        }
    }

    fn unary(&mut self, op: UnaryOp, inner: &Expr, span: proc_macro2::Span) -> Operand {
        let operand = self.expr(inner);
        if let (UnaryOp::Neg, Operand::Literal(literal)) = (op, &operand) {
            let tokens = &literal.tokens;
            let ty = literal.ty.clone();
            return Operand::literal(quote_spanned!(span=> -#tokens), ty);
        }
        let ty = self.operand_ty(&operand);
        self.define(Value::Unary(op, operand), ty, span)
    }

    fn binary(&mut self, binary: &syn::ExprBinary, expr: &Expr) -> Operand {
        let Some(op) = arithmetic(&binary.op) else {
            // Comparisons and logic look at active values and carry no derivative.
            if self.may_change(expr) {
                return self.condition(expr);
            }
            return self.opaque(expr, None, Ty::Inactive, "compare");
        };
        let sides = [(*binary.left).clone(), (*binary.right).clone()];
        let mut operands = self.in_order(&sides, super::Lowerer::expr);
        let rhs = operands.pop().expect("two operands");
        let lhs = operands.pop().expect("two operands");
        let ty = self.arithmetic_ty(op, &lhs, &rhs);
        self.define(Value::Binary(op, lhs, rhs), ty, binary.op.span())
    }

    fn arithmetic_ty(&self, op: BinaryOp, lhs: &Operand, rhs: &Operand) -> Ty {
        if matches!(op, BinaryOp::Bit(_)) {
            return Ty::Inactive;
        }
        // A constant in arithmetic is a scalar.
        let ty = |operand: &Operand, other: &Operand| match (operand, self.operand_ty(operand)) {
            (Operand::Literal(_), Ty::Unknown) if self.operand_ty(other).is_float() => {
                Ty::Float(Float::Literal)
            }
            (_, ty) => ty,
        };
        match (ty(lhs, rhs), ty(rhs, lhs)) {
            (Ty::Float(Float::Literal), Ty::Float(b)) => Ty::Float(b),
            (Ty::Float(a), Ty::Float(_)) => Ty::Float(a),
            (Ty::Inactive, Ty::Inactive) => Ty::Inactive,
            (tensor @ Ty::Tensor(_), _) | (_, tensor @ Ty::Tensor(_)) => tensor,
            // A bare integer literal takes the type of the other side.
            (Ty::Inactive, other) | (other, Ty::Inactive) if !other.is_float() => other,
            _ => Ty::Unknown,
        }
    }

    /// An argument of a call, which may be `&mut place`.
    pub(super) fn argument_of_call(&mut self, expr: &Expr) -> Operand {
        match expr {
            Expr::Reference(reference) if reference.mutability.is_some() => {
                let place = self.place(&reference.expr).unwrap_or_else(|| {
                    // A value of its own, which the callee may change.
                    let (value, span) = (self.expr(&reference.expr), start(expr));
                    let ty = self.operand_ty(&value);
                    let dest = self.temp(ty, span, Role::Mutable);
                    self.emit(OpKind::Define { dest, value: Value::Use(value) }, span);
                    Place::var(dest)
                });
                self.check_writable(&place, &reference.expr);
                self.reference(place, RefStyle::ExplicitMut, start(expr))
            }
            other => self.expr(other),
        }
    }

    /// `&expr` and `&mut expr` as operands.
    fn borrow(&mut self, reference: &syn::ExprReference, expr: &Expr) -> Operand {
        if reference.mutability.is_some() {
            let reason = reject(
                "a mutable alias of an active value is not accepted yet",
                "assign to the variable itself, or return the new value",
            );
            return self.opaque(expr, reason, Ty::Unknown, "borrow");
        }
        if self.names_closure(&reference.expr).is_some() {
            return self.escaping(expr);
        }
        let place = self.place_or_temp(&reference.expr);
        self.reference(place, RefStyle::Explicit, start(expr))
    }

    pub(super) fn array(
        &mut self,
        kind: Aggregate,
        elems: &[Expr],
        span: proc_macro2::Span,
    ) -> Operand {
        let operands = self.in_order(elems, super::Lowerer::expr);
        let element =
            Box::new(operands.first().map_or(Ty::Unknown, |first| self.operand_ty(first)));
        let ty = match kind {
            Aggregate::Vec | Aggregate::VecRepeat => Ty::Vec(element),
            Aggregate::ArrayRepeat => Ty::Array(element, crate::ir::ty::length(&elems[1])),
            _ => Ty::Array(element, Some(elems.len())),
        };
        self.define(Value::Aggregate(kind, operands), ty, span)
    }

    fn structure(&mut self, literal: &syn::ExprStruct, span: proc_macro2::Span) -> Operand {
        let mut exprs: Vec<Expr> = literal.fields.iter().map(|field| field.expr.clone()).collect();
        exprs.extend(literal.rest.as_deref().cloned());
        let operands = self.in_order(&exprs, super::Lowerer::expr);
        let path = literal.path.clone();
        let members = literal.fields.iter().map(|field| field.member.clone()).collect();
        let base = literal.rest.is_some();
        let kind = if !base && super::call::is_variant(&path) {
            Aggregate::Variant { path, members }
        } else {
            Aggregate::Struct { path, members, base }
        };
        self.define(Value::Aggregate(kind, operands), Ty::Unknown, span)
    }

    fn assign(&mut self, assign: &syn::ExprAssign) {
        if matches!(*assign.left, Expr::Infer(_)) {
            self.maybe_unit(&assign.right);
            return;
        }
        if self.destructure(assign) {
            return;
        }
        // The right side is evaluated before the place on the left.
        let value = self.expr(&assign.right);
        self.store(&assign.left, value, assign.eq_token.span());
    }

    pub(super) fn store(&mut self, target: &Expr, value: Operand, span: proc_macro2::Span) {
        let before = self.barriers;
        let Some(place) = self.place(target) else {
            self.diag.error_on(
                target,
                "this assignment target is not accepted yet in a differentiable function",
                "assign to a variable, a field or an element",
            );
            return;
        };
        if self.barriers != before {
            self.pin(&value);
        }
        self.check_writable(&place, target);
        // `let x;` learns its type from what it is given.
        let ty = self.operand_ty(&value);
        let root = &mut self.vars[place.root.0 as usize];
        if place.path.is_empty() && root.is_mutable() && root.ty == Ty::Unknown {
            root.ty = ty;
        }
        self.emit(OpKind::Store { place, value }, span);
    }

    /// Only memory that a `let mut` owns, or a mutable alias of such memory, is stored to.
    pub(super) fn check_writable(&mut self, place: &Place, target: &Expr) {
        match &self.var(place.root).role {
            Role::Param { by_ref: true, active: true } => self.diag.error_on(
                target,
                "writing through a shared reference to an active parameter",
                "take it by `&mut`, or copy it to a local first: `let mut v = x.to_vec();`",
            ),
            Role::Alias { mutable: false, .. } => self.diag.error_on(
                target,
                "writing through a shared reference to a differentiable value",
                "assign to the variable itself",
            ),
            _ => {}
        }
    }

    fn compound(&mut self, binary: &syn::ExprBinary) {
        let span = binary.op.span();
        let value = self.expr(&binary.right);
        let (op, negate) = match binary.op {
            BinOp::AddAssign(_) => (BinaryOp::Add, false),
            BinOp::SubAssign(_) => (BinaryOp::Sub, true),
            BinOp::MulAssign(_) => (BinaryOp::Mul, false),
            BinOp::DivAssign(_) => (BinaryOp::Div, false),
            BinOp::RemAssign(_) => (BinaryOp::Rem, false),
            _ => (BinaryOp::Bit(compound_symbol(&binary.op)), false),
        };
        let before = self.barriers;
        let Some(place) = self.place(&binary.left) else {
            self.diag.error_on(
                &binary.left,
                "this assignment target is not accepted yet in a differentiable function",
                "assign to a variable, a field or an element",
            );
            return;
        };
        if self.barriers != before {
            self.pin(&value);
        }
        self.check_writable(&place, &binary.left);
        // Under `no_grad` an assignment cuts the variable, and so does a compound one.
        if matches!(op, BinaryOp::Add | BinaryOp::Sub) && self.recording {
            self.emit(OpKind::AddAssign { place, value, negate }, span);
            return;
        }
        let ty = self.place_ty(&place);
        let old = self.define(Value::Load(place.clone()), ty.clone(), span);
        let new = self.define(Value::Binary(op, old, value), ty, span);
        self.pin(&new);
        self.emit(OpKind::Store { place, value: new }, span);
    }
}

fn arithmetic(op: &BinOp) -> Option<BinaryOp> {
    Some(match op {
        BinOp::Add(_) => BinaryOp::Add,
        BinOp::Sub(_) => BinaryOp::Sub,
        BinOp::Mul(_) => BinaryOp::Mul,
        BinOp::Div(_) => BinaryOp::Div,
        BinOp::Rem(_) => BinaryOp::Rem,
        BinOp::BitAnd(_) => BinaryOp::Bit("&"),
        BinOp::BitOr(_) => BinaryOp::Bit("|"),
        BinOp::BitXor(_) => BinaryOp::Bit("^"),
        BinOp::Shl(_) => BinaryOp::Bit("<<"),
        BinOp::Shr(_) => BinaryOp::Bit(">>"),
        _ => return None,
    })
}

fn compound_symbol(op: &BinOp) -> &'static str {
    match op {
        BinOp::BitAndAssign(_) => "&",
        BinOp::BitOrAssign(_) => "|",
        BinOp::BitXorAssign(_) => "^",
        BinOp::ShlAssign(_) => "<<",
        _ => ">>",
    }
}

fn float_ty(suffix: &str) -> Ty {
    Ty::Float(match suffix {
        "f32" => Float::F32,
        "f64" => Float::F64,
        _ => Float::Literal,
    })
}

/// A path that is no variable names a constant; in `consts` modules it is a float.
fn constant_ty(path: &syn::Path) -> Ty {
    let mut segments = path.segments.iter().rev().skip(1);
    let owner = segments.next().map(|segment| segment.ident.to_string());
    match owner.as_deref() {
        Some("consts") => Ty::Float(Float::Literal),
        Some("f64") => Ty::Float(Float::F64),
        Some("f32") => Ty::Float(Float::F32),
        _ => Ty::Unknown,
    }
}

/// What an expression is called in a message, and what to do instead.
fn describe(expr: &Expr) -> (&'static str, &'static str) {
    let detach = "use `.detach()` or `no_grad! { … }` if no gradient is wanted through it";
    match expr {
        Expr::Closure(_) => (
            "a closure",
            "write the body where it is used, or make it a `#[differentiable]` function",
        ),
        Expr::Match(_) => ("`match`", "write `if`/`else`"),
        Expr::While(_) => ("`while`", "write a `for` loop over a range"),
        Expr::Loop(_) => ("`loop`", "write a `for` loop over a range"),
        Expr::Let(_) => ("`if let`", detach),
        Expr::Unsafe(_) => {
            ("`unsafe`", "move it into a safe function with a derivative of its own")
        }
        Expr::Async(_) => ("`async`", "differentiate a plain function"),
        Expr::Await(_) => ("`await`", "await before the differentiable function is called"),
        Expr::Try(_) => ("`?`", "check for errors before the differentiable function is called"),
        Expr::Range(_) => ("a range", detach),
        Expr::Break(_) | Expr::Continue(_) => {
            ("`break` or `continue`", "put the rest of the body in an `if`")
        }
        _ => ("this expression", detach),
    }
}
