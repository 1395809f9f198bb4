//! Availability: how the reverse pass gets hold of a primal value.
//!
//! A value that can be read or computed again from what is at hand is; any other that an adjoint
//! needs is kept. Values of the function's own region are captured by the pullback, those of an
//! inner region go into that region's frame.

use crate::analysis::activity::Activity;
use crate::analysis::index::Index;
use crate::ir::{
    BinaryOp, Function, IdMap, IdSet, Operand, Place, Proj, RegionId, Role, Ty, UnaryOp, Value,
    VarId,
};
use crate::transform::adjoint::Reverse;

/// How many roundings deep an expression of scalars may be to be computed again.
const DEPTH: u32 = 4;

pub(super) struct Availability<'a> {
    function: &'a Function,
    activity: &'a Activity,
    index: &'a Index<'a>,
    /// Lists whose length may change.
    resized: IdSet<VarId>,
    /// Lists that the reverse pass changes back.
    restored: IdSet<VarId>,
    /// What is read of counters, which the reverse pass counts backwards.
    counted: IdSet<VarId>,
    /// Integers that are kept if they are asked for.
    kept: IdSet<VarId>,
    again: IdMap<(VarId, u32), bool>,
}

/// How the reverse pass gets the length of a list.
pub(crate) enum Length {
    /// From the bounds of the slice at the end of this place.
    Slice(Place),
    /// From the shape of a list whose elements may have changed.
    Shape(VarId),
    /// From the list.
    Value,
}

impl<'a> Availability<'a> {
    pub(super) fn new(
        function: &'a Function,
        activity: &'a Activity,
        index: &'a Index<'a>,
        reverse: &Reverse<'_>,
        counted: IdSet<VarId>,
        kept: IdSet<VarId>,
    ) -> Self {
        let resized = reverse.growing.union(&reverse.replaced);
        let restored = reverse.restored.clone();
        Self { function, activity, index, resized, restored, counted, kept, again: IdMap::new() }
    }

    /// Whether the reverse pass computes or reads a variable's value again.
    pub(super) fn is_recomputed(&mut self, var: VarId) -> bool {
        self.recomputable(var, DEPTH)
    }

    fn recomputable(&mut self, var: VarId, depth: u32) -> bool {
        if self.counted.contains(&var) {
            return true;
        }
        if depth == 0 || self.function.var(var).is_mutable() {
            return false;
        }
        if let Some(known) = self.again.get(&(var, depth)) {
            return *known;
        }
        let result = self.is_computable(var, depth);
        self.again.insert((var, depth), result);
        result
    }

    fn is_computable(&mut self, var: VarId, depth: u32) -> bool {
        // Integers are computed faster than they are kept.
        let below = if self.is_integer(var) { depth } else { depth - 1 };
        match self.index.definition(var) {
            Some(Value::Load(place) | Value::Ref { place, .. }) => {
                self.reloadable(place, var, below)
            }
            // A borrow cannot be kept, what it borrows can.
            Some(Value::Detach(_)) => true,
            // The type of a bare number follows from how the variable is used.
            Some(Value::Use(Operand::Literal(_))) => false,
            Some(Value::Binary(_, Operand::Literal(_), Operand::Literal(_))) => false,
            Some(Value::Use(operand) | Value::Unary(UnaryOp::Neg, operand)) => {
                self.cheap(var) && self.at_hand(operand, var, below)
            }
            Some(Value::Cast(operand, _)) => self.cheap(var) && self.at_hand(operand, var, below),
            Some(Value::Binary(op, lhs, rhs)) => {
                let cheap = matches!(op, BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul);
                let index = self.is_integer(var);
                (cheap || index)
                    && self.cheap(var)
                    && self.at_hand(lhs, var, below)
                    && self.at_hand(rhs, var, below)
            }
            Some(Value::Method { name, args, .. }) if name == "len" => {
                match self.length(&args[0]) {
                    Length::Slice(place) => match place.path.last() {
                        Some(Proj::Slice { start, end, .. }) => {
                            start.iter().chain(end).all(|bound| self.at_hand(bound, var, below))
                        }
                        _ => false,
                    },
                    Length::Shape(_) => true,
                    Length::Value => self.at_hand(&args[0], var, below),
                }
            }
            Some(Value::Opaque(opaque)) if opaque.label == "count" => {
                self.cheap(var) && opaque.reads.iter().all(|read| self.is_bound(*read, var, below))
            }
            _ => false,
        }
    }

