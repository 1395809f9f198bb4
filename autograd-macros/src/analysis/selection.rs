//! Selection: which cotangents may be zero because a value was computed and then not used.
//!
//! Where a value is infinite or has an infinite derivative, as `1.0 / x` at zero, and `min` or a
//! branch selects another one, its cotangent is exactly zero and contributes nothing, although zero
//! times infinity is not a number. The reverse pass has to ask only where that can happen.

use crate::ir::{
    Function, IdMap, IdSet, Op, OpId, OpKind, Operand, Place, Region, RegionId, Role, Source,
    Value, VarId,
};
use std::collections::HashSet;
use std::fmt::Write as _;

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

pub(crate) struct Selection(IdMap<VarId, Reach>);

impl Selection {
    pub(crate) fn new(function: &Function) -> Self {
        let mut uses = Uses::new(function);
        uses.enter(&function.body);
        uses.region(&function.body, None);
        for param in &function.params {
            if matches!(function.var(*param).role, Role::InOut { .. }) {
                uses.add(function.body.id, *param, Way::Use { by: None, at_least: Reach::Always });
            }
        }
        let solved = uses.solve();
        let own =
            solved.into_iter().filter(|((region, var), _)| function.var(*var).region == *region);
        Self(own.map(|((_, var), reach)| (var, reach)).collect())
    }

    pub(crate) fn reach(&self, var: VarId) -> Reach {
        self.0.get(&var).copied().unwrap_or(Reach::Selection)
    }
}

/// The variables under the user's names whose cotangents may be cut off.
pub(crate) fn print(function: &Function, selection: &Selection) -> String {
    let mut text = String::new();
    for id in function.ids().filter(|id| is_shown(function, *id)) {
        let label = match selection.reach(id) {
            Reach::Always => continue,
            Reach::Memory => "MEMORY",
            Reach::Selection => "SELECTION",
        };
        let _ = writeln!(text, "[{label}] {}", function.var(id).ident);
    }
    text
}

/// A variable as a region sees it.
type Seen = (RegionId, VarId);

/// A way on which a cotangent comes to a variable.
#[derive(Clone, Copy)]
enum Way {
    /// From a use by another variable, or by the function's value.
    Use { by: Option<VarId>, at_least: Reach },
    /// Out of the regions of an operation.
    Regions(OpId),
}

/// The regions of an operation, in a region.
struct Entered<'a> {
    parent: RegionId,
    op: &'a Op,
}

struct Uses<'a> {
    function: &'a Function,
    entered: IdMap<RegionId, Entered<'a>>,
    ops: IdMap<OpId, &'a Op>,
    late: IdSet<VarId>,
    overwritten: IdSet<VarId>,
    ways: Vec<(Seen, Way)>,
    known: HashSet<(Seen, OpId)>,
}

impl<'a> Uses<'a> {
    fn new(function: &'a Function) -> Self {
        Self {
            function,
            entered: IdMap::new(),
            ops: IdMap::new(),
            late: IdSet::new(),
            overwritten: IdSet::new(),
            ways: Vec::new(),
            known: HashSet::new(),
        }
    }

