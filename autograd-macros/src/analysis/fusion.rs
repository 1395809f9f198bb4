//! Fusion: which element-wise operations on tensors are computed in one pass.
//!
//! Operations are taken into a group as long as nothing outside of it comes between: what reads a
//! value of the group ends it, and so does what may change memory. A group is computed where its last
//! operation stands, from inputs that are read once. Its outputs, the values that are read outside
//! of it, have the shape of the whole pass; a value whose shape may be smaller than that of what is
//! made of it therefore ends its group too, if it is an output.

mod reads;
mod step;

use super::activity::Activity;
use super::index::Index;
use crate::ir::{
    Function, IdMap, IdSet, Op, OpId, OpKind, Operand, Region, Role, Ty, Value, VarId,
};
use crate::parse::Target;
use reads::{reads, through_inline, Readers};
use std::fmt::Write as _;
pub(crate) use step::{Arg, Formula, Step};

/// The most operations of a group: more would not fit into registers.
const MOST: usize = 24;

/// The groups of a function.
#[derive(Default)]
pub(crate) struct Fusion<'a> {
    groups: Vec<Group<'a>>,
    members: IdMap<OpId, usize>,
    makers: IdMap<VarId, usize>,
    outputs: IdSet<VarId>,
}

/// Operations that are computed in one pass.
pub(crate) struct Group<'a> {
    /// In the order of the program.
    pub(crate) steps: Vec<Step<'a>>,
    /// What is read element by element: tensors, and values whose type is left to traits.
    pub(crate) inputs: Vec<VarId>,
    /// Values that are read outside of the group.
    pub(crate) outputs: Vec<VarId>,
    /// Why no further operation belongs to it.
    end: &'static str,
}

impl<'a> Group<'a> {
    /// The operation at whose place the group is computed.
    pub(crate) fn anchor(&self) -> OpId {
        self.steps.last().expect("a group has operations").op.id
    }

    /// The operation that makes a value of the group.
    pub(crate) fn step(&self, var: VarId) -> Option<&Step<'a>> {
        self.steps.iter().find(|step| step.dest == var)
    }

    /// The reduction that ends it.
    pub(crate) fn reduction(&self) -> Option<&Step<'a>> {
        self.steps.last().filter(|step| step.formula.is_reduction())
    }
}

impl<'a> Fusion<'a> {
    pub(crate) fn new(
        function: &'a Function,
        target: &Target,
        activity: &Activity,
        index: &Index<'_>,
    ) -> Self {
        let mut finder = Finder {
            function,
            activity,
            index,
            readers: Readers::new(function, index),
            ranks: parameter_ranks(function, target),
            ends: IdSet::new(),
            alone: IdSet::new(),
            groups: Vec::new(),
        };
        // Each round ends the groups at more values or leaves more operations alone, so there is a
        // last one.
        loop {
            finder.groups.clear();
            finder.region(&function.body);
            if !finder.split() && !finder.leave_alone() {
                break;
            }
        }
        let mut fusion = Self::default();
        for group in finder.groups {
            for step in &group.steps {
                fusion.members.insert(step.op.id, fusion.groups.len());
                fusion.makers.insert(step.dest, fusion.groups.len());
            }
            fusion.outputs.extend(&group.outputs);
            fusion.groups.push(group);
        }
        fusion
    }

    /// The number of the group that an operation belongs to.
    pub(crate) fn number(&self, op: &Op) -> Option<usize> {
        self.members.get(&op.id).copied()
    }

    pub(crate) fn group(&self, number: usize) -> &Group<'a> {
        &self.groups[number]
    }

    /// The number of the group that makes a value.
    pub(crate) fn number_of(&self, var: VarId) -> Option<usize> {
        self.makers.get(&var).copied()
    }

    /// Whether a group writes the value.
    pub(crate) fn is_output(&self, var: VarId) -> bool {
        self.outputs.contains(&var)
    }
}

impl Group<'_> {
    /// Whether it saves a pass over memory.
    fn pays(&self) -> bool {
        let work = self.steps.iter().filter(|step| !matches!(step.formula, Formula::Copy));
        work.count() > 1 && !self.outputs.is_empty()
    }
}

