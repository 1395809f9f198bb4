//! Writes the reverse pass: the operations backwards, each by its rule.

use super::adjoint::{Expr, Reverse, Stmt, Target, Zero};
use super::first;
use super::lengths::Lengths;
use crate::analysis::activity::Activity;
use crate::analysis::fusion::Fusion;
use crate::analysis::index::Index;
use crate::analysis::selection::Selection;
use crate::ir::{
    Callee, Function, IdSet, Op, OpKind, Operand, Place, Proj, Region, RegionId, Role, Ty, Value,
    VarId,
};
use crate::rules::Structural;
use proc_macro2::Span;

/// Writes the reverse pass of a function.
pub(crate) fn reverse<'a>(
    function: &'a Function,
    activity: &'a Activity,
    index: &'a Index<'a>,
    selection: &'a Selection,
    fusion: &'a Fusion<'a>,
    restored: IdSet<VarId>,
) -> Reverse<'a> {
    let Lengths { growing, replaced, exchanged } = Lengths::new(function, index);
    let mut projected = projected_roots(function, activity, index);
    let mut written_out = indexed_tensors(function, activity, index);
    // What is exchanged is treated alike.
    exchanged.close(&mut projected);
    exchanged.close(&mut written_out);
    let mut writer = Writer {
        function,
        activity,
        index,
        selection,
        fusion,
        projected,
        written_out,
        growing,
        replaced,
        restored,
        declared: IdSet::new(),
        frames: vec![Frame { region: function.body.id, stmts: Vec::new(), touched: IdSet::new() }],
    };
    let active = || function.params.iter().zip(&function.active).filter(|(_, active)| **active);
    for (param, _) in active() {
        writer.declare_shaped(*param);
    }
    if let Some(result) = &function.body.result {
        writer.seed(result);
    }
    writer.region(&function.body);
    for (param, _) in active() {
        writer.declare(*param);
    }
    let mut body = writer.frames.pop().expect("the body's frame is open").stmts;
    first::mark(&mut body);
    Reverse {
        body,
        written_out: writer.written_out,
        growing: writer.growing,
        replaced: writer.replaced,
        restored: writer.restored,
    }
}

/// The name under which the cotangent of the function's value enters.
pub(crate) const SEED: VarId = VarId(u32::MAX);

/// Variables whose cotangents are accumulated into part by part.
fn projected_roots(function: &Function, activity: &Activity, index: &Index<'_>) -> IdSet<VarId> {
    let mut roots = IdSet::new();
    for id in function.ids().filter(|id| activity.is_varied(*id)) {
        match index.definition(id) {
            Some(Value::Load(place)) => {
                let place = function.resolve(place);
                if !place.path.is_empty() {
                    roots.insert(place.root);
                }
            }
            // A borrow may be handed to a function that accumulates into parts of it.
            Some(Value::Ref { place, .. }) => {
                let place = function.resolve(place);
                let scalar =
                    function.var(id).ty.is_float() || matches!(function.var(id).ty, Ty::Tensor(_));
                if !place.path.is_empty() || !scalar {
                    roots.insert(place.root);
                }
            }
            Some(Value::Call { callee: Callee::Method(..), args }) => {
                roots.extend(args.first().and_then(Operand::var));
            }
            _ => {}
        }
    }
    function.body.walk(&mut |op| roots.extend(edited_root(function, op)));
    roots
}

/// The variable of which an operation changes a part; its adjoint reads and writes a part of the cotangent.
fn edited_root(function: &Function, op: &Op) -> Option<VarId> {
    let (place, in_place) = match &op.kind {
        OpKind::Store { place, .. } | OpKind::AddAssign { place, .. } => (place, false),
        OpKind::Mutate { place, .. } => (place, true),
        _ => return None,
    };
    let place = function.resolve(place);
    (in_place || !place.path.is_empty()).then_some(place.root)
}

/// Variables that hold tensors of which single elements are read.
fn indexed_tensors(function: &Function, activity: &Activity, index: &Index<'_>) -> IdSet<VarId> {
    let loads = function.ids().filter(|id| activity.is_varied(*id)).filter_map(|id| {
        match index.definition(id) {
            Some(Value::Load(place) | Value::Ref { place, .. }) => Some(function.resolve(place)),
            _ => None,
        }
    });
    loads
        .filter(|place| place.path.iter().any(|proj| matches!(proj, Proj::Coordinates(_))))
        .map(|place| place.root)
        .collect()
}

/// A region of the reverse pass under construction.
pub(super) struct Frame<'a> {
    pub(super) region: RegionId,
    stmts: Vec<Stmt<'a>>,
    /// Variables of outer regions whose cotangents are used here.
    touched: IdSet<VarId>,
}

pub(super) struct Writer<'a> {
    pub(super) function: &'a Function,
    pub(super) activity: &'a Activity,
    pub(super) index: &'a Index<'a>,
    pub(super) selection: &'a Selection,
    pub(super) fusion: &'a Fusion<'a>,
    pub(super) projected: IdSet<VarId>,
    written_out: IdSet<VarId>,
    pub(super) growing: IdSet<VarId>,
    pub(super) replaced: IdSet<VarId>,
    restored: IdSet<VarId>,
    pub(super) declared: IdSet<VarId>,
    frames: Vec<Frame<'a>>,
}

