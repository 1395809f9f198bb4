//! The tangents of definitions.

use super::Writer;
use crate::ir::{Aggregate, Op, OpKind, Operand, Place, Proj, RefStyle, Ty, Value, VarId};
use crate::rules::{self, Rule};
use proc_macro2::Span;

impl Writer<'_> {
    pub(super) fn define_op(&mut self, op: &Op, dest: VarId, value: &Value) {
        if let (Value::Call { callee, args }, true) = (value, self.activity.op_is_active(op)) {
            self.call_op(op, dest, callee, args);
            return;
        }
        if !self.has_dot(dest) {
            self.push(op.clone());
            if let Value::Opaque(opaque) = value {
                self.overwritten(op, opaque);
            }
            return;
        }
        let span = op.span;
        if self.activity.op_is_active(op) {
            self.tangent_of(op, dest, value);
        } else {
            self.push(op.clone());
        }
        if let Value::Opaque(opaque) = value {
            self.overwritten(op, opaque);
        }
        // A variable may begin with a constant.
        if !self.dots.contains_key(&dest) {
            let zero = self.zero_of_place(&Place::var(dest), span);
            self.define_dot(dest, Value::Use(zero), span);
        }
    }

    /// The operation, and the one that defines the tangent of its result, if an operand has one.
    fn tangent_of(&mut self, op: &Op, dest: VarId, value: &Value) {
        let span = op.span;
        match value {
            Value::Ref { place, style } => {
                self.push(op.clone());
                if let Some(place) = self.dot_place(place) {
                    let dot = self.dot_of(dest, self.vars[dest.0 as usize].role.clone());
                    self.refs.insert(dot, place.clone());
                    let style = self.explicit(&place, *style);
                    let value = Value::Ref { place, style };
                    self.emit(OpKind::Define { dest: dot, value }, span);
                }
            }
            Value::Load(place) => self.load(op, dest, place),
            // A hook looks at cotangents.
            Value::Use(operand) | Value::Inspect { operand, .. } => {
                let dot = self.solid(operand, span);
                self.push(op.clone());
                if let Some(dot) = dot {
                    self.define_dot(dest, Value::Use(dot), span);
                }
            }
            Value::Aggregate(kind, operands) => self.aggregate(op, dest, kind, operands),
            Value::Unary(operator, operand) => {
                let rows = rules::unary(*operator).unwrap_or_default();
                self.elementwise(op, dest, &rows, std::slice::from_ref(operand));
            }
            Value::Binary(operator, lhs, rhs) => {
                let rows = rules::binary(*operator, lhs);
                self.elementwise(op, dest, &rows, &[lhs.clone(), rhs.clone()]);
            }
            Value::Cast(operand, ty) => self.cast(op, dest, operand, ty),
            Value::Method { name, args, .. } => {
                match rules::method(&name.to_string(), args.len()) {
                    Some(Rule::Elementwise(rows)) => self.elementwise(op, dest, &rows, args),
                    Some(Rule::Structural(_)) => self.structural(op, dest, name, args),
                    _ => self.push(op.clone()),
                }
            }
            Value::Join { path, join, parts, axis } => {
                self.pin(axis);
                let dots = parts
                    .iter()
                    .map(|part| {
                        let dot = self.solid(part, span);
                        let dot = dot.unwrap_or_else(|| self.zero(part, span));
                        self.borrow(&dot, span)
                    })
                    .collect();
                let (path, axis) = (path.clone(), axis.clone());
                let value = Value::Join { path, join: *join, parts: dots, axis };
                self.push(op.clone());
                self.define_dot(dest, value, span);
            }
            Value::Call { .. } | Value::Detach(_) | Value::Opaque(_) => self.push(op.clone()),
        }
    }

    /// How a tangent is borrowed whose primal is: as an operand it must not be moved.
    fn explicit(&self, place: &Place, style: RefStyle) -> RefStyle {
        let is_reference = place.path.is_empty() && self.vars[place.root.0 as usize].is_reference();
        match style {
            RefStyle::AutoRef if is_reference => RefStyle::Plain,
            RefStyle::AutoRef => RefStyle::Explicit,
            other => other,
        }
    }

    fn load(&mut self, op: &Op, dest: VarId, place: &Place) {
        self.push(op.clone());
        let is_variant = place.path.iter().any(|proj| matches!(proj, Proj::Variant(..)));
        let inline =
            matches!(self.vars[dest.0 as usize].role, crate::ir::Role::Temp { inline: true });
        let read = Operand::Var(dest);
        let Some(value) = self.read_part(place, &read, op.span) else { return };
        let plain = matches!(value, Value::Load(_));
        let dot = self.dot_alike(dest);
        if inline && plain && !is_variant {
            self.vars[dot.0 as usize].role = crate::ir::Role::Temp { inline: true };
        }
        self.emit(OpKind::Define { dest: dot, value }, op.span);
    }

    /// The tangent of an operand, of the type that the operand's tangent has.
    pub(super) fn solid(&mut self, operand: &Operand, span: Span) -> Option<Operand> {
        let dot = self.dot(operand)?;
        let doubtful = dot
            .var()
            .and_then(|dot| self.refs.get(&dot).cloned())
            .is_some_and(|place| self.is_doubtful(&place));
        if !doubtful {
            return Some(dot);
        }
        let args = vec![self.borrow(&dot, span), self.borrow(operand, span)];
        let ty = self.ty(operand);
        let part = self.call(&["tangent", "part"], args, ty, span);
        self.pin(&part);
        Some(part)
    }

    fn cast(&mut self, op: &Op, dest: VarId, operand: &Operand, ty: &syn::Type) {
        let span = op.span;
        let Some(dot) = self.solid(operand, span) else {
            self.push(op.clone());
            return;
        };
        let is_float = self.ty(operand).is_float();
        self.keep(operand);
        self.push(op.clone());
        if is_float {
            let dot = self.owned(&dot, span);
            self.define_dot(dest, Value::Cast(dot, ty.clone()), span);
            return;
        }
        let read = Operand::Var(dest);
        self.pin(&read);
        let args =
            vec![self.borrow(&dot, span), self.borrow(operand, span), self.borrow(&read, span)];
        let value = self.call(&["tangent", "cast"], args, Ty::Unknown, span);
        self.define_dot(dest, Value::Use(value), span);
    }

    fn aggregate(&mut self, op: &Op, dest: VarId, kind: &Aggregate, operands: &[Operand]) {
        let span = op.span;
        match kind {
            Aggregate::Tuple | Aggregate::Array | Aggregate::Vec => {
                let dots = self.dots_of(operands, span);
                self.push(op.clone());
                self.define_dot(dest, Value::Aggregate(kind.clone(), dots), span);
            }
            Aggregate::ArrayRepeat | Aggregate::VecRepeat => {
                let length = operands[1].clone();
                self.pin(&length);
                let mut dots = self.dots_of(&operands[..1], span);
                dots.push(length);
                self.push(op.clone());
                self.define_dot(dest, Value::Aggregate(kind.clone(), dots), span);
            }
            Aggregate::Struct { members, base, .. } => {
                let members: Vec<Proj> = members.iter().cloned().map(Proj::Field).collect();
                self.assembled(op, dest, &members, operands, *base);
            }
            Aggregate::TupleStruct { .. } => {
                let members: Vec<Proj> =
                    (0..operands.len()).map(|i| Proj::Field(i.into())).collect();
                self.assembled(op, dest, &members, operands, false);
            }
            Aggregate::Variant { path, members } => {
                let variant = &path.segments.last().expect("a path has a segment").ident;
                let members: Vec<Proj> = members
                    .iter()
                    .map(|member| Proj::Variant(variant.clone(), member.clone()))
                    .collect();
                self.assembled(op, dest, &members, operands, false);
            }
        }
    }

    /// The tangents of operands that a value is made of, each evaluated before they are moved.
    fn dots_of(&mut self, operands: &[Operand], span: Span) -> Vec<Operand> {
        operands
            .iter()
            .map(|operand| {
                if let Some(dot) = self.solid(operand, span) {
                    return self.owned(&dot, span);
                }
                let zero = self.zero(operand, span);
                self.pin(&zero);
                zero
            })
            .collect()
    }

    /// A tangent that is put together: the zero of the value, or the tangent of its base, with the
    /// tangents of the operands put in.
    fn assembled(
        &mut self,
        op: &Op,
        dest: VarId,
        members: &[Proj],
        operands: &[Operand],
        base: bool,
    ) {
        let span = op.span;
        let rest = operands.get(members.len()).filter(|_| base);
        let rest_dot = rest.and_then(|rest| self.solid(rest, span));
        let mut parts: Vec<(Proj, Operand)> = Vec::new();
        for (member, operand) in members.iter().zip(operands) {
            let dot = match self.solid(operand, span) {
                Some(dot) => Some(self.owned(&dot, span)),
                None if rest_dot.is_some() => {
                    let zero = self.zero(operand, span);
                    self.pin(&zero);
                    Some(zero)
                }
                None => None,
            };
            parts.extend(dot.map(|dot| (member.clone(), dot)));
        }
        self.push(op.clone());
        let start = match rest_dot {
            Some(dot) => self.owned(&dot, span),
            None => self.zero_of_place(&Place::var(dest), span),
        };
        self.pin(&Operand::Var(dest));
        let whole = self.temp(Ty::Unknown, span, crate::ir::Role::Mutable);
        self.emit(OpKind::Define { dest: whole, value: Value::Use(start) }, span);
        for (member, value) in parts {
            let place = Place { root: whole, path: vec![member] };
            self.emit(OpKind::Store { place, value }, span);
        }
        self.define_dot(dest, Value::Load(Place::var(whole)), span);
    }
}
