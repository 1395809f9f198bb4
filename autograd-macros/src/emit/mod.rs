//! The last stage: IR and reverse pass become tokens. Only here is code quoted.

mod affine;
mod again;
mod anomaly;
mod api;
mod augmented;
mod calls;
mod checkpoint;
mod control;
mod documentation;
mod expr;
mod filled;
mod fission;
mod forward;
mod frames;
mod fused;
mod gradcheck;
mod graph;
mod guards;
mod inspect;
mod jacobian;
mod joint;
mod kernel;
mod memory;
mod names;
mod nested;
mod operand;
mod pullback;
mod room;
mod rule;
mod second;
mod shape;
mod signature;
mod sparse;
mod stored;
mod strided;
mod stubs;
mod sums;
mod tangent;
mod value;
mod write;

use crate::analysis::activity::Activity;
use crate::analysis::fusion::Fusion;
use crate::analysis::index::Index;
use crate::analysis::shape::Shapes;
use crate::ir::{Function, IdSet, OpId, RegionId, VarId};
use crate::parse::{Param, Target};
use crate::residual::Residuals;
use crate::transform::adjoint::{self, Reverse};
use proc_macro2::{Ident, TokenStream};
use signature::Signatures;
use std::cell::RefCell;
use std::rc::Rc;

pub(crate) use augmented::mentions;
pub(crate) use documentation::documented;
pub(crate) use nested::{derivative_of, nested, Nested};
pub(crate) use second::{second_order, OverDuals};
pub(crate) use shape::checked;
pub(crate) use stubs::{second_stubs, stubs};
pub(crate) use tangent::{ruled_tangent, tangent_declaration, tangents};

/// All that emission reads.
pub(crate) struct Emitter<'a> {
    target: &'a Target,
    function: &'a Function,
    activity: &'a Activity,
    index: &'a Index<'a>,
    fusion: &'a Fusion<'a>,
    residuals: &'a Residuals,
    /// What is known of the shapes of tensors, for the graph.
    shapes: Option<&'a Shapes>,
    krate: names::CratePath,
    /// Variables with lists that grow.
    growing: IdSet<VarId>,
    /// As [`Reverse::replaced`].
    replaced: IdSet<VarId>,
    /// Variables whose values may have gone elsewhere.
    used_up: IdSet<VarId>,
    /// The regions around what is being emitted in the forward pass.
    open: RefCell<Vec<RegionId>>,
    signatures: Signatures<'a>,
    /// What stands for places in the loops around what is being emitted in the reverse pass.
    sums: RefCell<Vec<(adjoint::Target, Ident)>>,
    /// The lists that the loops around what is being emitted fill.
    filled: RefCell<IdSet<VarId>>,
    /// The pushes for which the iterations around what is being emitted have made room.
    has_room: RefCell<IdSet<OpId>>,
    /// The loop of the reverse pass that takes parts of lists, while it is being emitted.
    strided: RefCell<Option<Rc<strided::Strided>>>,
    /// Whether what is emitted runs again, in the reverse pass.
    again: bool,
    /// In a tangent function, the variables that hold tangents.
    tangents: IdSet<VarId>,
}

impl Emitter<'_> {
    fn params(&self) -> impl Iterator<Item = (&Param, VarId)> {
        self.target.params.iter().zip(self.function.params.iter().copied())
    }
}

/// What is known of a function that is emitted.
pub(crate) struct Facts<'a> {
    pub(crate) activity: &'a Activity,
    pub(crate) index: &'a Index<'a>,
    pub(crate) fusion: &'a Fusion<'a>,
    pub(crate) shapes: &'a Shapes,
    pub(crate) residuals: &'a Residuals,
}

/// Emits the companion of a function.
pub(crate) fn companion(
    target: &Target,
    function: &Function,
    facts: &Facts<'_>,
    reverse: &Reverse<'_>,
) -> TokenStream {
    let Facts { activity, index, fusion, shapes, residuals } = *facts;
    let mut emitter = Emitter::new(target, function, activity, index, fusion, residuals);
    emitter.shapes = Some(shapes);
    emitter.growing.clone_from(&reverse.growing);
    emitter.replaced.clone_from(&reverse.replaced);
    emitter.emit_companion(reverse)
}

/// Emits what stands beside a method of a trait that has no body.
pub(crate) fn declaration(
    target: &Target,
    function: &Function,
    activity: &Activity,
    index: &Index<'_>,
) -> TokenStream {
    Emitter::new(target, function, activity, index, &Fusion::default(), &Residuals::default())
        .emit_declaration()
}

/// Emits the companion of a function with a rule of the user's.
pub(crate) fn ruled(
    target: &Target,
    function: &Function,
    activity: &Activity,
    index: &Index<'_>,
) -> TokenStream {
    Emitter::new(target, function, activity, index, &Fusion::default(), &Residuals::default())
        .emit_ruled()
}

/// Emits what is a matter of the signature, for which `function` needs no body.
fn of_signature(
    target: &Target,
    function: &Function,
    emit: impl FnOnce(&Emitter<'_>) -> TokenStream,
) -> TokenStream {
    let (activity, index) = (Activity::default(), Index::new(function));
    let (fusion, residuals) = (Fusion::default(), Residuals::default());
    emit(&Emitter::new(target, function, &activity, &index, &fusion, &residuals))
}

impl<'a> Emitter<'a> {
    fn new(
        target: &'a Target,
        function: &'a Function,
        activity: &'a Activity,
        index: &'a Index<'a>,
        fusion: &'a Fusion<'a>,
        residuals: &'a Residuals,
    ) -> Self {
        let krate = names::CratePath::new(&target.args);
        Self {
            target,
            function,
            activity,
            index,
            fusion,
            residuals,
            shapes: None,
            growing: IdSet::new(),
            replaced: IdSet::new(),
            used_up: memory::used_up(function),
            open: RefCell::default(),
            signatures: Signatures { target, krate: krate.clone() },
            sums: RefCell::default(),
            filled: RefCell::default(),
            has_room: RefCell::default(),
            strided: RefCell::default(),
            again: false,
            tangents: IdSet::new(),
            krate,
        }
    }
}
