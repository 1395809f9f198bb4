//! Where each variable is defined, read and written.

use crate::ir::{
    Arm, Function, IdMap, IdSet, IdTable, OpKind, Opaque, Operand, Place, Region, RegionId, Source,
    Ty, Value, VarId,
};

/// A point in the function: its number in program order, and the loops around it.
#[derive(Clone, Default, Debug)]
pub(crate) struct Point {
    pub(crate) order: u32,
    pub(crate) loops: Vec<RegionId>,
}

/// An index over a function's operations.
#[derive(Default)]
pub(crate) struct Index<'a> {
    definitions: IdTable<VarId, &'a Value>,
    points: IdTable<VarId, Point>,
    writes: IdMap<VarId, Vec<Point>>,
    /// Variables whose ownership is taken by tokens that are carried over.
    moved: IdSet<VarId>,
    /// Variables that tokens that are carried over may assign to.
    opaquely_written: IdSet<VarId>,
    /// Variables that are declared before they have a value.
    late: IdSet<VarId>,
    /// Values of operations that control may leave through.
    leaving: IdSet<VarId>,
    /// Variables that bound slices or select elements of lists: of the type `usize`.
    subscripts: IdSet<VarId>,
    /// Where blocks begin that the reverse pass runs again.
    entries: IdMap<RegionId, Point>,
}

impl<'a> Index<'a> {
    pub(crate) fn new(function: &'a Function) -> Self {
        let mut index = Self::default();
        let mut order = 0;
        for param in &function.params {
            index.points.insert(*param, Point::default());
        }
        index.region(function, &function.body, &mut order, &mut Vec::new());
        index
    }

