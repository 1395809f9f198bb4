//! Lists that the reverse pass takes back through their earlier states.
//!
//! ```text
//! for i … {
//!     let mut s = b[i];
//!     for j in 0..i { s -= l[i][j] * x[j]; }     each x[j] is read by each later i
//!     x[i] = s / l[i][i];                       and written once
//! }
//! ```
//!
//! An element that is read more often than it is written is not kept where it is read. What a write replaces
//! is kept instead and put back in reverse, so that reads find there what they found before.

use super::Residuals;
use crate::analysis::index::Index;
use crate::ir::{Function, IdMap, IdSet, Place, Region, RegionId, Role, Ty, Value, VarId};
use crate::transform::adjoint::Reverse;

/// The lists for which this takes less memory than what was planned.
pub(crate) fn restored(
    function: &Function,
    index: &Index<'_>,
    reverse: &Reverse<'_>,
    planned: &Residuals,
) -> IdSet<VarId> {
    let mut candidates = IdSet::new();
    for var in &planned.values {
        let Some(Value::Load(place)) = index.definition(*var) else { continue };
        let root = function.resolve(place).root;
        let deepest = index.depths_of_writes(root).max();
        if deepest.is_some_and(|deepest| deepest < index.depth(*var))
            && index.unwritten_after(root, *var)
            && is_list(function, index, reverse, root)
        {
            candidates.insert(root);
        }
    }
    if candidates.is_empty() {
        return candidates;
    }
    let mut writes = Writes::default();
    writes.region(function, &function.body, false);
    let in_joint = planned.joint.as_ref().map(|joint| {
        let regions = function.body.ops[joint.op].kind.regions();
        let mut inside = Writes::default();
        regions.into_iter().for_each(|region| inside.region(function, region, false));
        inside
    });
    candidates.retain(|root| {
        let restorable = writes.of.get(root).copied() == Some(index.writes(*root));
        let outer = function.var(*root).region == RegionId(0);
        let shared = in_joint.as_ref().is_some_and(|inside| outer && inside.of.contains_key(root));
        restorable && !writes.excluded.contains(root) && !shared
    });
    candidates
}

/// Whether a variable is a local list that stays where it is.
fn is_list(function: &Function, index: &Index<'_>, reverse: &Reverse<'_>, var: VarId) -> bool {
    let info = function.var(var);
    matches!(info.role, Role::Mutable)
        && matches!(info.ty, Ty::Vec(_) | Ty::Array(..))
        && !index.is_late(var)
        && !index.is_moved(var)
        && !index.is_opaquely_written(var)
        && !reverse.growing.contains(&var)
}

/// The writes to lists of which what was there can be kept.
#[derive(Default)]
struct Writes {
    /// How many there are to each list.
    of: IdMap<VarId, usize>,
    /// Lists that are mentioned where the reverse pass runs again.
    excluded: IdSet<VarId>,
}

impl Writes {
    fn region(&mut self, function: &Function, region: &Region, again: bool) {
        for op in &region.ops {
            if again {
                let excluded = &mut self.excluded;
                op.mentions(function, &mut |var| {
                    excluded.insert(function.resolve(&Place::var(var)).root);
                });
            }
            if let Some(place) = op.kind.replaced_place(function) {
                *self.of.or_default(place.root) += 1;
            }
            let again = again || op.kind.runs_again();
            op.kind.regions().into_iter().for_each(|inner| self.region(function, inner, again));
        }
    }
}
