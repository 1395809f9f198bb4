//! The fifth stage: residuals, which are what the forward pass keeps for the reverse pass.
//!
//! [`plan`] walks over the reverse pass and asks for every primal value that it mentions whether it
//! is at hand or can be computed again ([`availability`]), also by counting backwards
//! ([`counters`]). What remains is kept. Nothing here changes or emits code.

mod availability;
mod checkpoint;
pub(crate) mod counters;
pub(crate) mod joint;
mod plan;
mod print;
mod restored;

use crate::ir::{IdMap, IdSet, RegionId, VarId};
use crate::transform::fused::Fused;
use counters::Counters;

pub(crate) use availability::Length;
pub(crate) use checkpoint::{Checkpoint, Entering};
pub(crate) use plan::plan;
pub(crate) use print::print;
pub(crate) use restored::restored;

/// What the forward pass keeps, and how the reverse pass gets hold of the rest.
#[derive(Default)]
pub(crate) struct Residuals {
    /// Values of variables.
    pub(crate) values: IdSet<VarId>,
    /// Those of the values that nobody reads but the pullback of the call that they are passed to, if that takes
    /// them by `&`.
    pub(crate) if_read: IdSet<VarId>,
    /// Partial derivatives, by the variable that their operation defines, in terms of another.
    pub(crate) partials: IdMap<VarId, (VarId, &'static str)>,
    /// What those are functions of.
    pub(crate) partial_operands: IdSet<VarId>,
    /// Shapes of variables.
    pub(crate) shapes: IdSet<VarId>,
    /// Writes to places of which what was there before is kept.
    pub(crate) old: IdSet<u32>,
    /// Lists that the reverse pass changes back, by the region that declares them.
    pub(crate) restored: IdMap<RegionId, IdSet<VarId>>,
    /// Writes to places of which the shape of what was there before is kept.
    pub(crate) before: IdSet<u32>,
    /// Variables whose cotangent or whose memory is used as a place, so that they are not moved.
    pub(crate) roots: IdSet<VarId>,
    /// Parameters of the forward pass that the reverse pass reads.
    pub(crate) read_again: IdSet<VarId>,
    /// Values that are not kept, but written as an expression where the reverse pass mentions them.
    pub(crate) recomputed: IdSet<VarId>,
    /// Values that are not kept, but bound again at the beginning of their region's reverse, in order
    /// of definition.
    pub(crate) rebound: IdMap<RegionId, Vec<VarId>>,
    /// Scalars whose shapes are mentioned, by region: these are known without being kept.
    pub(crate) scalar_shapes: IdMap<RegionId, IdSet<VarId>>,
    /// Where the lengths come from that are asked for again.
    pub(crate) lengths: IdMap<VarId, Length>,
    /// Variables that are counted backwards.
    pub(crate) counters: Counters,
    pub(crate) frames: Frames,
    /// The reverse of each group that has one, by its number.
    pub(crate) fused: IdMap<usize, Fused>,
    /// Blocks that run again in the reverse pass, by their regions.
    pub(crate) checkpoints: IdMap<RegionId, Checkpoint>,
    /// A loop that runs forward and in reverse together where the seed is known.
    pub(crate) joint: Option<joint::Joint>,
}

impl Residuals {
    /// Whether plain uses of a variable must leave it in place.
    pub(crate) fn is_kept(&self, var: VarId) -> bool {
        self.values.contains(&var) || self.roots.contains(&var)
    }

    /// Whether a variable is read once more where it was computed.
    pub(crate) fn is_read_again(&self, var: VarId) -> bool {
        self.partial_operands.contains(&var)
    }
}

/// Where it is kept.
///
/// Values of the function's own region are captured by the pullback. Those of a loop body form a
/// tuple, the loop's *frame*, that is pushed on the loop's stack at the end of an iteration; those of
/// a branch form a tuple in an `Option` that belongs to the region around it.
#[derive(Default)]
pub(crate) struct Frames {
    /// What belongs to the frame of each region, sorted.
    pub(crate) items: IdMap<RegionId, Vec<Item>>,
    /// Loop bodies, which keep their frames on a stack.
    pub(crate) loops: IdSet<RegionId>,
    /// Calls that are pulled back.
    pub(crate) pullbacks: IdSet<u32>,
    /// Regions of which it is noted that they ran, even if nothing is kept of them.
    pub(crate) noted: IdSet<RegionId>,
    /// Loop bodies whose iterations are counted.
    pub(crate) counted: IdSet<RegionId>,
    /// Matches whose arm is noted.
    pub(crate) selected: IdSet<u32>,
    /// Loop bodies whose stack is an array, with its length.
    pub(crate) arrays: IdMap<RegionId, usize>,
    /// Regions whose frames are not kept, since their reverse follows where they run.
    pub(crate) passing: IdSet<RegionId>,
}

/// A part of a frame.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Item {
    Value(VarId),
    Shape(VarId),
    Partial(VarId),
    Pullback(u32),
    /// What a fused pass keeps.
    Fused(usize),
    /// The frame of a branch inside the region.
    Branch(RegionId),
    /// The number of iterations of a loop inside the region.
    Count(RegionId),
    /// The arm of a match inside the region.
    Selector(u32),
    /// What was in a place before it was written to.
    Old(u32),
    /// The shape of what was in a place before it was written to.
    Before(u32),
    /// The stack of a loop inside the region of which it is known how often it runs at most.
    Stack(RegionId),
    /// The snapshots of a loop inside the region.
    Snapshots(RegionId),
    /// What a variable holds where control enters a checkpoint inside the region.
    Entry(RegionId, VarId),
}

impl Frames {
    /// Whether a loop body pushes frames.
    pub(crate) fn has_stack(&self, body: RegionId) -> bool {
        self.loops.contains(&body) && self.items.contains_key(&body)
    }

    /// Whether the stack of a loop body is an array that is full after the loop.
    pub(crate) fn is_full_array(&self, body: RegionId) -> bool {
        self.arrays.contains_key(&body) && !self.counted.contains(&body)
    }

    /// Whether a branch has a slot for its frame.
    pub(crate) fn has_slot(&self, region: RegionId) -> bool {
        let keeps = self.items.contains_key(&region) || self.noted.contains(&region);
        !self.loops.contains(&region) && !self.passing.contains(&region) && keeps
    }

    fn add(&mut self, region: RegionId, item: Item) {
        if region != RegionId(0) {
            let items = self.items.or_default(region);
            if let Err(at) = items.binary_search(&item) {
                items.insert(at, item);
            }
        }
    }
}