    /// The value that defines a variable, if an operation does.
    pub(crate) fn definition(&self, var: VarId) -> Option<&'a Value> {
        self.definitions.get(&var).copied()
    }

    pub(crate) fn is_moved(&self, var: VarId) -> bool {
        self.moved.contains(&var)
    }

    /// Whether a variable may have no value yet where its region is left.
    pub(crate) fn is_late(&self, var: VarId) -> bool {
        self.late.contains(&var)
    }

    /// Whether tokens that are carried over may assign to a variable.
    pub(crate) fn is_opaquely_written(&self, var: VarId) -> bool {
        self.opaquely_written.contains(&var)
    }

    /// Whether a variable is an integer that counts elements.
    pub(crate) fn is_count(&self, var: VarId) -> bool {
        match self.definition(var) {
            Some(Value::Opaque(opaque)) => opaque.label == "count",
            Some(Value::Method { name, .. }) => name == "len",
            _ => false,
        }
    }

    /// Whether a variable bounds a slice or selects an element of a list.
    pub(crate) fn is_subscript(&self, var: VarId) -> bool {
        self.subscripts.contains(&var)
    }

    /// Whether a variable has no value where control leaves the operation that defines it.
    pub(crate) fn is_leaving(&self, var: VarId) -> bool {
        self.leaving.contains(&var)
    }

    /// How many operations write to a variable.
    pub(crate) fn writes(&self, var: VarId) -> usize {
        self.writes.get(&var).map_or(0, Vec::len)
    }

    /// The number of a variable's definition in program order.
    pub(crate) fn order(&self, var: VarId) -> u32 {
        self.points.get(&var).map_or(0, |point| point.order)
    }

    /// How many loops are around a variable's definition.
    pub(crate) fn depth(&self, var: VarId) -> usize {
        self.points.get(&var).map_or(0, |point| point.loops.len())
    }

    /// How many loops are around each write to a variable.
    pub(crate) fn depths_of_writes(&self, var: VarId) -> impl Iterator<Item = usize> + '_ {
        self.writes.get(&var).into_iter().flatten().map(|write| write.loops.len())
    }

    /// Whether the innermost loop around `reader` does not write to `root` after it in the same iteration.
    pub(crate) fn unwritten_after(&self, root: VarId, reader: VarId) -> bool {
        let Some(read) = self.points.get(&reader) else { return false };
        self.writes.get(&root).is_none_or(|writes| {
            let later =
                |write: &Point| write.order > read.order && write.loops.starts_with(&read.loops);
            !writes.iter().any(later)
        })
    }

    /// Whether `root` holds at the end of its region what it held where `reader` was defined.
    pub(crate) fn unchanged_since(&self, root: VarId, reader: VarId) -> bool {
        self.points.get(&reader).is_some_and(|read| self.unchanged(root, read))
    }

    /// Whether `root` holds at the end of its region what it held where control entered a checkpoint.
    pub(crate) fn unchanged_since_entry(&self, root: VarId, checkpoint: RegionId) -> bool {
        self.entries.get(&checkpoint).is_some_and(|entry| self.unchanged(root, entry))
    }

    fn unchanged(&self, root: VarId, read: &Point) -> bool {
        let Some(born) = self.points.get(&root) else { return false };
        let depth = born.loops.len();
        self.writes.get(&root).is_none_or(|writes| {
            writes.iter().all(|write| {
                let shares_loop = write.loops.len() > depth
                    && read.loops.len() > depth
                    && write.loops[depth] == read.loops[depth];
                write.order < read.order && !shares_loop
            })
        })
    }

    fn region(
        &mut self,
        function: &'a Function,
        region: &'a Region,
        order: &mut u32,
        loops: &mut Vec<RegionId>,
    ) {
        for op in &region.ops {
            *order += 1;
            let point = Point { order: *order, loops: loops.clone() };
            match &op.kind {
                OpKind::Define { dest, value } => {
                    self.definitions.insert(*dest, value);
                    self.value(function, value, &point);
                    self.points.insert(*dest, point);
                }
                OpKind::Alias { alias: dest, .. } => {
                    self.subscripts(function, &Place::var(*dest));
                    self.points.insert(*dest, point);
                }
                OpKind::Split { low, high } => {
                    self.points.insert(*low, point.clone());
                    self.points.insert(*high, point);
                }
                OpKind::Declare { dest } => {
                    self.late.insert(*dest);
                    self.points.insert(*dest, point);
                }
                OpKind::Store { place, .. }
                | OpKind::AddAssign { place, .. }
                | OpKind::Mutate { place, .. } => {
                    self.write(function, place, point);
                }
                OpKind::Exchange { a, b } => {
                    self.write(function, &Place::var(*a), point.clone());
                    self.write(function, &Place::var(*b), point);
                }
                OpKind::Effect(opaque) => self.opaque(function, opaque, &point),
                kind @ (OpKind::If { dest, .. }
                | OpKind::Match { dest, .. }
                | OpKind::Rest { dest, .. }
                | OpKind::Checkpoint { dest, .. }) => {
                    if let OpKind::Checkpoint { body, .. } = kind {
                        self.entries.insert(body.id, point.clone());
                    }
                    if let OpKind::Match { arms, .. } = kind {
                        for arm in arms {
                            self.arm(function, arm, &point);
                        }
                    }
                    for inner in kind.regions() {
                        self.region(function, inner, order, loops);
                    }
                    if let Some(dest) = dest {
                        *order += 1;
                        self.points.insert(*dest, Point { order: *order, loops: loops.clone() });
                        if kind.may_leave() {
                            self.leaving.insert(*dest);
                        }
                    }
                }
                OpKind::Block { body } => self.region(function, body, order, loops),
                OpKind::Loop { cond, body } => {
                    loops.push(body.id);
                    for inner in cond.iter().chain([body]) {
                        self.region(function, inner, order, loops);
                    }
                    loops.pop();
                }
                OpKind::Exit(_) => {}
                OpKind::For { body, source, .. } => {
                    loops.push(body.id);
                    let inner = Point { order: *order, loops: loops.clone() };
                    match source {
                        Source::Range { var, .. } => self.points.insert(*var, inner),
                        Source::Each { index, element, .. } => {
                            self.points.insert(*index, inner.clone());
                            self.points.insert(*element, inner)
                        }
                    };
                    self.region(function, body, order, loops);
                    loops.pop();
                }
            }
        }
    }

    fn opaque(&mut self, function: &Function, opaque: &Opaque, point: &Point) {
        self.opaquely_written.extend(&opaque.writes);
        for var in &opaque.writes {
            self.write(function, &Place::var(*var), point.clone());
        }
        self.moved.extend(&opaque.moves);
    }

    /// What a pattern binds is there from the pattern on.
    fn arm(&mut self, function: &Function, arm: &Arm, point: &Point) {
        for var in &arm.bound {
            self.points.insert(*var, point.clone());
        }
        if let Some(guard) = &arm.guard {
            self.opaque(function, guard, point);
        }
    }

    fn write(&mut self, function: &Function, place: &Place, point: Point) {
        self.subscripts(function, place);
        let root = function.resolve(place).root;
        self.writes.or_default(root).push(point);
    }

    fn subscripts(&mut self, function: &Function, place: &Place) {
        let mut place = function.resolve(place);
        while let Some(proj) = place.path.pop() {
            let mut operands = proj.operands().into_iter().filter_map(Operand::var).peekable();
            if operands.peek().is_some() && function.place_ty(&place).is_list() {
                self.subscripts.extend(operands);
            }
        }
    }

    /// Opaque values and calls outside the gradient may write to and move what they mention.
    fn value(&mut self, function: &'a Function, value: &'a Value, point: &Point) {
        match value {
            Value::Opaque(opaque) => self.opaque(function, opaque, point),
            Value::Load(place) | Value::Ref { place, .. } => self.subscripts(function, place),
            Value::Call { args, .. } => {
                for var in args.iter().filter_map(Operand::var) {
                    let Some(reference @ Value::Ref { place, style }) =
                        self.definitions.get(&var).copied()
                    else {
                        continue;
                    };
                    let ty = &function.var(function.resolve(place).root).ty;
                    let hidden = *style == crate::ir::RefStyle::AutoRef
                        && (ty.is_inactive() || *ty == Ty::Unknown);
                    if hidden || function.may_write(reference) {
                        self.write(function, place, point.clone());
                    }
                }
            }
            _ => {}
        }
    }
}
