//! What each operation makes of the shapes of its operands, and which of them it takes.

use super::dim::{Dim, Fact};
use super::report::{help, quoted, Error};
use super::{Flow, Reached};
use crate::ir::{Aggregate, BinaryOp, Callee, Join, Op, Operand, Place, Value};
use crate::rules::{self, Rule};

/// A tensor among the operands of an operation.
#[derive(Clone, Copy)]
pub(super) struct Tensor<'a> {
    pub(super) operand: &'a Operand,
    pub(super) dims: &'a [Dim],
    /// What it is called if it has no name.
    pub(super) side: &'static str,
}

impl<'a> Tensor<'a> {
    fn left(operand: &'a Operand, dims: &'a [Dim]) -> Self {
        Self { operand, dims, side: "the left side" }
    }

    fn right(operand: &'a Operand, dims: &'a [Dim]) -> Self {
        Self { operand, dims, side: "the right side" }
    }
}

impl<'f> Flow<'f> {
    pub(super) fn value(&mut self, op: &Op, value: &'f Value, state: &Reached) -> Option<Fact> {
        match value {
            Value::Use(operand) | Value::Detach(operand) | Value::Inspect { operand, .. } => {
                self.operand(operand, state)
            }
            Value::Load(place) | Value::Ref { place, .. } => self.place(place, state),
            Value::Unary(_, operand) => self.operand(operand, state).filter(is_tensor),
            Value::Binary(operator, lhs, rhs) => self.binary(op, *operator, [lhs, rhs], state),
            Value::Method { name, args, .. } => self.method(op, &name.to_string(), args, state),
            Value::Join { join, parts, axis, .. } => self.joined(op, *join, parts, axis, state),
            Value::Call { callee: Callee::Constant(path, _), args } => {
                let name = path.segments.last()?.ident.to_string();
                let of_tensors = path.segments.iter().rev().nth(1)?.ident == "Tensor";
                of_tensors.then(|| self.constructed(&name, args, state))?
            }
            Value::Aggregate(Aggregate::Tuple | Aggregate::Array, operands) => {
                let parts = operands.iter().map(|operand| self.operand(operand, state));
                Some(Fact::Parts(parts.collect()))
            }
            Value::Aggregate(Aggregate::ArrayRepeat, operands) => {
                let [element, length] = operands.as_slice() else { return None };
                let length = self.number(length, state).filter(|length| *length < 16)?;
                Some(Fact::Parts(vec![self.operand(element, state); length]))
            }
            Value::Cast(..) | Value::Call { .. } | Value::Aggregate(..) | Value::Opaque(_) => None,
        }
    }

    /// `place += value`: the place keeps its shape, to which the value is broadcast.
    pub(super) fn add_assign(
        &mut self,
        op: &Op,
        place: &Place,
        value: &Operand,
        negate: bool,
        state: &mut Reached,
    ) {
        let resolved = self.function.resolve(place);
        let Some(Fact::Tensor(into)) = self.place(place, state) else {
            self.forget(resolved.root, state);
            return;
        };
        let Some(Fact::Tensor(dims)) = self.operand(value, state) else { return };
        let target = Operand::Var(place.root);
        let label = if negate { "-=" } else { "+=" };
        let (left, right) = (Tensor::left(&target, &into), Tensor::right(value, &dims));
        for (own, other) in into.iter().rev().zip(dims.iter().rev()) {
            let shrinks =
                own.number() == Some(1) && other.number() != Some(1) && *other != Dim::Unknown;
            if shrinks || own.broadcast(other).is_none() {
                self.differ(op, &format!("`{label}`"), [left, right], "dimensions", [own, other]);
                return;
            }
        }
    }

    fn binary(
        &mut self,
        op: &Op,
        operator: BinaryOp,
        [lhs, rhs]: [&Operand; 2],
        state: &Reached,
    ) -> Option<Fact> {
        match (self.operand(lhs, state), self.operand(rhs, state)) {
            (Some(Fact::Integer(a)), Some(Fact::Integer(b))) => {
                Some(Fact::Integer(arithmetic(operator, &a, &b)))
            }
            (Some(Fact::Tensor(a)), Some(Fact::Tensor(b))) => {
                let operands = [Tensor::left(lhs, &a), Tensor::right(rhs, &b)];
                Some(self.broadcast(op, &format!("`{}`", operator.symbol()), operands))
            }
            (Some(tensor @ Fact::Tensor(_)), _) if self.is_scalar(rhs) => Some(tensor),
            (_, Some(tensor @ Fact::Tensor(_))) if self.is_scalar(lhs) => Some(tensor),
            _ => None,
        }
    }