impl<'a> Writer<'a> {
    pub(super) fn frame(&mut self) -> &mut Frame<'a> {
        self.frames.last_mut().expect("a frame is open")
    }

    /// Lets what an operation wrote to a list that is restored be replaced by what was there.
    pub(super) fn restore(&mut self, op: &'a Op) {
        if let Some(target) = op.kind.replaced_place(self.function) {
            if self.restored.contains(&target.root) {
                self.push(Stmt::Restore { op: op.id, target });
            }
        }
    }

    pub(super) fn push(&mut self, stmt: Stmt<'a>) {
        self.frame().stmts.push(stmt);
    }

    pub(super) fn ty(&self, var: VarId) -> &'a Ty {
        &self.function.var(var).ty
    }

    pub(super) fn is_scalar(&self, var: VarId) -> bool {
        self.ty(var).is_float()
    }

    pub(super) fn declare(&mut self, var: VarId) {
        if !self.declared.insert(var) {
            return;
        }
        let is_slot = matches!(
            self.function.var(var).role,
            Role::Param { by_ref: true, .. } | Role::InOut { .. }
        );
        if is_slot {
            return;
        }
        let kind = match self.ty(var) {
            Ty::Float(_) => Zero::Scalar(self.ty(var).clone()),
            _ if self.index.is_leaving(var) => Zero::Inferred,
            Ty::Vec(_) if self.growing.contains(&var) && !self.function.params.contains(&var) => {
                Zero::Symbolic
            }
            _ if self.written_out.contains(&var) => Zero::WrittenOut,
            _ if self.projected.contains(&var) || self.function.params.contains(&var) => {
                Zero::Shaped
            }
            _ => Zero::Symbolic,
        };
        self.push(Stmt::Zero { var, kind });
    }

    /// Declares the cotangent of a parameter, but that of a scalar only with its first contribution.
    pub(super) fn declare_shaped(&mut self, param: VarId) {
        if !self.is_scalar(param) || self.function.var(param).is_reference() {
            self.declare(param);
        }
    }

    /// Whether the cotangent of `var` has been declared or belongs to an outer region, which will
    /// declare it. Otherwise nothing after this point of the primal uses `var`.
    pub(super) fn is_live(&mut self, var: VarId) -> bool {
        if self.declared.contains(&var) {
            return true;
        }
        let home = self.function.var(var).region;
        if home == self.frame().region {
            return false;
        }
        self.frame().touched.insert(var);
        true
    }

    /// Makes sure that the cotangent of `var` can be accumulated into.
    pub(super) fn ensure(&mut self, var: VarId) {
        if !self.is_live(var) {
            self.declare(var);
        }
    }

    /// Runs `write` in a new region and declares here what it touches of this one.
    pub(super) fn nested(
        &mut self,
        region: &'a Region,
        write: impl FnOnce(&mut Self),
    ) -> Vec<Stmt<'a>> {
        self.frames.push(Frame { region: region.id, stmts: Vec::new(), touched: IdSet::new() });
        write(self);
        self.region(region);
        let frame = self.frames.pop().expect("the region's frame is open");
        for var in frame.touched {
            self.ensure(var);
        }
        frame.stmts
    }

    /// Where a cotangent with respect to `operand` goes: to the operand's own cotangent, or
    /// straight to the memory that the operand was read from.
    pub(super) fn target(&self, operand: VarId) -> Target {
        let inline = matches!(self.function.var(operand).role, Role::Temp { inline: true });
        cotangent_place(match self.index.definition(operand) {
            Some(Value::Ref { place, .. }) => self.function.resolve(place),
            Some(Value::Load(place)) if inline => self.function.resolve(place),
            _ => Place::var(operand),
        })
    }

    /// Adds `value` to the cotangent of `operand`.
    pub(super) fn contribute(&mut self, operand: VarId, value: Expr, negate: bool, span: Span) {
        let target = self.target(operand);
        let scalar = self.is_scalar(operand);
        self.add(target, value, negate, scalar, span);
    }

    /// Adds `value` to a cotangent; the first contribution in the cotangent's own region is its
    /// first value.
    pub(super) fn add(
        &mut self,
        target: Target,
        value: Expr,
        negate: bool,
        scalar: bool,
        span: Span,
    ) {
        let root = target.root;
        let projected = self.projected.contains(&root);
        let is_numbers = matches!(self.ty(root), Ty::Vec(element) if element.is_float());
        let fresh = target.path.is_empty()
            && !self.declared.contains(&root)
            && self.function.var(root).region == self.frame().region
            && (!projected || is_numbers);
        if fresh {
            self.declared.insert(root);
            let mut value = if negate { Expr::Neg(Box::new(value)) } else { value };
            if projected && !self.growing.contains(&root) {
                // The list of which this is a part may have grown, and zeros at its end have no places.
                value = Expr::Adjoint(
                    "written_out",
                    vec![value, Expr::Ref(Box::new(Expr::Shape(root)))],
                );
            }
            self.push(Stmt::Let { var: root, value, span });
            return;
        }
        self.ensure(root);
        if self.index.is_leaving(root) && !self.is_scalar(root) {
            self.push(Stmt::Merge { var: root, value, span });
            return;
        }
        self.push(Stmt::Add { target, value, negate, scalar, first: false, span });
    }

    pub(super) fn contribute_call(
        &mut self,
        row: &Structural,
        operand: VarId,
        args: Vec<Expr>,
        span: Span,
    ) {
        let target = self.target(operand);
        self.ensure(target.root);
        self.push(Stmt::Call { function: row.function, operand, target, args, span });
    }

    /// The cotangent of the function's value goes to the operand that is the value.
    pub(super) fn seed(&mut self, result: &Operand) {
        if let Operand::Var(var) = result {
            if self.activity.is_varied(*var) {
                let span = self.function.var(*var).span;
                self.contribute(*var, Expr::Bar { var: SEED, last: true }, false, span);
            }
        }
    }
}

/// A tangent holds what a primal place points to: its path has no dereferences.
pub(super) fn cotangent_place(mut place: Place) -> Target {
    place.path.retain(|proj| !matches!(proj, Proj::Deref));
    place
}
