//! Decides what is kept, from what the reverse pass mentions.

use super::availability::{Availability, Length};
use super::counters::Counters;
use super::{joint, Item, Residuals};
use crate::analysis::activity::Activity;
use crate::analysis::index::Index;
use crate::ir::ty::Float;
use crate::ir::{Function, IdSet, Operand, Proj, RegionId, Role, Source, Ty, Value, VarId};
use crate::transform::adjoint::{Again, Argument, Branch, Expr, Left, Node, Reverse, Stmt, Zero};

/// What the forward pass keeps for `reverse`.
pub(crate) fn plan(
    function: &Function,
    activity: &Activity,
    index: &Index<'_>,
    reverse: &Reverse<'_>,
) -> Residuals {
    let mut found = plan_with(function, activity, index, reverse, IdSet::new());
    // From the integers that are kept others can be computed again.
    let is_integer = |var: &VarId| function.var(*var).ty == Ty::Inactive;
    let integers: IdSet<VarId> = found.values.iter().copied().filter(is_integer).collect();
    if !integers.is_empty() {
        found = plan_with(function, activity, index, reverse, integers);
    }
    found.joint = joint::find(function, activity, index, reverse, &found);
    found
}

/// As [`plan`], where it is known of some integers that they are kept if they are asked for.
fn plan_with(
    function: &Function,
    activity: &Activity,
    index: &Index<'_>,
    reverse: &Reverse<'_>,
    kept: IdSet<VarId>,
) -> Residuals {
    let mut reversed = IdSet::from(RegionId(0));
    gather_reversed(&reverse.body, &mut reversed);
    let counters = Counters::new(function, index, &reversed);
    let reads = counters.reads.keys().copied().collect();
    let mut plan = Plan {
        function,
        index,
        reversed,
        availability: Availability::new(function, activity, index, reverse, reads, kept),
        rebound: IdSet::new(),
        read: IdSet::new(),
        found: Residuals { counters, ..Residuals::default() },
    };
    plan.stmts(&reverse.body, RegionId(0));
    plan.finish()
}

/// What is passed to a call that takes it by `&` or by `&mut`.
fn operands_of_either_kind(stmt: &Stmt<'_>) -> Vec<VarId> {
    let Stmt::Pullback { args, .. } = stmt else { return Vec::new() };
    let operands = args.iter().filter_map(|arg| match arg {
        Argument::Reference { operand, again: Again::Either, .. } => Some(*operand),
        _ => None,
    });
    operands.collect()
}

/// The regions whose reverse runs whenever they did.
fn gather_reversed(stmts: &[Stmt<'_>], regions: &mut IdSet<RegionId>) {
    for branch in stmts.iter().flat_map(Stmt::branches).filter(|branch| !branch.body.is_empty()) {
        regions.insert(branch.region.id);
        gather_reversed(&branch.body, regions);
    }
}

pub(super) struct Plan<'a> {
    pub(super) function: &'a Function,
    pub(super) index: &'a Index<'a>,
    reversed: IdSet<RegionId>,
    pub(super) availability: Availability<'a>,
    rebound: IdSet<VarId>,
    /// What is read by more than the pullback of a call that may not read it.
    read: IdSet<VarId>,
    pub(super) found: Residuals,
}

