//! Selection: which cotangents may be zero because a value was computed and then not used.
//!
//! Where a value is infinite or has an infinite derivative, as `1.0 / x` at zero, and `min` or a
//! branch selects another one, its cotangent is exactly zero and contributes nothing, although zero
//! times infinity is not a number. The reverse pass has to ask only where that can happen.

use crate::ir::{
    Function, Op, OpKind, Operand, Place, Region, RegionId, Role, Source, Value, VarId,
};
use std::collections::{HashMap, HashSet};

/// By what the cotangent of a value may be cut off, the value's operands aside.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Reach {
    /// By nothing: it is used by arithmetic on every path.
    Always,
    /// It lies in memory that may be overwritten or never read, or is used by a loop that may not
    /// run.
    Memory,
    /// Each use is one of several values among which one is chosen.
    Selection,
}

pub(crate) struct Selection(HashMap<VarId, Reach>);

impl Selection {
    pub(crate) fn new(function: &Function) -> Self {
        let mut uses = Uses::new(function);
        uses.assigned(&function.body);
        uses.region(&function.body, &function.body.result, None);
        let in_out = function.params.iter().filter(|param| {
            matches!(function.var(**param).role, Role::InOut { .. })
        });
        uses.edges.extend(in_out.map(|param| Use { of: *param, by: None, at_least: Reach::Always }));
        Self(uses.solve())
    }

    pub(crate) fn reach(&self, var: VarId) -> Reach {
        self.0.get(&var).copied().unwrap_or(Reach::Selection)
    }
}

/// A use of a variable by another, or by the function's value.
struct Use {
    of: VarId,
    by: Option<VarId>,
    at_least: Reach,
}

struct Uses<'a> {
    function: &'a Function,
    /// The region around each region, and what may keep control from entering.
    parents: HashMap<RegionId, (RegionId, Reach)>,
    late: HashSet<VarId>,
    overwritten: HashSet<VarId>,
    edges: Vec<Use>,
}

impl<'a> Uses<'a> {
    fn new(function: &'a Function) -> Self {
        Self {
            function,
            parents: HashMap::new(),
            late: HashSet::new(),
            overwritten: HashSet::new(),
            edges: Vec::new(),
        }
    }

    /// Notes which variables are declared without a value, and which are assigned as a whole.
    fn assigned(&mut self, region: &Region) {
        for op in &region.ops {
            match &op.kind {
                OpKind::Declare { dest } => {
                    self.late.insert(*dest);
                }
                OpKind::Store { place, .. } => {
                    self.overwritten.insert(self.function.resolve(place).root);
                }
                _ => {}
            }
            let entered = match &op.kind {
                OpKind::Block { .. } => Reach::Always,
                OpKind::For { .. } | OpKind::Loop { .. } => Reach::Memory,
                _ => Reach::Selection,
            };
            for inner in op.kind.regions() {
                self.parents.insert(inner.id, (region.id, entered));
                self.assigned(inner);
            }
        }
    }

    fn region(&mut self, region: &Region, result: &Option<Operand>, dest: Option<VarId>) {
        for op in &region.ops {
            self.op(op, region.id);
        }
        self.uses(result.iter(), region.id, dest, Reach::Always);
    }

    fn op(&mut self, op: &Op, region: RegionId) {
        let dest = match &op.kind {
            OpKind::Define { dest, value } => {
                self.value(*dest, value, region);
                None
            }
            OpKind::Store { place, value } => {
                let root = self.function.resolve(place).root;
                let whole = place.path.is_empty() && self.late.contains(&root);
                let reach = if whole { Reach::Always } else { Reach::Memory };
                self.uses([value], region, Some(root), reach);
                None
            }
            OpKind::AddAssign { place, value, .. } => {
                let root = self.function.resolve(place).root;
                let whole = place.path.is_empty() && !self.overwritten.contains(&root);
                let reach = if whole { Reach::Always } else { Reach::Memory };
                self.uses([value], region, Some(root), reach);
                None
            }
            OpKind::Mutate { place, args, .. } => {
                let root = self.function.resolve(place).root;
                self.uses(args, region, Some(root), Reach::Memory);
                None
            }
            OpKind::For { source: Source::Each { element, place, .. }, .. } => {
                self.place(place, region, *element, Reach::Memory);
                None
            }
            OpKind::If { dest, .. } | OpKind::Match { dest, .. } | OpKind::Rest { dest, .. } => *dest,
            _ => None,
        };
        for inner in op.kind.regions() {
            let result = if dest.is_some() { &inner.result } else { &None };
            self.region(inner, result, dest);
        }
    }

    fn value(&mut self, dest: VarId, value: &Value, region: RegionId) {
        let by = Some(dest);
        match value {
            Value::Use(operand) | Value::Unary(_, operand) | Value::Cast(operand, _) => {
                self.uses([operand], region, by, Reach::Always);
            }
            Value::Binary(_, lhs, rhs) => self.uses([lhs, rhs], region, by, Reach::Always),
            Value::Method { name, args, .. } => {
                let selects = ["min", "max", "clamp", "minimum", "maximum"].iter().any(|n| name == n);
                let reach = if selects { Reach::Selection } else { Reach::Always };
                self.uses(args, region, by, reach);
            }
            Value::Join { parts, .. } => self.uses(parts, region, by, Reach::Always),
            Value::Call { args, .. } | Value::Aggregate(_, args) => {
                self.uses(args, region, by, Reach::Memory);
            }
            Value::Load(place) => {
                let reach = if place.path.is_empty() { Reach::Always } else { Reach::Memory };
                self.place(place, region, dest, reach);
            }
            Value::Ref { place, .. } => self.place(place, region, dest, Reach::Memory),
            Value::Detach(_) | Value::Opaque(_) => {}
        }
    }

    fn place(&mut self, place: &Place, region: RegionId, by: VarId, reach: Reach) {
        let root = Operand::Var(self.function.resolve(place).root);
        self.uses([&root], region, Some(by), reach);
    }

    fn uses<'o>(
        &mut self,
        operands: impl IntoIterator<Item = &'o Operand>,
        region: RegionId,
        by: Option<VarId>,
        reach: Reach,
    ) {
        for of in operands.into_iter().filter_map(Operand::var) {
            let at_least = reach.max(self.between(self.function.var(of).region, region));
            self.edges.push(Use { of, by, at_least });
        }
    }

    /// What may keep control from a region inside of another one.
    fn between(&self, outer: RegionId, inner: RegionId) -> Reach {
        let (mut at, mut reach) = (inner, Reach::Always);
        while at != outer {
            let Some((parent, entered)) = self.parents.get(&at) else { break };
            reach = reach.max(*entered);
            at = *parent;
        }
        reach
    }

    /// The least of what each use is cut off by, which is found from the end of the function on.
    fn solve(&self) -> HashMap<VarId, Reach> {
        let mut reach: HashMap<VarId, Reach> = HashMap::new();
        loop {
            let mut changed = false;
            for edge in self.edges.iter().rev() {
                let by = edge.by.map_or(Reach::Always, |by| {
                    reach.get(&by).copied().unwrap_or(Reach::Selection)
                });
                let known = reach.entry(edge.of).or_insert(Reach::Selection);
                let found = edge.at_least.max(by);
                changed |= found < *known;
                *known = found.min(*known);
            }
            if !changed {
                return reach;
            }
        }
    }
}