    fn is_scalar(&self, operand: &Operand) -> bool {
        match operand {
            Operand::Var(var) => self.function.var(*var).ty.is_float(),
            // A constant is no tensor.
            Operand::Literal(literal) => {
                literal.ty.is_float() || literal.ty == crate::ir::Ty::Unknown
            }
        }
    }

    fn method(
        &mut self,
        op: &Op,
        name: &str,
        args: &'f [Operand],
        state: &Reached,
    ) -> Option<Fact> {
        let (receiver, rest) = args.split_first()?;
        let dims = match self.operand(receiver, state)? {
            Fact::Tensor(dims) => dims,
            Fact::List(length) if name == "len" && rest.is_empty() => {
                return Some(Fact::Integer(length));
            }
            list @ Fact::List(_) if matches!(name, "clone" | "to_vec" | "to_owned") => {
                return Some(list);
            }
            _ => return None,
        };
        let tensor = Tensor { operand: receiver, dims: &dims, side: "the receiver" };
        match (name, rest) {
            ("shape", []) => {
                Some(Fact::Parts(dims.iter().cloned().map(Fact::Integer).map(Some).collect()))
            }
            ("len", []) => Some(Fact::Integer(Dim::product(&dims))),
            ("matmul", [rhs]) => {
                let Fact::Tensor(right) = self.operand(rhs, state)? else { return None };
                self.matmul(op, [Tensor::left(receiver, &dims), Tensor::right(rhs, &right)])
            }
            ("maximum" | "minimum", [rhs]) => {
                let Fact::Tensor(right) = self.operand(rhs, state)? else { return None };
                let operands = [Tensor::left(receiver, &dims), Tensor::right(rhs, &right)];
                Some(self.broadcast(op, name, operands))
            }
            ("dot", [rhs]) => {
                self.like(op, name, tensor, rhs, state);
                None
            }
            ("gt" | "lt" | "ge" | "le", [rhs]) if self.is_scalar(rhs) => Some(Fact::Tensor(dims)),
            ("gt" | "lt" | "ge" | "le", [rhs]) => self.like(op, name, tensor, rhs, state),
            ("where_", [a, b]) => {
                let own = self.like(op, name, tensor, a, state);
                self.like(op, name, tensor, b, state).or(own)
            }
            ("t", []) => match dims.as_slice() {
                [rows, columns] => Some(Fact::Tensor(vec![columns.clone(), rows.clone()])),
                _ => None,
            },
            ("permute", [axes]) => self.permuted(op, tensor, axes, state),
            ("reshape", [to]) => self.reshaped(op, tensor, to, state),
            ("broadcast_to", [to]) => self.broadcast_to(op, tensor, to, state),
            ("conv2d" | "conv2d_with_bias", [weight, ..]) => {
                let channels = match self.operand(weight, state) {
                    Some(Fact::Tensor(weight)) => weight.first().cloned(),
                    _ => None,
                };
                let channels = channels.unwrap_or(Dim::Unknown);
                let images = dims.first()?.clone();
                Some(Fact::Tensor(vec![images, channels, Dim::Unknown, Dim::Unknown]))
            }
            ("max_pool2d" | "avg_pool2d", [_]) => {
                let kept = dims.get(..2)?.iter().cloned();
                Some(Fact::Tensor(kept.chain([Dim::Unknown, Dim::Unknown]).collect()))
            }
            ("pad", [padding, _]) => Some(Fact::Tensor(self.padded(&dims, padding, state))),
            ("gather", [axis, indices]) => {
                self.axis(op, name, tensor, axis, state);
                self.operand(indices, state).filter(is_tensor)
            }
            ("index_rows", [rows]) => {
                let rows = match self.operand(rows, state) {
                    Some(Fact::List(rows)) => rows,
                    _ => Dim::Unknown,
                };
                let kept = dims.iter().skip(1).cloned();
                Some(Fact::Tensor(std::iter::once(rows).chain(kept).collect()))
            }
            (_, [axis, ..]) if is_along_axis(name) => {
                match self.axis(op, name, tensor, axis, state) {
                    Some(axis) => self.along(op, name, tensor, axis, &rest[1..], state),
                    None => along_some_axis(name, dims),
                }
            }
            _ => is_elementwise(name, args.len()).then_some(Fact::Tensor(dims)),
        }
    }

