//! What operations mention.

use super::{
    Function, IdSet, Op, OpKind, Operand, Place, Proj, Region, RegionId, Role, Source, Value, VarId,
};

impl Value {
    /// Calls `f` with every variable that the value mentions, places by their roots.
    pub(crate) fn mentions(&self, f: &mut impl FnMut(VarId)) {
        match self {
            Self::Load(place) | Self::Ref { place, .. } => place.mentions(f),
            Self::Use(operand)
            | Self::Unary(_, operand)
            | Self::Cast(operand, _)
            | Self::Detach(operand) => operand.var().into_iter().for_each(f),
            Self::Binary(_, lhs, rhs) => {
                [lhs, rhs].into_iter().filter_map(Operand::var).for_each(f);
            }
            Self::Join { parts, axis, .. } => {
                parts.iter().chain([axis]).filter_map(Operand::var).for_each(f);
            }
            Self::Method { args: operands, .. }
            | Self::Call { args: operands, .. }
            | Self::Aggregate(_, operands) => {
                operands.iter().filter_map(Operand::var).for_each(f);
            }
            Self::Inspect { operand, hook } => {
                operand.var().into_iter().chain(hook.mentioned()).for_each(f);
            }
            Self::Opaque(opaque) => opaque.mentioned().for_each(f),
        }
    }
}

impl super::Opaque {
    fn mentioned(&self) -> impl Iterator<Item = VarId> + '_ {
        self.reads.iter().chain(&self.writes).chain(&self.moves).copied()
    }
}

impl Place {
    fn mentions(&self, f: &mut impl FnMut(VarId)) {
        f(self.root);
        self.indices().filter_map(Operand::var).for_each(f);
    }
}

impl Op {
    /// Calls `f` with every variable that the operation itself mentions, its regions aside; what it
    /// defines is not among them.
    pub(crate) fn mentions(&self, function: &Function, f: &mut impl FnMut(VarId)) {
        let alias = |var: &VarId, f: &mut dyn FnMut(VarId)| {
            if let Role::Alias { target, .. } = &function.var(*var).role {
                target.mentions(&mut |var| f(var));
            }
        };
        match &self.kind {
            OpKind::Define { value, .. } => value.mentions(f),
            OpKind::Alias { alias: var, .. } => alias(var, f),
            OpKind::Split { low, high } => [low, high].into_iter().for_each(|var| alias(var, f)),
            OpKind::Store { place, value } | OpKind::AddAssign { place, value, .. } => {
                place.mentions(f);
                value.var().into_iter().for_each(f);
            }
            OpKind::Mutate { place, args, .. } => {
                place.mentions(f);
                args.iter().filter_map(Operand::var).for_each(f);
            }
            OpKind::Exchange { a, b } => [*a, *b].into_iter().for_each(f),
            OpKind::Effect(opaque) => opaque.mentioned().for_each(f),
            OpKind::If { cond, .. } => cond.var().into_iter().for_each(f),
            OpKind::Match { scrutinee, arms, .. } => {
                scrutinee.iter().for_each(|part| part.place.mentions(f));
                let guards = arms.iter().filter_map(|arm| arm.guard.as_ref());
                guards.for_each(|guard| guard.mentioned().for_each(&mut *f));
                arms.iter().flat_map(|arm| &arm.bound).for_each(|var| alias(var, f));
            }
            OpKind::For { source: Source::Range { start, end, snapshots, .. }, .. } => {
                [start, end].into_iter().filter_map(Operand::var).for_each(&mut *f);
                snapshots.iter().filter_map(|kept| kept.number.var()).for_each(f);
            }
            OpKind::For { source: Source::Each { place, len, .. }, .. } => {
                place.mentions(f);
                f(*len);
            }
            OpKind::Declare { .. }
            | OpKind::Loop { .. }
            | OpKind::Block { .. }
            | OpKind::Rest { .. }
            | OpKind::Checkpoint { .. }
            | OpKind::Exit(_) => {}
        }
    }
}

impl Region {
    /// The region and those in it.
    pub(crate) fn with_inner(&self) -> IdSet<RegionId> {
        let mut regions = IdSet::from(self.id);
        self.walk(&mut |op| regions.extend(op.kind.regions().iter().map(|region| region.id)));
        regions
    }

    /// Calls `f` with every operation of the region and of those in it, in order.
    pub(crate) fn walk<'r>(&'r self, f: &mut impl FnMut(&'r Op)) {
        for op in &self.ops {
            f(op);
            for inner in op.kind.regions() {
                inner.walk(f);
            }
        }
    }
}

impl OpKind {
    /// The place in a list that the operation writes to, or the whole list, if what it replaces can be kept: it is
    /// copied, or moved out of its variable.
    pub(crate) fn replaced_place(&self, function: &Function) -> Option<Place> {
        let (Self::Store { place, .. } | Self::AddAssign { place, .. }) = self else { return None };
        let place = function.resolve(place);
        let in_list = |proj: &Proj| matches!(proj, Proj::Index(_) | Proj::Slice { .. });
        let is_whole = place.path.is_empty() && matches!(self, Self::Store { .. });
        let is_copied = function.place_ty(&place).is_copy();
        (place.path.iter().all(in_list) && (is_copied || is_whole)).then_some(place)
    }
}