impl Plan<'_> {
    fn finish(mut self) -> Residuals {
        let mut rebound: Vec<VarId> = self.rebound.into_iter().collect();
        rebound.sort_by_key(|var| self.index.order(*var));
        for var in rebound {
            let region = self.function.var(var).region;
            self.found.rebound.or_default(region).push(var);
        }
        let (index, read, values) = (self.index, &self.read, &self.found.values);
        self.found.if_read.retain(|var| {
            values.contains(var)
                && !read.contains(var)
                && matches!(index.definition(*var), Some(Value::Ref { .. }))
        });
        self.found
    }

    pub(super) fn stmts(&mut self, stmts: &[Stmt<'_>], region: RegionId) {
        for stmt in stmts {
            self.mentions(stmt);
            self.shape_before(stmt, region);
            match stmt {
                Stmt::Restore { op, target } => {
                    let home = self.function.var(target.root).region;
                    self.need_root(target.root);
                    self.found.restored.or_default(home).insert(target.root);
                    self.found.old.insert(op.0);
                    self.found.frames.add(region, Item::Old(op.0));
                }
                Stmt::Pullback { op, .. } => {
                    self.found.frames.pullbacks.insert(op.id.0);
                    self.found.frames.add(region, Item::Pullback(op.id.0));
                }
                Stmt::Fused(fused) => {
                    self.found.fused.insert(fused.number, fused.clone());
                    self.found.frames.add(region, Item::Fused(fused.number));
                }
                Stmt::If { then, els, .. } => {
                    [then, els].into_iter().for_each(|branch| self.branch(branch, region));
                }
                Stmt::Match { op, arms } => {
                    self.found.frames.selected.insert(op.id.0);
                    self.found.frames.add(region, Item::Selector(op.id.0));
                    arms.iter().for_each(|arm| self.branch(arm, region));
                }
                Stmt::Block(branch) => self.branch(branch, region),
                Stmt::Rest(branch) => {
                    self.found.frames.noted.insert(branch.region.id);
                    self.branch(branch, region);
                }
                Stmt::Checkpoint(body) => self.checkpoint(body, region),
                Stmt::For { source: Source::Range { snapshots: Some(kept), .. }, body, .. } => {
                    self.steps(&kept.state, body, region);
                }
                Stmt::For { source, body, counted, .. } => {
                    self.iterations(body, *counted, region);
                    self.array(source, body.region.id, region);
                }
                Stmt::Loop(body) => self.iterations(body, true, region),
                _ => {}
            }
        }
    }

    /// Asks for all that a statement itself mentions.
    fn mentions(&mut self, stmt: &Stmt<'_>) {
        let mut values = Vec::new();
        let mut shapes = Vec::new();
        let mut partials = Vec::new();
        stmt.visit(&mut |node| match node {
            Node::Expr(Expr::Primal(var)) => values.push(*var),
            Node::Expr(Expr::Shape(var)) => shapes.push(*var),
            Node::Expr(Expr::Saved { dest, value }) => {
                partials.push((*dest, value.as_ref().clone()));
            }
            Node::Expr(_) => {}
            Node::Target(place) => values.extend(place.indices().filter_map(Operand::var)),
        });
        for var in operands_of_either_kind(stmt) {
            let place = values.iter().position(|value| *value == var);
            values.swap_remove(place.expect("the statement mentions its operands"));
            self.need_if_read(var);
        }
        values.into_iter().for_each(|var| self.need(var));
        shapes.into_iter().for_each(|var| self.need_shape(var));
        partials.into_iter().for_each(|(dest, value)| self.need_partial(dest, &value));
    }

    /// Asks for the shape of what a statement's operation replaced.
    fn shape_before(&mut self, stmt: &Stmt<'_>, region: RegionId) {
        let mut writes = Vec::new();
        match stmt {
            Stmt::Clear { left: Left::Before(op), target } => writes.push((*op, target.root)),
            Stmt::Zero { kind: Zero::Before(op), var } => writes.push((*op, *var)),
            _ => {}
        }
        stmt.visit(&mut |node| {
            if let Node::Expr(Expr::Take { left: Left::Before(op), target }) = node {
                writes.push((*op, target.root));
            }
        });
        for (op, list) in writes {
            // What the list has become is known at each time; the list itself may have been moved.
            self.need_shape(list);
            self.found.before.insert(op.0);
            self.found.frames.add(region, Item::Before(op.0));
        }
    }

    fn branch(&mut self, branch: &Branch<'_>, around: RegionId) {
        self.stmts(&branch.body, branch.region.id);
        if self.found.frames.has_slot(branch.region.id) {
            self.found.frames.add(around, Item::Branch(branch.region.id));
        }
    }

    fn iterations(&mut self, body: &Branch<'_>, counted: bool, around: RegionId) {
        self.found.frames.loops.insert(body.region.id);
        if counted {
            self.found.frames.counted.insert(body.region.id);
            self.found.frames.add(around, Item::Count(body.region.id));
        }
        self.stmts(&body.body, body.region.id);
    }

    /// Keeps the frames of a short loop in an array, which is a part of the frame around it.
    fn array(&mut self, source: &Source, body: RegionId, around: RegionId) {
        /// Frames are moved with the one around them.
        const MOST: usize = 8;
        if let Some(trips) = self.most_trips(source).filter(|trips| *trips <= MOST) {
            if self.found.frames.items.contains_key(&body) {
                self.found.frames.arrays.insert(body, trips);
                self.found.frames.add(around, Item::Stack(body));
            }
        }
    }

    /// How often a loop runs at most, if that is written as a number.
    fn most_trips(&self, source: &Source) -> Option<usize> {
        let number = |operand: &Operand| match operand {
            Operand::Literal(literal) => {
                syn::parse2::<syn::LitInt>(literal.tokens.stream()).ok()?.base10_parse().ok()
            }
            Operand::Var(_) => None,
        };
        match source {
            Source::Range { start, end, inclusive, .. } => {
                let (start, end): (usize, usize) = (number(start)?, number(end)?);
                Some(end.saturating_add(usize::from(*inclusive)).saturating_sub(start))
            }
            Source::Each { place, .. } => match self.function.place_ty(place) {
                Ty::Array(_, length) => length,
                _ => None,
            },
        }
    }

    /// The pullback of a call may read the value of `var`, which is what it was passed.
    fn need_if_read(&mut self, var: VarId) {
        if !self.found.if_read.insert(var) {
            self.read.insert(var);
        }
        self.keep_or_compute(var);
    }

    /// The reverse pass reads the value of `var`.
    pub(super) fn need(&mut self, var: VarId) {
        self.read.insert(var);
        self.keep_or_compute(var);
    }

    fn keep_or_compute(&mut self, var: VarId) {
        let info = self.function.var(var);
        match &info.role {
            Role::LoopIndex => return,
            Role::Param { by_ref, .. } => {
                self.found.read_again.insert(var);
                if !by_ref {
                    self.found.roots.insert(var);
                }
                return;
            }
            _ => {}
        }
        if !self.availability.is_recomputed(var) {
            if self.found.values.insert(var) {
                self.found.frames.add(info.region, Item::Value(var));
            }
            return;
        }
        let is_scalar = info.ty.is_float() || self.availability.is_integer(var);
        let new = if is_scalar && self.reversed.contains(&info.region) {
            self.rebound.insert(var)
        } else {
            self.found.recomputed.insert(var)
        };
        if new {
            self.need_sources(var);
        }
    }

    /// The reverse pass computes the value of `var` again.
    fn need_sources(&mut self, var: VarId) {
        if let Some((counter, _)) = self.found.counters.reads.get(&var) {
            let counter = *counter;
            self.found.counters.used.insert(counter);
            self.need_root(counter);
            return;
        }
        let value = self.index.definition(var).expect("only definitions are recomputed");
        match value {
            Value::Load(place) | Value::Ref { place, .. } => {
                let place = self.function.resolve(place);
                place.indices().filter_map(Operand::var).for_each(|index| self.need(index));
                self.need_root(place.root);
            }
            Value::Binary(_, lhs, rhs) => self.need_operands([lhs, rhs]),
            Value::Use(operand)
            | Value::Unary(_, operand)
            | Value::Cast(operand, _)
            | Value::Detach(operand) => self.need_operands([operand]),
            Value::Method { name, args, .. } if name == "len" => self.need_length(var, &args[0]),
            Value::Method { args, .. } => self.need_operands(args),
            Value::Opaque(opaque) => opaque.reads.iter().for_each(|var| self.need(*var)),
            _ => unreachable!("such a value is not recomputed"),
        }
    }

    fn need_operands<'o>(&mut self, operands: impl IntoIterator<Item = &'o Operand>) {
        operands.into_iter().filter_map(Operand::var).for_each(|operand| self.need(operand));
    }

    /// The reverse pass asks how long a list is.
    fn need_length(&mut self, var: VarId, list: &Operand) {
        let length = self.availability.length(list);
        match &length {
            Length::Slice(place) => {
                if let Some(Proj::Slice { start, end, .. }) = place.path.last() {
                    self.need_operands(start.iter().chain(end));
                }
            }
            Length::Shape(root) => self.need_shape(*root),
            Length::Value => self.need_operands([list]),
        }
        self.found.lengths.insert(var, length);
    }

    pub(super) fn need_root(&mut self, root: VarId) {
        match self.function.var(root).role {
            Role::Param { .. } | Role::LoopIndex => self.need(root),
            _ => {
                if self.found.roots.insert(root) {
                    self.found.frames.add(self.function.var(root).region, Item::Value(root));
                }
            }
        }
    }

    /// Whether the shape of a variable is that of a scalar whose type is known, so that it need not
    /// be remembered.
    fn is_known_scalar(&self, var: VarId) -> bool {
        let info = self.function.var(var);
        matches!(&info.ty, Ty::Float(float) if *float != Float::Literal)
            && !matches!(info.role, Role::InOut { .. })
            && !self.index.is_late(var)
            && self.reversed.contains(&info.region)
    }

    fn need_partial(&mut self, dest: VarId, value: &Expr) {
        let Expr::Method(name, operands) = value else { unreachable!("a partial is one function") };
        let Some(Expr::Primal(operand)) = operands.first() else {
            unreachable!("a partial is a function of an operand")
        };
        self.found.partials.insert(dest, (*operand, name));
        self.found.partial_operands.insert(*operand);
        self.found.frames.add(self.function.var(dest).region, Item::Partial(dest));
    }

    fn need_shape(&mut self, var: VarId) {
        if self.is_known_scalar(var) {
            let region = self.function.var(var).region;
            self.found.scalar_shapes.or_default(region).insert(var);
            return;
        }
        if self.found.shapes.insert(var) {
            self.found.frames.add(self.function.var(var).region, Item::Shape(var));
        }
    }
}