    fn matmul(&mut self, op: &Op, [a, b]: [Tensor<'_>; 2]) -> Option<Fact> {
        let (rows, inner, other, columns) = match (a.dims, b.dims) {
            ([m, k], [l, n]) => (Some(m), k, l, Some(n)),
            ([k], [l, n]) => (None, k, l, Some(n)),
            ([m, k], [l]) => (Some(m), k, l, None),
            _ => return None,
        };
        if inner.same(other).is_none() {
            self.differ(op, "matmul", [a, b], "inner dimensions", [inner, other]);
        }
        Some(Fact::Tensor(rows.into_iter().chain(columns).cloned().collect()))
    }

    /// Aligned at the last axes.
    fn broadcast(&mut self, op: &Op, label: &str, [a, b]: [Tensor<'_>; 2]) -> Fact {
        let (long, short) = if a.dims.len() < b.dims.len() { (b, a) } else { (a, b) };
        let mut dims = long.dims.to_vec();
        for (dim, other) in dims.iter_mut().rev().zip(short.dims.iter().rev()) {
            *dim = dim.broadcast(other).unwrap_or_else(|| {
                let sides =
                    if a.dims.len() < b.dims.len() { [other, &*dim] } else { [&*dim, other] };
                self.differ(op, label, [a, b], "dimensions", sides);
                Dim::Unknown
            });
        }
        Fact::Tensor(dims)
    }

    /// Operands that must be of one shape.
    fn like(
        &mut self,
        op: &Op,
        label: &str,
        tensor: Tensor<'_>,
        other: &Operand,
        state: &Reached,
    ) -> Option<Fact> {
        let Some(Fact::Tensor(right)) = self.operand(other, state) else {
            return Some(Fact::Tensor(tensor.dims.to_vec()));
        };
        if right.len() != tensor.dims.len() {
            return None;
        }
        let mut dims = Vec::new();
        for (one, other_dim) in tensor.dims.iter().zip(&right) {
            dims.push(one.same(other_dim).unwrap_or_else(|| {
                let sides = [tensor, Tensor { operand: other, dims: &right, side: "the argument" }];
                self.differ(op, label, sides, "dimensions", [one, other_dim]);
                Dim::Unknown
            }));
        }
        Some(Fact::Tensor(dims))
    }

    fn joined(
        &mut self,
        op: &Op,
        join: Join,
        parts: &[Operand],
        axis: &Operand,
        state: &Reached,
    ) -> Option<Fact> {
        let shapes: Option<Vec<Vec<Dim>>> = parts
            .iter()
            .map(|part| match self.operand(part, state)? {
                Fact::Tensor(dims) => Some(dims),
                _ => None,
            })
            .collect();
        let shapes = shapes?;
        let (first, others) = shapes.split_first()?;
        let rank = first.len();
        let (label, axes) = match join {
            Join::Concat => ("concat", rank),
            Join::Stack => ("stack", rank + 1),
        };
        let axis = self.number(axis, state)?;
        if axis >= axes {
            let own = self.described(&parts[0], first, "the first tensor");
            self.error(op, format!("{label}: {own}: there is no axis {axis}"), AXES.to_owned());
            return None;
        }
        let mut dims = first.clone();
        for (other, operand) in others.iter().zip(&parts[1..]) {
            for (index, (dim, own)) in dims.iter_mut().zip(other).enumerate() {
                if join == Join::Concat && index == axis {
                    *dim = arithmetic(BinaryOp::Add, dim, own);
                } else if let Some(same) = dim.same(own) {
                    *dim = same;
                } else {
                    let sides = [
                        Tensor { operand: &parts[0], dims: first, side: "the first tensor" },
                        Tensor { operand, dims: other, side: "another" },
                    ];
                    self.differ(op, label, sides, "dimensions", [&first[index], own]);
                }
            }
        }
        if join == Join::Stack {
            dims.insert(axis, Dim::length(parts.len()));
        }
        Some(Fact::Tensor(dims))
    }

    /// `Tensor::zeros([n, 3])` and the like.
    fn constructed(&self, name: &str, args: &[Operand], state: &Reached) -> Option<Fact> {
        match (name, args) {
            ("zeros" | "ones", [dims])
            | ("full" | "rand" | "randn" | "rand_with" | "randn_with", [dims, _]) => {
                self.dims_of(dims, state).map(Fact::Tensor)
            }
            ("eye", [length]) => {
                let Some(Fact::Integer(length)) = self.operand(length, state) else {
                    return Some(Fact::of_rank(2));
                };
                Some(Fact::Tensor(vec![length.clone(), length]))
            }
            _ => None,
        }
    }

    /// The axis that is passed to an operation, if it is a number and there is such an axis.
    fn axis(
        &mut self,
        op: &Op,
        name: &str,
        tensor: Tensor<'_>,
        axis: &Operand,
        state: &Reached,
    ) -> Option<usize> {
        let axis = self.number(axis, state)?;
        if axis < tensor.dims.len() {
            return Some(axis);
        }
        let own = self.described(tensor.operand, tensor.dims, tensor.side);
        self.error(op, format!("{name}: {own}, which has no axis {axis}"), AXES.to_owned());
        None
    }

    /// The dimensions that an array of integers stands for.
    pub(super) fn dims_of(&self, operand: &Operand, state: &Reached) -> Option<Vec<Dim>> {
        let Fact::Parts(parts) = self.operand(operand, state)? else { return None };
        let dims = parts.into_iter().map(|part| match part {
            Some(Fact::Integer(dim)) => dim,
            _ => Dim::Unknown,
        });
        Some(dims.collect())
    }

    pub(super) fn number(&self, operand: &Operand, state: &Reached) -> Option<usize> {
        match self.operand(operand, state)? {
            Fact::Integer(dim) => dim.number(),
            _ => None,
        }
    }

    /// Reports that two dimensions of two operands differ.
    fn differ(
        &mut self,
        op: &Op,
        label: &str,
        [a, b]: [Tensor<'_>; 2],
        what: &str,
        [one, other]: [&Dim; 2],
    ) {
        let message = format!(
            "{label}: {}, {}: the {what} {} and {} differ",
            self.described(a.operand, a.dims, a.side),
            self.described(b.operand, b.dims, b.side),
            quoted(one),
            quoted(other),
        );
        self.error(op, message, help(one, other));
    }

    pub(super) fn error(&mut self, op: &Op, message: String, help: String) {
        let error = Error { span: op.span, message, help };
        self.errors.or_insert_with(op.id.0, || error);
    }
}

pub(super) const AXES: &str = "axes are counted from 0";

/// Whether a method is applied to each element, so that it keeps the shape.
fn is_elementwise(name: &str, arity: usize) -> bool {
    match rules::method(name, arity) {
        Some(Rule::Elementwise(_)) => true,
        Some(Rule::Inactive) => rules::is_piecewise_constant(name),
        _ => false,
    }
}

fn is_tensor(fact: &Fact) -> bool {
    matches!(fact, Fact::Tensor(_))
}

/// Methods whose first argument is an axis.
fn is_along_axis(name: &str) -> bool {
    name.ends_with("_axis")
        || name.ends_with("_axis_keepdim")
        || matches!(name, "softmax" | "log_softmax" | "cumsum" | "slice" | "select")
}

/// The result of an operation along an axis that is not known.
fn along_some_axis(name: &str, dims: Vec<Dim>) -> Option<Fact> {
    let rank = dims.len();
    match name {
        "softmax" | "log_softmax" | "cumsum" => Some(Fact::Tensor(dims)),
        "slice" | "sum_axis_keepdim" | "mean_axis_keepdim" => Some(Fact::of_rank(rank)),
        "argmax_axis" | "argmin_axis" => None,
        _ => rank.checked_sub(1).map(Fact::of_rank),
    }
}

/// What is known of a sum, a difference or a product.
pub(super) fn arithmetic(operator: BinaryOp, a: &Dim, b: &Dim) -> Dim {
    match (operator, a.number(), b.number()) {
        (BinaryOp::Mul, ..) => a.times(b),
        (BinaryOp::Add, Some(0), _) => b.clone(),
        (BinaryOp::Add | BinaryOp::Sub, _, Some(0)) => a.clone(),
        (BinaryOp::Add, Some(a), Some(b)) => a.checked_add(b).map_or(Dim::Unknown, Dim::length),
        (BinaryOp::Sub, Some(a), Some(b)) => a.checked_sub(b).map_or(Dim::Unknown, Dim::length),
        (BinaryOp::Div, Some(a), Some(b)) => a.checked_div(b).map_or(Dim::Unknown, Dim::length),
        _ => Dim::Unknown,
    }
}
