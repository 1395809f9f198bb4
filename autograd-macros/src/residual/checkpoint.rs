//! Checkpoints: blocks that run again in the reverse pass, so that nothing of them is kept but what
//! enters them.
//!
//! ```text
//! forward:   let y = { the block as it was written };
//! reverse:   {
//!                what entered the block, under the names that it had
//!                the forward pass of the block; its reverse
//!            }
//! ```

use super::plan::Plan;
use super::{Item, Residuals};
use crate::ir::{Function, IdMap, IdSet, Operand, Region, RegionId, Role, Value, VarId};
use crate::transform::adjoint::Branch;

/// What the reverse pass needs to run a block again.
#[derive(Default)]
pub(crate) struct Checkpoint {
    /// What enters the block and has no name in the reverse pass before it is given one, in order of
    /// definition.
    pub(crate) entering: Vec<(VarId, Entering)>,
    /// The regions of the block.
    pub(crate) regions: IdSet<RegionId>,
    /// Loops inside that keep frames on a stack, which belongs to the block.
    pub(crate) loops: IdSet<RegionId>,
}

/// How a value that enters comes to be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entering {
    /// It was copied where control entered the block.
    Entry,
    /// It is a name for memory.
    Alias,
    /// It is computed again.
    Again,
}

impl Plan<'_> {
    /// A block that runs again.
    pub(super) fn checkpoint(&mut self, branch: &Branch<'_>, around: RegionId) {
        self.runs_again(branch, around, &[]);
    }

    /// A loop whose iterations run again.
    pub(super) fn steps(&mut self, state: &[VarId], body: &Branch<'_>, around: RegionId) {
        self.found.frames.add(around, Item::Snapshots(body.region.id));
        self.runs_again(body, around, state);
    }

    fn runs_again(&mut self, branch: &Branch<'_>, around: RegionId, state: &[VarId]) {
        let body = branch.region;
        self.found.frames.passing.insert(body.id);
        let before = self.found.frames.loops.clone();
        self.stmts(&branch.body, body.id);
        let mut loops = &self.found.frames.loops - &before;
        for inner in self.found.checkpoints.values() {
            loops = &loops - &inner.loops;
        }
        let mut found = Checkpoint { entering: Vec::new(), regions: body.with_inner(), loops };
        let mentioned = self.mentioned_from_outside(body).into_iter();
        for var in mentioned.filter(|var| !state.contains(var)) {
            self.enter(var, body.id, around, &mut found);
        }
        found.entering.sort_by_key(|(var, _)| self.index.order(*var));
        self.found.checkpoints.insert(body.id, found);
    }

    fn mentioned_from_outside(&self, body: &Region) -> IdSet<VarId> {
        let inside = body.with_inner();
        let mut mentioned = IdSet::new();
        let results = |region: &Region| region.result.as_ref().and_then(Operand::var);
        mentioned.extend(results(body));
        body.walk(&mut |op| {
            op.mentions(self.function, &mut |var| {
                mentioned.insert(var);
            });
            mentioned.extend(op.kind.regions().into_iter().filter_map(results));
        });
        mentioned.retain(|var| !inside.contains(&self.function.var(*var).region));
        mentioned
    }

    /// Makes sure that the reverse pass has a value where it runs the block again.
    fn enter(&mut self, var: VarId, body: RegionId, around: RegionId, found: &mut Checkpoint) {
        if found.entering.iter().any(|(entered, _)| *entered == var) {
            return;
        }
        let role = &self.function.var(var).role;
        match role {
            Role::LoopIndex => {}
            Role::Param { .. } => self.need(var),
            Role::Alias { target, mutable: false } => {
                let indices: Vec<VarId> = target.indices().filter_map(Operand::var).collect();
                for index in indices {
                    self.enter(index, body, around, found);
                }
                self.enter(target.root, body, around, found);
                found.entering.push((var, Entering::Alias));
            }
            Role::Mutable if self.is_there_in_the_end(var, body) => self.need_root(var),
            Role::Mutable | Role::InOut { .. } | Role::Alias { mutable: true, .. } => {
                self.found.frames.add(around, Item::Entry(body, var));
                found.entering.push((var, Entering::Entry));
            }
            Role::Let | Role::Temp { .. } => {
                self.need(var);
                if self.found.values.contains(&var) {
                    return;
                }
                // It is written where it is used.
                if matches!(role, Role::Temp { inline: true }) {
                    let mut mentioned = Vec::new();
                    let value =
                        self.index.definition(var).expect("it is written as its definition");
                    value.mentions(&mut |var| mentioned.push(var));
                    mentioned.into_iter().for_each(|var| self.enter(var, body, around, found));
                } else if self.found.recomputed.contains(&var) {
                    self.make_again(var, found);
                }
            }
        }
    }

    /// What is computed again is given its name if that moves nothing; it is kept otherwise.
    fn make_again(&mut self, var: VarId, found: &mut Checkpoint) {
        let info = self.function.var(var);
        let borrows =
            matches!(self.index.definition(var), Some(Value::Ref { .. } | Value::Detach(_)));
        if borrows || info.ty.is_float() || self.availability.is_integer(var) {
            found.entering.push((var, Entering::Again));
        } else if self.found.values.insert(var) {
            self.found.frames.add(info.region, Item::Value(var));
        }
    }

    fn is_there_in_the_end(&self, var: VarId, body: RegionId) -> bool {
        self.index.unchanged_since_entry(var, body)
            && !self.index.is_late(var)
            && !self.index.is_moved(var)
            && self.function.var(var).ty.is_owned()
    }
}

impl Residuals {
    /// Whether a value is kept from the forward to the reverse pass, and not only where a block runs again.
    pub(crate) fn is_held(&self, function: &Function, var: VarId) -> bool {
        let region = function.var(var).region;
        let again =
            self.checkpoints.values().any(|checkpoint| checkpoint.regions.contains(&region));
        self.values.contains(&var) && !again
    }

    /// What is kept if nothing is of a block: for the forward pass of a checkpoint.
    pub(crate) fn without(&self, function: &Function, body: &Region) -> Self {
        let regions = body.with_inner();
        let mut ops = IdSet::new();
        body.walk(&mut |op| {
            ops.insert(op.id.0);
        });
        let outside = |var: &VarId| !regions.contains(&function.var(*var).region);
        let vars = |set: &IdSet<VarId>| set.iter().copied().filter(outside).collect();
        let others = |set: &IdSet<RegionId>| set - &regions;
        let frames = super::Frames {
            items: others_of(&self.frames.items, &regions),
            loops: others(&self.frames.loops),
            pullbacks: &self.frames.pullbacks - &ops,
            noted: others(&self.frames.noted),
            counted: others(&self.frames.counted),
            selected: &self.frames.selected - &ops,
            arrays: others_of(&self.frames.arrays, &regions),
            passing: others(&self.frames.passing),
        };
        Self {
            values: vars(&self.values),
            if_read: vars(&self.if_read),
            shapes: vars(&self.shapes),
            roots: vars(&self.roots),
            partial_operands: vars(&self.partial_operands),
            partials: self.partials.clone().into_iter().filter(|(var, _)| outside(var)).collect(),
            frames,
            ..Self::default()
        }
    }
}

/// What belongs to other regions.
fn others_of<T: Clone>(map: &IdMap<RegionId, T>, regions: &IdSet<RegionId>) -> IdMap<RegionId, T> {
    let others = map.iter().filter(|(region, _)| !regions.contains(region));
    others.map(|(region, value)| (*region, value.clone())).collect()
}
