//! The reverse of a group of operations that are computed in one pass.

use super::adjoint::{Stmt, Target};
use super::operations::may_overlap;
use super::reverse::Writer;
use crate::analysis::fusion::{Arg, Group, Step};
use crate::ir::{IdSet, Operand, Proj, VarId};
use crate::rules::Sym;

/// The reverse of a group.
#[derive(Clone)]
pub(crate) struct Fused {
    pub(crate) number: usize,
    /// The values whose cotangents come in.
    pub(crate) outputs: Vec<VarId>,
    /// What is read element by element, beside the cotangents.
    pub(crate) reads: Vec<VarId>,
    /// Scalars and integers that are read.
    pub(crate) constants: Vec<VarId>,
    /// The operands whose cotangents come out.
    pub(crate) leaves: Vec<Leaf>,
    /// Whether the forward pass computes the gradient beside the value: the cotangents of all
    /// operands are multiples of that of one sum.
    pub(crate) ahead: bool,
}

/// An operand of a group that receives a cotangent.
#[derive(Clone)]
pub(crate) struct Leaf {
    pub(crate) operand: VarId,
    pub(crate) target: Target,
    /// Whether the cotangent goes through a place of its own.
    pub(crate) detour: bool,
}

impl Writer<'_> {
    pub(super) fn fused(&mut self, number: usize) {
        let group = self.fusion.group(number);
        let outputs: Vec<VarId> =
            group.outputs.iter().copied().filter(|var| self.declared.contains(var)).collect();
        let mut flow = Flow::default();
        flow.bars.extend(&outputs);
        for step in group.steps.iter().rev().filter(|step| self.activity.op_is_active(step.op)) {
            flow.step(step, |var| self.activity.is_varied(var));
        }
        let operands: Vec<VarId> =
            flow.bars.iter().copied().filter(|var| group.step(*var).is_none()).collect();
        if operands.is_empty() {
            return;
        }
        let ahead = group.reduction().is_some_and(|step| outputs == [step.dest]);
        let result = self.function.body.result.as_ref().and_then(Operand::var);
        flow.read(group, |var| Some(var) != result);
        if ahead {
            flow.reads.clear();
            flow.constants.clear();
        }
        let leaves = self.leaves(&operands, ahead);
        self.push(Stmt::Fused(Fused {
            number,
            outputs,
            reads: flow.reads.into_iter().collect(),
            constants: flow.constants.into_iter().collect(),
            leaves,
            ahead,
        }));
    }

    /// Where the cotangents of the operands go. All targets are in use at once, unless the gradient
    /// was computed `ahead`.
    fn leaves(&mut self, operands: &[VarId], ahead: bool) -> Vec<Leaf> {
        let targets: Vec<Target> = operands.iter().map(|var| self.target(*var)).collect();
        targets.iter().for_each(|target| self.ensure(target.root));
        let leaf = |(index, (operand, target)): (usize, (&VarId, &Target))| {
            let is_field = target.path.iter().all(|proj| matches!(proj, Proj::Field(_)));
            let overlaps = targets
                .iter()
                .enumerate()
                .any(|(other, place)| other != index && may_overlap(place, target));
            let detour = !ahead && (!is_field || overlaps || self.growing.contains(&target.root));
            Leaf { operand: *operand, target: target.clone(), detour }
        };
        operands.iter().zip(&targets).enumerate().map(leaf).collect()
    }
}

/// What flows back through a group.
#[derive(Default)]
struct Flow {
    /// Values that have a cotangent.
    bars: IdSet<VarId>,
    /// Primal values that the rules mention.
    needs: IdSet<VarId>,
    reads: IdSet<VarId>,
    constants: IdSet<VarId>,
}

impl Flow {
    fn step(&mut self, step: &Step<'_>, varies: impl Fn(VarId) -> bool) {
        if !self.bars.contains(&step.dest) {
            return;
        }
        for (arg, row) in step.args.iter().zip(step.formula.rows(step.args.len())) {
            let (Some(var), Some(row)) = (arg.var().filter(|var| varies(*var)), row) else {
                continue;
            };
            self.bars.insert(var);
            row.visit(&mut |sym| match sym {
                Sym::Operand(index) => self.need(&step.args[*index]),
                Sym::Result => {
                    self.needs.insert(step.dest);
                }
                _ => {}
            });
        }
    }

    fn need(&mut self, arg: &Arg) {
        match arg {
            Arg::Lane(var) => {
                self.needs.insert(*var);
            }
            Arg::Scalar(operand) | Arg::Integer(operand) => self.constants.extend(operand.var()),
        }
    }

    /// Finds what the values that the rules mention are made of: they are read, if they are written
    /// and `stay`, or computed again from the operands of the group.
    fn read(&mut self, group: &Group<'_>, stays: impl Fn(VarId) -> bool) {
        let mut seen = IdSet::new();
        while let Some(var) = self.needs.pop_last() {
            if !seen.insert(var) {
                continue;
            }
            match group.step(var) {
                Some(step) if !group.outputs.contains(&var) || !stays(var) => {
                    step.args.iter().for_each(|arg| self.need(arg));
                }
                _ => {
                    self.reads.insert(var);
                }
            }
        }
    }
}
