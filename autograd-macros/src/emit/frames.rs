//! What the forward pass keeps, and where.
//!
//! Values of the function's own region are captured by the pullback. Those of a loop body form a
//! tuple that is pushed on the loop's stack at the end of an iteration; those of a branch form a
//! tuple in an `Option` that belongs to the region around it.

use super::names::ident;
use super::Emitter;
use crate::ir::{Operand, RegionId, Role, Source, Value, VarId};
use crate::transform::adjoint::{Branch, Expr, Node, Reverse, Stmt};
use proc_macro2::Ident;
use std::collections::{BTreeMap, BTreeSet};

/// The storage of each region but the function's own.
#[derive(Default)]
pub(crate) struct Frames {
    items: BTreeMap<RegionId, BTreeSet<Item>>,
    /// Loop bodies, which keep their frames on a stack.
    loops: BTreeSet<RegionId>,
    /// Calls that are pulled back.
    pullbacks: BTreeSet<u32>,
    /// Regions of which it is noted that they ran, even if nothing is kept of them.
    noted: BTreeSet<RegionId>,
    /// Loop bodies whose iterations are counted.
    counted: BTreeSet<RegionId>,
    /// Matches whose arm is noted.
    selected: BTreeSet<u32>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
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
}

impl Frames {
    /// The stack of a loop body, if it keeps anything.
    pub(super) fn stack(&self, body: RegionId) -> Option<Ident> {
        (self.loops.contains(&body) && self.items.contains_key(&body))
            .then(|| ident(&format!("stack{}", body.0)))
    }

    /// The slot of a branch, if it keeps anything.
    pub(super) fn branch(&self, region: RegionId) -> Option<Ident> {
        let keeps = self.items.contains_key(&region) || self.noted.contains(&region);
        (!self.loops.contains(&region) && keeps).then(|| branch_name(region))
    }

    /// The counter of a loop, if its iterations are counted.
    pub(super) fn counter(&self, body: RegionId) -> Option<Ident> {
        self.counted.contains(&body).then(|| counter_name(body))
    }

    /// The variable that notes which arm of a match was taken.
    pub(super) fn selector(&self, op: u32) -> Option<Ident> {
        self.selected.contains(&op).then(|| selector_name(op))
    }

    pub(super) fn stacks(&self) -> Vec<Ident> {
        self.loops.iter().filter_map(|body| self.stack(*body)).collect()
    }

    pub(super) fn is_pulled_back(&self, op: u32) -> bool {
        self.pullbacks.contains(&op)
    }

    fn add(&mut self, region: RegionId, item: Item) {
        if region != RegionId(0) {
            self.items.entry(region).or_default().insert(item);
        }
    }
}

pub(super) fn pullback_name(op: u32) -> Ident {
    ident(&format!("pullback{op}"))
}

pub(super) fn fused_name(number: usize) -> Ident {
    ident(&format!("fused{number}"))
}

fn branch_name(region: RegionId) -> Ident {
    ident(&format!("branch{}", region.0))
}

fn counter_name(body: RegionId) -> Ident {
    ident(&format!("count{}", body.0))
}

fn selector_name(op: u32) -> Ident {
    ident(&format!("arm{op}"))
}

