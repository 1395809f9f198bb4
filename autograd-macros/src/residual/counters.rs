//! Counters: integer variables that change only by steps, so that the reverse pass counts them
//! backwards instead of keeping what was read of them.
//!
//! ```text
//! let mut next = v.len();          kept: next, as it is in the end
//! for … {
//!     for … {
//!         … factor[next] …         the reverse of this loop begins with `next -= 1`, and reads `next`
//!         next += 1;
//!     }
//! }
//! ```

use crate::analysis::index::Index;
use crate::ir::{
    Function, IdMap, IdSet, OpKind, Operand, Region, RegionId, Role, Source, Ty, Value, VarId,
};

/// A change of a counter: by a literal, up or down.
#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) counter: VarId,
    pub(crate) by: Operand,
    pub(crate) negate: bool,
}

#[derive(Default)]
pub(crate) struct Counters {
    /// The steps of each region, in order.
    pub(crate) steps: IdMap<RegionId, Vec<Step>>,
    /// The counter that a variable was read from, and the steps since the beginning of the region
    /// that steps it.
    pub(crate) reads: IdMap<VarId, (VarId, Vec<Step>)>,
    /// Counters of which something is read.
    pub(crate) used: IdSet<VarId>,
}

impl Counters {
    /// Finds the counters. `reversed` are the regions whose reverse runs whenever they did.
    pub(super) fn new(function: &Function, index: &Index<'_>, reversed: &IdSet<RegionId>) -> Self {
        let mut search =
            Search { function, found: Self::default(), disqualified: IdSet::new(), reversed };
        search.region(&function.body, &[]);
        let Search { found: Self { mut steps, mut reads, .. }, disqualified, .. } = search;
        let counted = |var: VarId| steps.values().flatten().filter(|s| s.counter == var).count();
        let counters: IdSet<VarId> = steps
            .values()
            .flatten()
            .map(|step| step.counter)
            .filter(|var| !disqualified.contains(var) && counted(*var) == index.writes(*var))
            .collect();
        for steps in steps.values_mut() {
            steps.retain(|step| counters.contains(&step.counter));
        }
        steps.retain(|_, steps| !steps.is_empty());
        reads.retain(|_, (counter, _)| counters.contains(counter));
        Self { steps, reads, used: IdSet::new() }
    }
}

struct Search<'a> {
    function: &'a Function,
    found: Counters,
    disqualified: IdSet<VarId>,
    reversed: &'a IdSet<RegionId>,
}

impl Search<'_> {
    /// Gathers the steps and reads of a region; the variables that it or a region in it steps.
    /// `before` are the steps that the regions around it have made when it is entered.
    fn region(&mut self, region: &Region, before: &[Step]) -> IdSet<VarId> {
        let mut steps: Vec<Step> = Vec::new();
        let mut inner = IdSet::new();
        let mut reads = Vec::new();
        for op in &region.ops {
            match &op.kind {
                OpKind::AddAssign { place, value, negate } if self.is_integer(place.root) => {
                    let counter = place.root;
                    if place.path.is_empty() && is_integer_literal(value) {
                        steps.push(Step { counter, by: value.clone(), negate: *negate });
                    } else {
                        self.disqualified.insert(counter);
                    }
                }
                OpKind::Store { place, .. } | OpKind::Mutate { place, .. } => {
                    self.disqualified.insert(self.function.resolve(place).root);
                }
                OpKind::Checkpoint { body, .. }
                | OpKind::For { source: Source::Range { snapshots: Some(_), .. }, body } => {
                    inner.extend(self.checkpoint(body));
                }
                OpKind::Define { dest, value: Value::Load(place) } if place.path.is_empty() => {
                    let made = before.iter().chain(&steps).filter(|s| s.counter == place.root);
                    reads.push((*dest, (place.root, made.cloned().collect())));
                }
                kind => {
                    for nested in kind.regions() {
                        let before = [before, &steps].concat();
                        inner.extend(self.region(nested, &before));
                    }
                }
            }
        }
        let own: IdSet<VarId> = steps.iter().map(|step| step.counter).collect();
        // Those steps would not be counted back at the beginning of the region's reverse alone.
        self.disqualified.extend(own.intersection(&inner));
        if !self.reversed.contains(&region.id) {
            self.disqualified.extend(&own);
        }
        // What is read beside loops that step is read in the middle of their steps.
        reads.retain(|(_, (counter, _))| !inner.contains(counter));
        self.found.reads.extend(reads);
        self.found.steps.insert(region.id, steps);
        inner.extend(own);
        inner
    }

    /// What runs again reads counters as they were when it was entered, and steps those that it declares.
    fn checkpoint(&mut self, body: &Region) -> IdSet<VarId> {
        let inside = body.with_inner();
        let before = std::mem::take(&mut self.found.reads);
        let stepped = self.region(body, &[]);
        let own = |counter: VarId| inside.contains(&self.function.var(counter).region);
        self.found.reads.retain(|_, (counter, _)| own(*counter));
        self.found.reads.extend(before);
        let outer = stepped.iter().filter(|counter| !own(**counter));
        self.disqualified.extend(outer);
        stepped
    }

    fn is_integer(&self, var: VarId) -> bool {
        let var = self.function.var(var);
        matches!(var.role, Role::Mutable) && var.ty == Ty::Inactive
    }
}

fn is_integer_literal(operand: &Operand) -> bool {
    let Operand::Literal(literal) = operand else { return false };
    syn::parse2::<syn::LitInt>(literal.tokens.stream()).is_ok()
}
