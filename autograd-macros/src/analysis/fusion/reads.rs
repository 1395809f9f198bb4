//! Which operations read a variable.

use crate::analysis::index::Index;
use crate::ir::{
    Function, IdMap, IdSet, Op, OpId, OpKind, Operand, Place, Region, Role, Source, Value, VarId,
};

/// Calls `f` with every variable that an operation itself reads, those of its regions aside.
fn own_reads(function: &Function, op: &Op, f: &mut impl FnMut(VarId)) {
    match &op.kind {
        OpKind::Alias { alias, .. } | OpKind::Split { low: alias, .. } => {
            if let Role::Alias { target, .. } = &function.var(*alias).role {
                place_reads(target, f);
            }
        }
        OpKind::Define { value, .. } => value_reads(value, f),
        OpKind::Store { place, value } | OpKind::AddAssign { place, value, .. } => {
            place_reads(place, f);
            operands([value], f);
        }
        OpKind::Mutate { place, args, .. } => {
            place_reads(place, f);
            operands(args, f);
        }
        OpKind::Exchange { a, b } => [*a, *b].into_iter().for_each(f),
        OpKind::Effect(opaque) => opaque.reads.iter().copied().for_each(f),
        OpKind::If { cond, .. } => operands([cond], f),
        OpKind::Match { scrutinee, arms, .. } => {
            scrutinee.iter().for_each(|part| place_reads(&part.place, f));
            for guard in arms.iter().filter_map(|arm| arm.guard.as_ref()) {
                guard.reads.iter().copied().for_each(&mut *f);
            }
        }
        OpKind::For { source, .. } => match source {
            Source::Range { start, end, .. } => operands([start, end], f),
            Source::Each { len, place, .. } => {
                f(*len);
                place_reads(place, f);
            }
        },
        OpKind::Declare { .. }
        | OpKind::Loop { .. }
        | OpKind::Block { .. }
        | OpKind::Rest { .. }
        | OpKind::Checkpoint { .. }
        | OpKind::Exit(_) => {}
    }
}

fn value_reads(value: &Value, f: &mut impl FnMut(VarId)) {
    match value {
        Value::Use(operand)
        | Value::Unary(_, operand)
        | Value::Cast(operand, _)
        | Value::Detach(operand) => operands([operand], f),
        Value::Load(place) | Value::Ref { place, .. } => place_reads(place, f),
        Value::Binary(_, lhs, rhs) => operands([lhs, rhs], f),
        Value::Method { args, .. } | Value::Call { args, .. } | Value::Aggregate(_, args) => {
            operands(args, f);
        }
        Value::Join { parts, axis, .. } => operands(parts.iter().chain([axis]), f),
        Value::Inspect { operand, hook } => {
            operands([operand], f);
            hook.reads.iter().copied().for_each(f);
        }
        Value::Opaque(opaque) => opaque.reads.iter().copied().for_each(f),
    }
}

fn place_reads(place: &Place, f: &mut impl FnMut(VarId)) {
    f(place.root);
    operands(place.indices(), f);
}

fn operands<'o>(operands: impl IntoIterator<Item = &'o Operand>, f: &mut impl FnMut(VarId)) {
    operands.into_iter().filter_map(Operand::var).for_each(f);
}

/// Calls `f` with every variable that an operation reads, in its regions too.
pub(super) fn reads(function: &Function, op: &Op, f: &mut dyn FnMut(VarId)) {
    own_reads(function, op, &mut |var| f(var));
    for region in op.kind.regions() {
        region.ops.iter().for_each(|op| reads(function, op, f));
        operands(region.result.iter(), &mut |var| f(var));
    }
}

/// Gathers what is read where a variable is written: itself, and what it is made of if it is inline.
pub(super) fn through_inline(
    function: &Function,
    index: &Index<'_>,
    var: VarId,
    held: &mut IdSet<VarId>,
) {
    if !held.insert(var) || !matches!(function.var(var).role, Role::Temp { inline: true }) {
        return;
    }
    if let Some(value) = index.definition(var) {
        value_reads(value, &mut |inner| through_inline(function, index, inner, held));
    }
}

/// The readers of each variable.
pub(super) struct Readers {
    /// By operation; none is the end of a region.
    of: IdMap<VarId, Vec<Option<OpId>>>,
    /// What a borrow that is written where it is used borrows.
    roots: IdMap<VarId, VarId>,
}

impl Readers {
    pub(super) fn new(function: &Function, index: &Index<'_>) -> Self {
        let roots = function.ids().filter_map(|var| Some((var, borrowed(function, index, var)?)));
        let mut readers = Self { of: IdMap::new(), roots: roots.collect() };
        readers.region(function, &function.body);
        readers
    }

    /// The variable itself, or what it borrows.
    pub(super) fn root(&self, var: VarId) -> VarId {
        self.roots.get(&var).copied().unwrap_or(var)
    }

    /// Whether an operation is a borrow that is written where it is used.
    pub(super) fn is_borrow(&self, op: &Op) -> bool {
        matches!(&op.kind, OpKind::Define { dest, .. } if self.roots.contains_key(dest))
    }

    /// Whether an operation other than those in `ops` reads a variable.
    pub(super) fn is_read_outside(&self, var: VarId, ops: &IdSet<OpId>) -> bool {
        let readers = self.of.get(&var).map_or(&[][..], Vec::as_slice);
        readers.iter().any(|reader| reader.is_none_or(|op| !ops.contains(&op)))
    }

    fn add(&mut self, var: VarId, reader: Option<OpId>) {
        let root = self.root(var);
        self.of.or_default(root).push(reader);
    }

    fn region(&mut self, function: &Function, region: &Region) {
        for op in &region.ops {
            if !self.is_borrow(op) {
                own_reads(function, op, &mut |var| self.add(var, Some(op.id)));
            }
            op.kind.regions().into_iter().for_each(|inner| self.region(function, inner));
        }
        if let Some(Operand::Var(var)) = &region.result {
            self.add(*var, None);
        }
    }
}

/// What an inline borrow of a whole variable borrows: one that is not changed.
fn borrowed(function: &Function, index: &Index<'_>, var: VarId) -> Option<VarId> {
    match index.definition(var)? {
        Value::Ref { place, .. }
            if place.path.is_empty()
                && matches!(function.var(var).role, Role::Temp { inline: true })
                && matches!(
                    function.var(place.root).role,
                    Role::Let | Role::Temp { .. } | Role::Param { .. }
                ) =>
        {
            Some(place.root)
        }
        _ => None,
    }
}
