//! Operations that arrange the elements of one tensor anew, or take some of them.

use super::dim::{shape, Dim, Fact};
use super::operations::{arithmetic, Tensor, AXES};
use super::report::{help, quoted};
use super::{Flow, Reached};
use crate::ir::{BinaryOp, Op, Opaque, Operand, Place, Value};

impl<'f> Flow<'f> {
    pub(super) fn permuted(
        &mut self,
        op: &Op,
        tensor: Tensor<'_>,
        axes: &Operand,
        state: &Reached,
    ) -> Option<Fact> {
        let Some(axes) = self.dims_of(axes, state) else {
            return Some(Fact::of_rank(tensor.dims.len()));
        };
        let numbers: Option<Vec<usize>> = axes.iter().map(Dim::number).collect();
        let Some(numbers) = numbers else { return Some(Fact::of_rank(tensor.dims.len())) };
        let rank = tensor.dims.len();
        // How many axes there are is in the type.
        if numbers.len() == rank && !(0..rank).all(|axis| numbers.contains(&axis)) {
            let own = self.described(tensor.operand, tensor.dims, tensor.side);
            let message =
                format!("permute: {own}, and {} does not name each of its axes once", shape(&axes));
            self.error(op, message, AXES.to_owned());
            return Some(Fact::of_rank(rank));
        }
        let dims = numbers.iter().map(|axis| tensor.dims.get(*axis).cloned());
        dims.collect::<Option<_>>().map(Fact::Tensor)
    }

    pub(super) fn reshaped(
        &mut self,
        op: &Op,
        tensor: Tensor<'_>,
        to: &Operand,
        state: &Reached,
    ) -> Option<Fact> {
        let dims = self.dims_of(to, state)?;
        let (before, after) = (Dim::product(tensor.dims), Dim::product(&dims));
        if before.same(&after).is_none() {
            let own = self.described(tensor.operand, tensor.dims, tensor.side);
            let message = format!(
                "reshape: {own}, and is to be {}: the numbers of elements, {} and {}, differ",
                shape(&dims),
                quoted(&before),
                quoted(&after),
            );
            self.error(op, message, help(&before, &after));
        }
        Some(Fact::Tensor(dims))
    }

    pub(super) fn broadcast_to(
        &mut self,
        op: &Op,
        tensor: Tensor<'_>,
        to: &Operand,
        state: &Reached,
    ) -> Option<Fact> {
        let dims = self.dims_of(to, state)?;
        for (own, target) in tensor.dims.iter().rev().zip(dims.iter().rev()) {
            if own.number() != Some(1) && own.same(target).is_none() {
                let described = self.described(tensor.operand, tensor.dims, tensor.side);
                let message = format!(
                    "broadcast_to: {described}, and is to be {}: the dimensions {} and {} differ",
                    shape(&dims),
                    quoted(own),
                    quoted(target),
                );
                self.error(op, message, help(own, target));
                break;
            }
        }
        Some(Fact::Tensor(dims))
    }

    pub(super) fn padded(&self, dims: &[Dim], padding: &Operand, state: &Reached) -> Vec<Dim> {
        let Some(Fact::Parts(padding)) = self.operand(padding, state) else {
            return vec![Dim::Unknown; dims.len()];
        };
        let added = |pair: &Option<Fact>| -> Option<usize> {
            let Some(Fact::Parts(pair)) = pair else { return None };
            pair.iter().try_fold(0, |sum: usize, part| match part {
                Some(Fact::Integer(dim)) => sum.checked_add(dim.number()?),
                _ => None,
            })
        };
        let added = padding.iter().map(added).chain(std::iter::repeat(None));
        let padded = dims.iter().zip(added).map(|(dim, added)| match (dim, added) {
            (dim, Some(0)) => dim.clone(),
            (dim, Some(added)) => arithmetic(BinaryOp::Add, dim, &Dim::length(added)),
            (_, None) => Dim::Unknown,
        });
        padded.collect()
    }

    /// An operation along an axis that is known.
    pub(super) fn along(
        &mut self,
        op: &Op,
        name: &str,
        tensor: Tensor<'_>,
        axis: usize,
        rest: &'f [Operand],
        state: &Reached,
    ) -> Option<Fact> {
        let mut dims = tensor.dims.to_vec();
        match (name, rest) {
            ("softmax" | "log_softmax" | "cumsum", []) => {}
            ("sum_axis_keepdim" | "mean_axis_keepdim", []) => dims[axis] = Dim::length(1),
            ("slice", [range]) => dims[axis] = self.sliced(op, tensor, axis, range, state),
            ("select", [index]) => {
                let length = dims.remove(axis);
                if let (Some(index), Some(length)) = (self.number(index, state), length.number()) {
                    if index >= length {
                        let own = self.described(tensor.operand, tensor.dims, tensor.side);
                        let message =
                            format!("select: {own}, whose axis {axis} has no index {index}");
                        self.error(op, message, "indices are counted from 0".to_owned());
                    }
                }
            }
            ("argmax_axis" | "argmin_axis", _) => return None,
            _ => {
                dims.remove(axis);
            }
        }
        Some(Fact::Tensor(dims))
    }

    /// The length of a slice.
    fn sliced(
        &mut self,
        op: &Op,
        tensor: Tensor<'_>,
        axis: usize,
        range: &Operand,
        state: &Reached,
    ) -> Dim {
        let whole = &tensor.dims[axis];
        let range = range.var().and_then(|var| self.values.get(&var).copied());
        let Some(Value::Opaque(opaque)) = range else { return Dim::Unknown };
        let Ok(range) = syn::parse2::<syn::ExprRange>(opaque.tokens.clone()) else {
            return Dim::Unknown;
        };
        let bound = |bound: &Option<Box<syn::Expr>>| {
            bound.as_ref().map(|bound| self.bound(bound, opaque, state))
        };
        let start = bound(&range.start).unwrap_or(Dim::length(0));
        let end = match (bound(&range.end), range.limits) {
            (None, _) => whole.clone(),
            (Some(end), syn::RangeLimits::HalfOpen(_)) => end,
            (Some(end), syn::RangeLimits::Closed(_)) => {
                arithmetic(BinaryOp::Add, &end, &Dim::length(1))
            }
        };
        if let (Some(end), Some(length)) = (end.number(), whole.number()) {
            if end > length {
                let own = self.described(tensor.operand, tensor.dims, tensor.side);
                let message = format!("slice: {own}, whose axis {axis} ends before {end}");
                self.error(
                    op,
                    message,
                    "a range ends at the length of the axis or before".to_owned(),
                );
            }
        }
        arithmetic(BinaryOp::Sub, &end, &start)
    }

    /// A bound of a range: a number or a variable.
    fn bound(&self, bound: &syn::Expr, opaque: &Opaque, state: &Reached) -> Dim {
        let fact = match bound {
            syn::Expr::Lit(literal) => self.literal(&quote::quote!(#literal)),
            syn::Expr::Path(path) => {
                let name = path.path.get_ident();
                let mut reads = opaque.reads.iter();
                let var = reads.find(|var| Some(&self.function.var(**var).ident) == name);
                var.and_then(|var| self.place(&Place::var(*var), state))
            }
            _ => None,
        };
        match fact {
            Some(Fact::Integer(dim)) => dim,
            _ => Dim::Unknown,
        }
    }
}