    /// Whether a variable holds an integer, as far as its definition tells.
    pub(super) fn is_integer(&self, var: VarId) -> bool {
        let info = self.function.var(var);
        if info.is_mutable() {
            return false;
        }
        if info.ty == Ty::Unknown {
            return self.is_arithmetic_on_an_index(var);
        }
        if info.ty != Ty::Inactive {
            return false;
        }
        if matches!(info.role, Role::LoopIndex) || self.counted.contains(&var) {
            return true;
        }
        match self.index.definition(var) {
            Some(Value::Binary(..) | Value::Cast(..)) => true,
            Some(Value::Use(Operand::Var(source))) => self.is_integer(*source),
            _ => self.index.is_count(var) || self.index.is_subscript(var),
        }
    }

    /// Whether a constant of a type that is not known is arithmetic with an integer that is: `i * width`.
    fn is_arithmetic_on_an_index(&self, var: VarId) -> bool {
        if self.activity.is_varied(var) {
            return false;
        }
        let is_integer = |operand: &Operand| match operand {
            Operand::Var(var) => self.is_integer(*var),
            Operand::Literal(literal) => {
                syn::parse2::<syn::LitInt>(literal.tokens.stream()).is_ok()
            }
        };
        match self.index.definition(var) {
            Some(Value::Binary(BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul, lhs, rhs)) => {
                is_integer(lhs) || is_integer(rhs)
            }
            _ => false,
        }
    }

    /// How long a list is whose length is asked for.
    pub(super) fn length(&self, list: &Operand) -> Length {
        let Some(Value::Ref { place, .. }) = list.var().and_then(|var| self.index.definition(var))
        else {
            return Length::Value;
        };
        let place = self.function.resolve(place);
        let root = self.function.var(place.root);
        match place.path.last() {
            Some(Proj::Slice { end: Some(_), inclusive: false, .. }) => Length::Slice(place),
            None if matches!(root.role, Role::Mutable)
                && matches!(root.ty, Ty::Vec(_) | Ty::Array(..))
                && self.activity.is_varied(place.root)
                && !self.resized.contains(&place.root)
                && !self.index.is_opaquely_written(place.root)
                && !self.index.is_late(place.root) =>
            {
                Length::Shape(place.root)
            }
            _ => Length::Value,
        }
    }

    /// Whether the reverse pass has a name for what tokens mention.
    fn is_bound(&mut self, var: VarId, reader: VarId, depth: u32) -> bool {
        let info = self.function.var(var);
        match info.role {
            Role::LoopIndex | Role::Param { by_ref: false, .. } => true,
            Role::Let | Role::Temp { .. } => {
                self.is_integer(var) && self.at_hand(&Operand::Var(var), reader, depth)
            }
            _ => false,
        }
    }

    /// Named variables of the function's own region are captured instead: that costs nothing.
    fn cheap(&self, var: VarId) -> bool {
        let info = self.function.var(var);
        let free_to_capture = info.region == RegionId(0) && info.source.is_some();
        !free_to_capture && (info.ty.is_float() || info.ty == Ty::Inactive || self.is_integer(var))
    }

    /// Whether an operand is there in the reverse pass without being kept in the frame of `reader`.
    fn at_hand(&mut self, operand: &Operand, reader: VarId, depth: u32) -> bool {
        let Operand::Var(id) = operand else { return true };
        // It has no value where control leaves its region: it could not be kept there.
        if self.index.is_leaving(*id) {
            return false;
        }
        let var = self.function.var(*id);
        let is_value = matches!(var.role, Role::Let | Role::Temp { inline: false });
        // Kept once outside rather than in each iteration inside.
        let is_outer = var.region != self.function.var(reader).region;
        if is_value && is_outer && (var.ty.is_float() || self.is_integer(*id)) {
            return true;
        }
        if is_value && self.kept.contains(id) && self.is_integer(*id) {
            return true;
        }
        match &var.role {
            Role::Param { .. } | Role::LoopIndex => true,
            Role::Let if var.region == RegionId(0) => true,
            Role::Temp { inline: false } if var.region == RegionId(0) && var.ty.is_owned() => true,
            Role::Mutable | Role::InOut { .. } => false,
            _ => self.recomputable(*id, depth),
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
                    && (self.index.unchanged_since(place.root, reader)
                        || self.is_restored(place.root, reader))
            }
            Role::LoopIndex => true,
            Role::Alias { .. } | Role::InOut { .. } => false,
        };
        // An index read from an alias's path was evaluated when the alias was made.
        holds
            && place.is_readable()
            && place.indices().all(|index| self.at_hand(index, reader, depth))
    }

    /// Whether the reverse pass has put back into a list what `reader` found there.
    fn is_restored(&self, list: VarId, reader: VarId) -> bool {
        self.restored.contains(&list) && self.index.unwritten_after(list, reader)
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
            Some(Value::Inspect { .. }) => true,
            Some(Value::Detach(_) | Value::Ref { .. }) => false,
            Some(Value::Unary(..) | Value::Cast(..) | Value::Join { .. } | Value::Use(_)) => true,
            None => matches!(self.function.var(var).role, Role::Temp { .. } | Role::Let),
        }
    }
}
