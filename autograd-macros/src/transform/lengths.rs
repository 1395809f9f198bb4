//! Which variables hold lists whose length changes.

use crate::analysis::index::Index;
use crate::ir::{
    Function, IdSet, Mutation, OpKind, Place, Region, RegionId, Role, Ty, Value, VarId,
};

#[derive(Default)]
pub(super) struct Lengths {
    /// Variables with lists whose length may change where they are: by a `push` or by a call.
    pub(super) growing: IdSet<VarId>,
    /// Local lists of which another list takes the place.
    pub(super) replaced: IdSet<VarId>,
    pub(super) exchanged: Exchanged,
}

/// Pairs of lists that are exchanged.
#[derive(Default)]
pub(super) struct Exchanged(Vec<[VarId; 2]>);

impl Exchanged {
    /// Adds to a set what is exchanged with its members.
    pub(super) fn close(&self, set: &mut IdSet<VarId>) {
        let mut before = usize::MAX;
        while std::mem::replace(&mut before, set.len()) != set.len() {
            for pair in &self.0 {
                if pair.iter().any(|var| set.contains(var)) {
                    set.extend(pair);
                }
            }
        }
    }
}

impl Lengths {
    pub(super) fn new(function: &Function, index: &Index<'_>) -> Self {
        let mut lengths = Self::default();
        lengths.region(function, index, &function.body);
        // Of what tokens that are carried over assign, the length is not known.
        let opaque = |var: &&VarId| index.is_opaquely_written(**var);
        lengths.growing.extend(lengths.replaced.iter().filter(opaque));
        lengths.exchanged.close(&mut lengths.growing);
        lengths.replaced.retain(|var| !lengths.growing.contains(var));
        lengths
    }

    fn region(&mut self, function: &Function, index: &Index<'_>, region: &Region) {
        for op in &region.ops {
            match &op.kind {
                OpKind::Mutate { mutation: Mutation::Push | Mutation::Truncate, place, .. } => {
                    self.growing.insert(function.resolve(place).root);
                }
                OpKind::Store { place, .. } => self.store(function, index, place),
                OpKind::Exchange { a, b } => {
                    self.exchanged.0.push([*a, *b]);
                    self.replaced.extend([*a, *b]);
                    self.growing.extend([*a, *b].iter().filter(|var| index.is_late(**var)));
                }
                OpKind::Define { value: Value::Call { args, .. }, .. } => {
                    let definitions = args.iter().filter_map(|arg| index.definition(arg.var()?));
                    for value in definitions.filter(|value| function.may_write(value)) {
                        let Value::Ref { place, .. } = value else { continue };
                        let root = function.resolve(place).root;
                        if matches!(function.var(root).ty, Ty::Vec(_) | Ty::Unknown) {
                            self.growing.insert(root);
                        }
                    }
                }
                _ => {}
            }
            self.nested(function, index, &op.kind);
        }
    }

    fn nested(&mut self, function: &Function, index: &Index<'_>, kind: &OpKind) {
        let outer = std::mem::take(&mut self.replaced);
        let regions = kind.regions();
        for region in &regions {
            self.region(function, index, region);
        }
        if kind.runs_again() {
            // What is declared outside has, where it runs again, the shape that it had in the end.
            let own: IdSet<RegionId> =
                regions.iter().flat_map(|region| region.with_inner()).collect();
            let outside = |var: &&VarId| !own.contains(&function.var(**var).region);
            self.growing.extend(self.replaced.iter().filter(outside));
        }
        self.replaced.extend(outer);
    }

    /// Another value takes the place of all of a local list, or of a part of what then grows.
    fn store(&mut self, function: &Function, index: &Index<'_>, place: &Place) {
        let place = function.resolve(place);
        let root = place.root;
        let is_local = matches!(function.var(root).role, Role::Mutable) && !index.is_late(root);
        match function.place_ty(&place) {
            Ty::Vec(_) if is_local && place.path.is_empty() => self.replaced.insert(root),
            Ty::Vec(_) | Ty::Unknown => self.growing.insert(root),
            _ => false,
        };
    }
}