impl Emitter<'_> {
    /// The names that make up the frame of a region.
    pub(super) fn frame(&self, region: RegionId) -> Vec<Ident> {
        let items = self.frames.items.get(&region).into_iter().flatten();
        items
            .map(|item| match item {
                Item::Value(var) => self.function.var(*var).ident.clone(),
                Item::Shape(var) => self.shape(*var),
                Item::Partial(var) => self.partial(*var),
                Item::Pullback(op) => pullback_name(*op),
                Item::Fused(number) => fused_name(*number),
                Item::Branch(region) => branch_name(*region),
                Item::Count(body) => counter_name(*body),
                Item::Selector(op) => selector_name(*op),
            })
            .collect()
    }

    /// Decides what is kept, from what the reverse pass mentions.
    pub(super) fn plan(&mut self, reverse: &Reverse<'_>) {
        self.growing.clone_from(&reverse.growing);
        self.plan_stmts(&reverse.body, RegionId(0));
    }

    fn plan_stmts(&mut self, stmts: &[Stmt<'_>], region: RegionId) {
        for stmt in stmts {
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
            values.into_iter().for_each(|var| self.need(var));
            shapes.into_iter().for_each(|var| self.need_shape(var));
            partials.into_iter().for_each(|(dest, value)| self.need_partial(dest, &value));
            match stmt {
                Stmt::Pullback { op, .. } => {
                    self.frames.pullbacks.insert(op.id.0);
                    self.frames.add(region, Item::Pullback(op.id.0));
                }
                Stmt::Fused(fused) => {
                    self.fused.insert(fused.number, fused.clone());
                    self.frames.add(region, Item::Fused(fused.number));
                }
                Stmt::If { then, els, .. } => {
                    [then, els].into_iter().for_each(|branch| self.plan_branch(branch, region));
                }
                Stmt::Match { op, arms } => {
                    self.frames.selected.insert(op.id.0);
                    self.frames.add(region, Item::Selector(op.id.0));
                    arms.iter().for_each(|arm| self.plan_branch(arm, region));
                }
                Stmt::Block(branch) => self.plan_branch(branch, region),
                Stmt::Rest(branch) => {
                    self.frames.noted.insert(branch.region.id);
                    self.plan_branch(branch, region);
                }
                Stmt::For { body, counted, .. } => self.plan_loop(body, *counted, region),
                Stmt::Loop(body) => self.plan_loop(body, true, region),
                _ => {}
            }
        }
    }

    fn plan_branch(&mut self, branch: &Branch<'_>, around: RegionId) {
        self.plan_stmts(&branch.body, branch.region.id);
        if self.frames.branch(branch.region.id).is_some() {
            self.frames.add(around, Item::Branch(branch.region.id));
        }
    }

    fn plan_loop(&mut self, body: &Branch<'_>, counted: bool, around: RegionId) {
        self.frames.loops.insert(body.region.id);
        if counted {
            self.frames.counted.insert(body.region.id);
            self.frames.add(around, Item::Count(body.region.id));
        }
        self.plan_stmts(&body.body, body.region.id);
    }

    /// The reverse pass reads the value of `var`.
    fn need(&mut self, var: VarId) {
        let info = self.function.var(var);
        match &info.role {
            Role::LoopIndex => return,
            Role::Param { by_ref, .. } => {
                self.read_again.insert(var);
                if !by_ref {
                    self.kept.roots.insert(var);
                }
                return;
            }
            _ => {}
        }
        if !self.availability.borrow_mut().is_recomputed(var) {
            if self.kept.values.insert(var) {
                self.frames.add(info.region, Item::Value(var));
            }
            return;
        }
        let value = self.index.definition(var).expect("only definitions are recomputed");
        match value {
            Value::Load(place) | Value::Ref { place, .. } => {
                let place = self.function.resolve(place);
                place.indices().filter_map(Operand::var).for_each(|index| self.need(index));
                self.need_root(place.root);
            }
            Value::Binary(_, lhs, rhs) => {
                [lhs, rhs]
                    .into_iter()
                    .filter_map(Operand::var)
                    .for_each(|operand| self.need(operand));
            }
            Value::Unary(_, operand) | Value::Cast(operand, _) | Value::Detach(operand) => {
                operand.var().into_iter().for_each(|operand| self.need(operand));
            }
            Value::Method { args, .. } => {
                args.iter().filter_map(Operand::var).for_each(|operand| self.need(operand));
            }
            _ => unreachable!("such a value is not recomputed"),
        }
    }

    fn need_root(&mut self, root: VarId) {
        match self.function.var(root).role {
            Role::Param { .. } | Role::LoopIndex => self.need(root),
            _ => {
                if self.kept.roots.insert(root) {
                    self.frames.add(self.function.var(root).region, Item::Value(root));
                }
            }
        }
    }

    fn need_partial(&mut self, dest: VarId, value: &Expr) {
        let Expr::Method(name, operands) = value else { unreachable!("a partial is one function") };
        let Some(Expr::Primal(operand)) = operands.first() else {
            unreachable!("a partial is a function of an operand")
        };
        self.kept.partials.insert(dest, (*operand, name));
        self.frames.add(self.function.var(dest).region, Item::Partial(dest));
    }

    fn need_shape(&mut self, var: VarId) {
        if self.kept.shapes.insert(var) {
            self.frames.add(self.function.var(var).region, Item::Shape(var));
        }
    }

    /// The statement that stores a region's frame where control leaves it.
    pub(super) fn store_frame(&self, region: RegionId) -> proc_macro2::TokenStream {
        let names = self.frame(region);
        if let Some(stack) = self.frames.stack(region) {
            return quote::quote!(#stack.push((#(#names,)*)););
        }
        if let Some(slot) = self.frames.branch(region) {
            return quote::quote!(#slot = ::core::option::Option::Some((#(#names,)*)););
        }
        proc_macro2::TokenStream::new()
    }

    /// Whether a loop's source is bound by the loop itself.
    pub(super) fn is_bound_by_loop(source: &Source, dest: VarId) -> bool {
        matches!(source, Source::Each { element, .. } if *element == dest)
    }
}