/// The ranks of the parameters that are tensors, as far as they are written as numbers.
fn parameter_ranks(function: &Function, target: &Target) -> IdMap<VarId, usize> {
    let params = function.params.iter().zip(&target.params);
    params.filter_map(|(var, param)| Some((*var, Ty::rank(&param.ty)?))).collect()
}

struct Finder<'a, 'f> {
    function: &'a Function,
    activity: &'f Activity,
    index: &'f Index<'f>,
    readers: Readers,
    ranks: IdMap<VarId, usize>,
    /// Values that end their group.
    ends: IdSet<VarId>,
    /// Operations that no group is made of.
    alone: IdSet<OpId>,
    groups: Vec<Group<'a>>,
}

/// A group that further operations may be taken into.
struct Open<'a> {
    steps: Vec<Step<'a>>,
    /// What its inputs are read from.
    held: IdSet<VarId>,
}

impl Open<'_> {
    fn makes(&self, var: VarId) -> bool {
        self.steps.iter().any(|step| step.dest == var)
    }
}

impl<'a> Finder<'a, '_> {
    fn region(&mut self, region: &'a Region) {
        let mut open: Vec<Open<'a>> = Vec::new();
        for op in &region.ops {
            match self.step(op).filter(|_| !self.alone.contains(&op.id)) {
                Some(step) => self.take(step, &mut open),
                None if self.readers.is_borrow(op) => {}
                None => self.pass(op, &mut open),
            }
            op.kind.regions().into_iter().for_each(|inner| self.region(inner));
        }
        while let Some(group) = open.pop() {
            self.close(group, "the region ends");
        }
    }

    /// Takes an operation into the groups whose values it reads.
    fn take(&mut self, step: Step<'a>, open: &mut Vec<Open<'a>>) {
        let rank = self.rank(&step);
        if let Some(rank) = rank {
            self.ranks.insert(step.dest, rank);
        }
        let mut own = Open { steps: Vec::new(), held: IdSet::new() };
        for var in step.lanes() {
            let Some(position) = open.iter().position(|group| group.makes(var)) else { continue };
            let group = open.remove(position);
            let is_smaller =
                rank.is_some_and(|rank| self.ranks.get(&var).is_some_and(|r| *r < rank));
            if self.ends.contains(&var) {
                self.close(group, "what follows may be larger");
            } else if is_smaller {
                self.close(group, "what follows is of a higher rank");
            } else if own.steps.len() + group.steps.len() >= MOST {
                self.close(group, "it is full");
            } else {
                own.steps.extend(group.steps);
                own.held.extend(group.held);
            }
        }
        if step.formula.is_reduction() && own.steps.is_empty() {
            return;
        }
        own.steps.sort_by_key(|step| step.op.id);
        for var in step.reads() {
            through_inline(self.function, self.index, var, &mut own.held);
        }
        let ends = step.formula.is_reduction();
        own.steps.push(step);
        if ends {
            self.close(own, "it is reduced");
        } else {
            open.push(own);
        }
    }

    /// The rank of the result, if those of all operands are known.
    fn rank(&self, step: &Step<'_>) -> Option<usize> {
        step.lanes()
            .map(|var| self.ranks.get(&var).copied())
            .max_by_key(|rank| rank.unwrap_or(usize::MAX))?
    }

    /// Ends the groups that an operation outside of them comes between.
    fn pass(&mut self, op: &'a Op, open: &mut Vec<Open<'a>>) {
        if open.is_empty() {
            return;
        }
        let mut read = IdSet::new();
        reads(self.function, op, &mut |var| {
            read.insert(self.readers.root(var));
        });
        let moved = self.moved(op);
        for group in std::mem::take(open) {
            if is_barrier(self.function, self.index, op) {
                self.close(group, "memory may change");
            } else if read.iter().any(|var| group.makes(*var)) {
                self.close(group, "a value is read by another operation");
            } else if moved.iter().any(|var| group.held.contains(var)) {
                self.close(group, "an input is moved");
            } else {
                open.push(group);
            }
        }
    }

    /// The variables whose ownership an operation may take.
    fn moved(&self, op: &Op) -> IdSet<VarId> {
        let mut moved = IdSet::new();
        let receiver = match &op.kind {
            OpKind::Define { value: Value::Method { args, .. }, .. } => args[0].var(),
            _ => None,
        };
        reads(self.function, op, &mut |var| {
            let info = self.function.var(var);
            if Some(var) != receiver && !info.is_reference() && !info.ty.is_copy() {
                moved.insert(var);
            }
        });
        moved
    }

    fn close(&mut self, open: Open<'a>, end: &'static str) {
        let makes = |var: &VarId| open.makes(*var);
        let mut inputs: Vec<VarId> =
            open.steps.iter().flat_map(Step::lanes).filter(|var| !makes(var)).collect();
        inputs.sort_unstable();
        inputs.dedup();
        let ops: IdSet<OpId> = open.steps.iter().map(|step| step.op.id).collect();
        let dests = open.steps.iter().map(|step| step.dest);
        let outputs = dests.filter(|var| self.readers.is_read_outside(*var, &ops)).collect();
        self.groups.push(Group { steps: open.steps, inputs, outputs, end });
    }

    /// Leaves the operations of groups alone that save nothing. Whether there were any.
    fn leave_alone(&mut self) -> bool {
        let before = self.alone.len();
        for group in self.groups.iter().filter(|group| !group.pays()) {
            self.alone.extend(group.steps.iter().map(|step| step.op.id));
        }
        self.alone.len() > before
    }

    /// Ends groups at outputs that may be smaller than the pass. Whether there were any.
    fn split(&mut self) -> bool {
        let before = self.ends.len();
        for group in &self.groups {
            let mut keys: IdMap<VarId, IdSet<VarId>> = IdMap::new();
            for step in &group.steps {
                let mut key = IdSet::new();
                for var in step.lanes() {
                    match keys.get(&var) {
                        Some(known) => key.extend(known),
                        None => {
                            key.insert(var);
                        }
                    }
                }
                keys.insert(step.dest, key);
            }
            let whole: IdSet<VarId> = group.inputs.iter().copied().collect();
            for output in group.outputs.iter().filter(|output| keys[output] != whole) {
                match group.reduction().filter(|step| step.dest == *output) {
                    Some(reduction) => self.ends.extend(reduction.lanes()),
                    None => {
                        self.ends.insert(*output);
                    }
                }
            }
        }
        self.ends.len() > before
    }
}

