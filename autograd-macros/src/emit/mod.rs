//! The last stage: IR and reverse pass become tokens. Only here is code quoted.

mod api;
mod augmented;
mod control;
mod forward;
mod frames;
mod gradcheck;
mod graph;
mod jacobian;
mod names;
mod pullback;
mod second;
mod signature;
mod stubs;
mod tangent;

use crate::analysis::activity::Activity;
use crate::analysis::availability::{Availability, Kept};
use crate::analysis::index::Index;
use crate::ir::{Function, RegionId, VarId};
use crate::parse::{Param, Target};
use crate::transform::adjoint::Reverse;
use frames::Frames;
use proc_macro2::TokenStream;
use signature::Signatures;
use std::cell::RefCell;
use std::collections::BTreeSet;

pub(crate) use names::krate;
pub(crate) use second::second_order;
pub(crate) use stubs::stubs;
pub(crate) use tangent::{tangent_declaration, tangents};

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
    read_again: BTreeSet<VarId>,
    krate: TokenStream,
    /// Variables with lists that grow.
    growing: BTreeSet<VarId>,
    /// The regions around what is being emitted in the forward pass.
    open: RefCell<Vec<RegionId>>,
    signatures: Signatures<'a>,
    /// In a tangent function, the variables that hold tangents.
    tangents: BTreeSet<VarId>,
}

impl Emitter<'_> {
    fn params(&self) -> impl Iterator<Item = (&Param, VarId)> {
        self.target.params.iter().zip(self.function.params.iter().copied())
    }
}

/// Emits the companion of a function.
pub(crate) fn companion(
    target: &Target,
    function: &Function,
    activity: &Activity,
    index: &Index<'_>,
    reverse: &Reverse<'_>,
) -> TokenStream {
    let mut emitter = Emitter::new(target, function, activity, index);
    emitter.plan(reverse);
    emitter.emit_companion(reverse)
}

/// Emits what stands beside a method of a trait that has no body.
pub(crate) fn declaration(
    target: &Target,
    function: &Function,
    activity: &Activity,
    index: &Index<'_>,
) -> TokenStream {
    Emitter::new(target, function, activity, index).emit_declaration()
}

impl<'a> Emitter<'a> {
    fn new(
        target: &'a Target,
        function: &'a Function,
        activity: &'a Activity,
        index: &'a Index<'a>,
    ) -> Self {
        let availability = Availability::new(function, activity, index);
        let krate = names::krate(&target.args);
        Self {
            target,
            function,
            activity,
            index,
            availability: RefCell::new(availability),
            kept: Kept::default(),
            frames: Frames::default(),
            read_again: BTreeSet::new(),
            growing: BTreeSet::new(),
            open: RefCell::default(),
            signatures: Signatures { target, krate: krate.clone() },
            tangents: BTreeSet::new(),
            krate,
        }
    }
}