    /// Notes which region is where, which variables are declared without a value, and which are
    /// assigned as a whole.
    fn enter(&mut self, region: &'a Region) {
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
            for inner in op.kind.regions() {
                self.entered.insert(inner.id, Entered { parent: region.id, op });
                self.ops.insert(op.id, op);
                self.enter(inner);
            }
        }
    }

    fn region(&mut self, region: &Region, dest: Option<VarId>) {
        for op in &region.ops {
            self.op(op, region.id);
        }
        self.uses(region.result.iter(), region.id, dest, Reach::Always);
    }

    fn op(&mut self, op: &Op, region: RegionId) {
        let root = |place: &Place| self.function.resolve(place).root;
        match &op.kind {
            OpKind::Define { dest, value } => self.value(*dest, value, region),
            OpKind::Store { place, value } => {
                let root = root(place);
                let whole = place.path.is_empty() && self.late.contains(&root);
                let reach = if whole { Reach::Always } else { Reach::Memory };
                self.uses([value], region, Some(root), reach);
            }
            OpKind::AddAssign { place, value, .. } => {
                let root = root(place);
                let whole = place.path.is_empty() && !self.overwritten.contains(&root);
                let reach = if whole { Reach::Always } else { Reach::Memory };
                self.uses([value], region, Some(root), reach);
            }
            OpKind::Mutate { place, args, .. } => {
                let root = root(place);
                self.uses(args, region, Some(root), Reach::Memory);
            }
            OpKind::Exchange { a, b } => {
                self.uses(&[Operand::Var(*a)], region, Some(*b), Reach::Memory);
                self.uses(&[Operand::Var(*b)], region, Some(*a), Reach::Memory);
            }
            OpKind::For { source: Source::Each { element, place, .. }, .. } => {
                self.place(place, region, *element, Reach::Memory);
            }
            _ => {}
        }
        let dest = match &op.kind {
            OpKind::If { dest, .. }
            | OpKind::Match { dest, .. }
            | OpKind::Rest { dest, .. }
            | OpKind::Checkpoint { dest, .. } => *dest,
            _ => None,
        };
        for inner in op.kind.regions() {
            self.region(inner, dest);
        }
    }

    fn value(&mut self, dest: VarId, value: &Value, region: RegionId) {
        let by = Some(dest);
        match value {
            Value::Use(operand)
            | Value::Unary(_, operand)
            | Value::Cast(operand, _)
            | Value::Inspect { operand, .. } => {
                self.uses([operand], region, by, Reach::Always);
            }
            Value::Binary(_, lhs, rhs) => self.uses([lhs, rhs], region, by, Reach::Always),
            Value::Method { name, args, .. } => {
                let selects =
                    ["min", "max", "clamp", "minimum", "maximum"].iter().any(|n| name == n);
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
        at_least: Reach,
    ) {
        for var in operands.into_iter().filter_map(Operand::var) {
            self.add(region, var, Way::Use { by, at_least });
        }
    }

    /// A way to a variable from a region, and out of the regions around it to the variable's own.
    fn add(&mut self, region: RegionId, var: VarId, way: Way) {
        self.ways.push(((region, var), way));
        let home = self.function.var(var).region;
        let mut at = region;
        while let (true, Some(Entered { parent, op })) = (at != home, self.entered.get(&at)) {
            at = *parent;
            if !self.known.insert(((at, var), op.id)) {
                return;
            }
            self.ways.push(((at, var), Way::Regions(op.id)));
        }
    }

    /// The least of what each way is cut off by. Cotangents flow backwards, so does the search.
    fn solve(&self) -> IdMap<Seen, Reach> {
        let mut reach: IdMap<Seen, Reach> = IdMap::new();
        loop {
            let mut changed = false;
            for (seen, way) in self.ways.iter().rev() {
                let found = self.along(*way, seen.1, &reach);
                let known = reach.or_insert_with(*seen, || Reach::Selection);
                changed |= found < *known;
                *known = found.min(*known);
            }
            if !changed {
                return reach;
            }
        }
    }

    fn along(&self, way: Way, var: VarId, known: &IdMap<Seen, Reach>) -> Reach {
        let of = |region, var| known.get(&(region, var)).copied().unwrap_or(Reach::Selection);
        match way {
            Way::Use { by: None, at_least } => at_least,
            Way::Use { by: Some(by), at_least } => {
                at_least.max(of(self.function.var(by).region, by))
            }
            Way::Regions(op) => {
                let op = self.ops[&op];
                let regions = || op.kind.regions().into_iter().map(|region| of(region.id, var));
                match &op.kind {
                    // One of them runs.
                    OpKind::If { .. } | OpKind::Match { .. } => regions().max(),
                    OpKind::Block { .. } | OpKind::Checkpoint { .. } => regions().min(),
                    OpKind::For { .. } | OpKind::Loop { .. } => {
                        regions().min().map(|reach| reach.max(Reach::Memory))
                    }
                    _ => None,
                }
                .unwrap_or(Reach::Selection)
            }
        }
    }
}

fn is_shown(function: &Function, id: VarId) -> bool {
    let var = function.var(id);
    var.source.is_some() && !var.ty.is_inactive()
}
