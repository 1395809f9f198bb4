//! Availability: how the reverse pass gets hold of a primal value.
//!
//! A value that can be read or computed again from what is at hand is; any other that an adjoint
//! needs is kept. Values of the function's own region are captured by the pullback, those of an
//! inner region go into that region's frame.

use super::activity::Activity;
use super::index::Index;
use crate::ir::{BinaryOp, Function, Operand, Place, RegionId, Role, Ty, UnaryOp, Value, VarId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How deep an expression may be to be computed again.
const DEPTH: u32 = 4;

pub(crate) struct Availability<'a> {
    function: &'a Function,
    activity: &'a Activity,
    index: &'a Index<'a>,
    again: HashMap<VarId, bool>,
}

impl<'a> Availability<'a> {
    pub(crate) fn new(
        function: &'a Function,
        activity: &'a Activity,
        index: &'a Index<'a>,
    ) -> Self {
        Self { function, activity, index, again: HashMap::new() }
    }

    /// Whether the reverse pass computes or reads a variable's value again.
    pub(crate) fn is_recomputed(&mut self, var: VarId) -> bool {
        self.recomputable(var, DEPTH)
    }

    fn recomputable(&mut self, var: VarId, depth: u32) -> bool {
        if let Some(known) = self.again.get(&var) {
            return *known;
        }
        if depth == 0 || self.function.var(var).is_mutable() {
            return false;
        }
        let result = match self.index.definition(var) {
            Some(Value::Load(place) | Value::Ref { place, .. }) => {
                self.reloadable(place, var, depth)
            }
            // A borrow cannot be kept, what it borrows can.
            Some(Value::Detach(_)) => true,
            Some(Value::Unary(UnaryOp::Neg, operand)) => {
                self.cheap(var) && self.at_hand(operand, var, depth)
            }
            Some(Value::Cast(operand, _)) => self.cheap(var) && self.at_hand(operand, var, depth),
            Some(Value::Binary(op, lhs, rhs)) => {
                let cheap = matches!(op, BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul);
                let index = self.function.var(var).ty == Ty::Inactive;
                (cheap || index)
                    && self.cheap(var)
                    && self.at_hand(lhs, var, depth)
                    && self.at_hand(rhs, var, depth)
            }
            Some(Value::Method { name, args, .. }) if name == "len" => {
                self.at_hand(&args[0], var, depth)
            }
            _ => false,
        };
        self.again.insert(var, result);
        result
    }

    /// Named variables of the function's own region are captured instead: that costs nothing.
    fn cheap(&self, var: VarId) -> bool {
        let var = self.function.var(var);
        let free_to_capture = var.region == RegionId(0) && var.source.is_some();
        !free_to_capture && (var.ty.is_float() || var.ty == Ty::Inactive)
    }

    /// Whether an operand is there in the reverse pass without being kept in the frame of `reader`.
    fn at_hand(&mut self, operand: &Operand, reader: VarId, depth: u32) -> bool {
        let Operand::Var(id) = operand else { return true };
        let var = self.function.var(*id);
        let is_value = matches!(var.role, Role::Let | Role::Temp { inline: false });
        // Kept once outside rather than in each iteration inside.
        let is_outer = var.region != self.function.var(reader).region;
        if is_value && is_outer && (var.ty.is_float() || self.index.is_count(*id)) {
            return true;
        }
        match &var.role {
            Role::Param { .. } | Role::LoopIndex => true,
            Role::Let if var.region == RegionId(0) => true,
            Role::Temp { inline: false } if var.region == RegionId(0) && var.ty.is_owned() => true,
            Role::Mutable | Role::InOut { .. } => false,
            _ => self.recomputable(*id, depth - 1),
        }
    }

    /// Whether a place still holds in the reverse pass what was read from it by `reader`.
    fn reloadable(&mut self, place: &Place, reader: VarId, depth: u32) -> bool {
        let place = self.function.resolve(place);
        let root = self.function.var(place.root);
        let holds = match &root.role {
            Role::Param { .. } => !self.index.is_moved(place.root),
            Role::Let | Role::Temp { .. } => self.is_capturable(place.root),
            Role::Mutable => {
                self.is_capturable(place.root)
                    && !self.index.is_late(place.root)
                    && self.index.unchanged_since(place.root, reader)
            }
            Role::LoopIndex => true,
            Role::Alias { .. } | Role::InOut { .. } => false,
        };
        // An index read from an alias's path was evaluated when the alias was made.
        holds
            && place.is_readable()
            && place.indices().all(|index| self.at_hand(index, reader, depth))
    }

    /// Whether a local is what `.detach()` gives of something that is not a scalar: a reference.
    fn is_detached_borrow(&self, var: VarId) -> bool {
        match self.index.definition(var) {
            Some(Value::Detach(_)) => !self.function.var(var).ty.is_float(),
            Some(Value::Use(Operand::Var(source))) => self.is_detached_borrow(*source),
            _ => false,
        }
    }

    /// Whether a local owns its value, as far as is known, so that the pullback can own it.
    fn is_capturable(&self, var: VarId) -> bool {
        if self.index.is_moved(var) || self.is_detached_borrow(var) {
            return false;
        }
        if self.function.var(var).ty.is_owned() {
            return true;
        }
        match self.index.definition(var) {
            Some(Value::Aggregate(..) | Value::Binary(..)) => true,
            // A differentiable function returns no references; of others nothing is known.
            Some(Value::Call { .. }) => self.activity.is_varied(var),
            Some(Value::Opaque(_)) => false,
            Some(Value::Use(Operand::Var(source))) => self.is_capturable(*source),
            Some(Value::Load(_)) => true,
            Some(Value::Method { .. }) => self.function.var(var).ty != Ty::Inactive,
            Some(Value::Detach(_) | Value::Ref { .. }) => false,
            Some(Value::Unary(..) | Value::Cast(..) | Value::Join { .. } | Value::Use(_)) => true,
            None => matches!(self.function.var(var).role, Role::Temp { .. } | Role::Let),
        }
    }
}

/// What the forward pass keeps for the reverse pass.
#[derive(Default)]
pub(crate) struct Kept {
    /// Values of variables.
    pub(crate) values: BTreeSet<VarId>,
    /// Partial derivatives, by the variable that their operation defines, in terms of another.
    pub(crate) partials: BTreeMap<VarId, (VarId, &'static str)>,
    /// What those are functions of.
    pub(crate) read_again: BTreeSet<VarId>,
    /// Shapes of variables.
    pub(crate) shapes: BTreeSet<VarId>,
    /// Variables whose cotangent or whose memory is used as a place, so that they are not moved.
    pub(crate) roots: BTreeSet<VarId>,
}

impl Kept {
    /// Whether plain uses of a variable must leave it in place.
    pub(crate) fn is_kept(&self, var: VarId) -> bool {
        self.values.contains(&var) || self.roots.contains(&var)
    }

    /// Whether a variable is read once more where it was computed.
    pub(crate) fn is_read_again(&self, var: VarId) -> bool {
        self.read_again.contains(&var)
    }
}