/// Whether an operation may change memory, or whether it runs at all.
fn is_barrier(function: &Function, index: &Index<'_>, op: &Op) -> bool {
    match &op.kind {
        OpKind::Define {
            value: Value::Opaque(opaque) | Value::Inspect { hook: opaque, .. },
            ..
        } => !opaque.writes.is_empty(),
        OpKind::Define { value: Value::Call { args, .. }, .. } => args
            .iter()
            .filter_map(|arg| index.definition(arg.var()?))
            .any(|value| function.may_write(value)),
        OpKind::Define { .. } | OpKind::Declare { .. } => false,
        OpKind::Alias { alias, .. } => {
            matches!(function.var(*alias).role, Role::Alias { mutable: true, .. })
        }
        _ => true,
    }
}

/// The groups, one operation a line.
pub(crate) fn print(function: &Function, fusion: &Fusion<'_>) -> String {
    let mut text = String::new();
    let name = |var: &VarId| function.var(*var).ident.to_string();
    let names = |vars: &[VarId]| vars.iter().map(name).collect::<Vec<_>>().join(", ");
    for (number, group) in fusion.groups.iter().enumerate() {
        let (inputs, outputs) = (names(&group.inputs), names(&group.outputs));
        let _ = writeln!(text, "group {number} ({inputs}) -> {outputs}");
        for step in &group.steps {
            let args: Vec<String> = step
                .args
                .iter()
                .map(|arg| match arg {
                    Arg::Lane(var) => name(var),
                    Arg::Scalar(Operand::Var(var)) | Arg::Integer(Operand::Var(var)) => name(var),
                    Arg::Scalar(Operand::Literal(literal))
                    | Arg::Integer(Operand::Literal(literal)) => literal.tokens.to_string(),
                })
                .collect();
            let _ = writeln!(
                text,
                "  {} = {}({})",
                name(&step.dest),
                step.formula.name(),
                args.join(", ")
            );
        }
        let _ = writeln!(text, "  ends: {}", group.end);
    }
    text
}
