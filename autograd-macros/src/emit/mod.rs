//! The last stage: IR and reverse pass become tokens. Only here is code quoted.

mod api;
mod augmented;
mod control;
mod forward;
mod frames;
mod gradcheck;
mod graph;
mod names;
mod pullback;
mod signature;

use crate::analysis::activity::Activity;
use crate::analysis::availability::{Availability, Kept};
use crate::analysis::index::Index;
use crate::ir::{Function, RegionId};
use crate::parse::Target;
use crate::transform::adjoint::Reverse;
use frames::Frames;
use proc_macro2::TokenStream;
use std::cell::RefCell;
use std::collections::BTreeSet;

pub(crate) use api::stubs;
pub(crate) use forward::variant_accessor;
pub(crate) use names::krate;

/// All that emission reads.
pub(crate) struct Emitter<'a> {
    target: &'a Target,
    function: &'a Function,
    activity: &'a Activity,
    index: &'a Index<'a>,
    availability: RefCell<Availability<'a>>,
    kept: Kept,
    frames: Frames,
    /// Parameters of the forward pass that the reverse pass reads.
    read_again: BTreeSet<crate::ir::VarId>,
    krate: TokenStream,
    /// Variables with lists that grow.
    growing: BTreeSet<crate::ir::VarId>,
    /// The regions around what is being emitted in the forward pass.
    open: RefCell<Vec<RegionId>>,
}

/// Emits the companion of a function.
pub(crate) fn companion(
    target: &Target,
    function: &Function,
    activity: &Activity,
    index: &Index<'_>,
    reverse: &Reverse<'_>,
) -> TokenStream {
    let availability = Availability::new(function, activity, index);
    let mut emitter = Emitter {
        target,
        function,
        activity,
        index,
        availability: RefCell::new(availability),
        kept: Kept::default(),
        frames: Frames::default(),
        read_again: BTreeSet::new(),
        krate: names::krate(&target.args),
        growing: BTreeSet::new(),
        open: RefCell::default(),
    };
    emitter.plan(reverse);
    emitter.emit_companion(reverse)
}
