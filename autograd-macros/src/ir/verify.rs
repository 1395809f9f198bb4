//! Checks the [laws of the IR](super). A violation is a defect of this crate.

use super::{
    Function, IdTable, Names, Op, OpKind, Operand, Place, Region, RegionId, Role, Source, Value,
    VarId,
};

/// Panics in debug builds if `function` breaks a law.
pub(crate) fn verify(function: &Function) {
    if cfg!(debug_assertions) {
        let mut verifier = Verifier {
            function,
            visible: IdTable::default(),
            defined: Vec::new(),
            targets: Vec::new(),
        };
        function.params.iter().for_each(|param| verifier.define(*param));
        verifier.names();
        verifier.region(&function.body);
    }
}

struct Verifier<'a> {
    function: &'a Function,
    /// Variables that are defined and in scope.
    visible: IdTable<VarId, ()>,
    /// Those of them that were defined on the way, in order.
    defined: Vec<VarId>,
    /// The regions around.
    targets: Vec<RegionId>,
}

impl Verifier<'_> {
    /// Law 6.
    fn names(&self) {
        let mut names = Names::default();
        for id in self.function.ids() {
            let name = &self.function.var(id).ident;
            assert!(names.insert(name.to_string()), "two variables are emitted as `{name}`");
        }
    }

    fn region(&mut self, region: &Region) {
        self.targets.push(region.id);
        for (position, op) in region.ops.iter().enumerate() {
            // Law 7.
            if op.kind.may_leave() || matches!(op.kind, OpKind::Rest { .. }) {
                let rest = &region.ops[position + 1..];
                assert!(
                    rest.is_empty()
                        || (rest.len() == 1 && matches!(rest[0].kind, OpKind::Rest { .. })),
                    "operations follow one that control may leave through"
                );
            }
            self.op(op);
        }
        if let Some(result) = &region.result {
            self.operand(result);
        }
        self.targets.pop();
    }

    fn nested(&mut self, region: &Region) {
        let outer = self.defined.len();
        self.region(region);
        self.leave(outer);
    }

    fn op(&mut self, op: &Op) {
        match &op.kind {
            OpKind::Define { dest, value } => {
                self.value(value);
                // Law 5.
                assert!(
                    !self.function.var(*dest).is_mutable() || value.may_define_mutable(),
                    "the mutable `{}` is defined by an operation",
                    self.function.var(*dest).ident
                );
                assert_eq!(
                    Some(&self.function.var(*dest).region),
                    self.targets.last(),
                    "`{}` is defined outside of its region",
                    self.function.var(*dest).ident
                );
                self.define(*dest);
            }
            OpKind::Alias { alias, .. } => {
                let Role::Alias { target, .. } = &self.function.var(*alias).role else {
                    panic!("an alias operation names a variable of another role");
                };
                self.place(target);
                self.define(*alias);
            }
            OpKind::Split { low, high } => {
                for alias in [low, high] {
                    let Role::Alias { target, .. } = &self.function.var(*alias).role else {
                        panic!("a split names a variable of another role");
                    };
                    self.place(target);
                    self.define(*alias);
                }
            }
            OpKind::Declare { dest } => self.define(*dest),
            OpKind::Store { place, value } | OpKind::AddAssign { place, value, .. } => {
                self.place(place);
                self.operand(value);
            }
            OpKind::Mutate { place, args, .. } => {
                self.place(place);
                args.iter().for_each(|arg| self.operand(arg));
            }
            OpKind::Exchange { a, b } => [a, b].into_iter().for_each(|var| self.read(*var)),
            OpKind::Effect(opaque) => opaque.reads.iter().for_each(|var| self.read(*var)),
            OpKind::If { cond, then, els, dest } => {
                self.operand(cond);
                self.nested(then);
                self.nested(els);
                if let Some(dest) = dest {
                    self.define(*dest);
                }
            }
            OpKind::For { source, body, .. } => {
                let outer = self.defined.len();
                match source {
                    Source::Range { var, start, end, .. } => {
                        self.operand(start);
                        self.operand(end);
                        self.define(*var);
                    }
                    Source::Each { index, len, place, element, .. } => {
                        self.read(*len);
                        self.place(place);
                        self.define(*index);
                        if matches!(self.function.var(*element).role, Role::Alias { .. }) {
                            self.define(*element);
                        }
                    }
                }
                self.region(body);
                self.leave(outer);
            }
            OpKind::Match { scrutinee, arms, dest } => {
                scrutinee.iter().for_each(|part| self.place(&part.place));
                for arm in arms {
                    let outer = self.defined.len();
                    for alias in
                        arm.bound.iter().filter(|var| self.function.var(**var).is_reference())
                    {
                        self.define(*alias);
                    }
                    self.region(&arm.body);
                    self.leave(outer);
                }
                dest.iter().for_each(|dest| self.define(*dest));
            }
            OpKind::Loop { cond, body } => {
                cond.iter().for_each(|cond| self.nested(cond));
                self.nested(body);
            }
            OpKind::Block { body } => self.nested(body),
            OpKind::Rest { body, dest } | OpKind::Checkpoint { body, dest } => {
                self.nested(body);
                dest.iter().for_each(|dest| self.define(*dest));
            }
            OpKind::Exit(exit) => assert!(
                self.targets.contains(&exit.target()),
                "an exit to a region that is not around it"
            ),
        }
    }

    fn value(&self, value: &Value) {
        match value {
            Value::Load(place) | Value::Ref { place, .. } => self.place(place),
            Value::Use(operand)
            | Value::Unary(_, operand)
            | Value::Cast(operand, _)
            | Value::Detach(operand) => {
                self.operand(operand);
            }
            Value::Binary(_, lhs, rhs) => {
                self.operand(lhs);
                self.operand(rhs);
            }
            Value::Join { parts, axis, .. } => {
                parts.iter().chain([axis]).for_each(|part| self.operand(part));
            }
            Value::Method { args, .. } | Value::Call { args, .. } => {
                args.iter().for_each(|arg| self.operand(arg));
            }
            Value::Aggregate(_, operands) => {
                operands.iter().for_each(|operand| self.operand(operand));
            }
            Value::Inspect { operand, hook } => {
                self.operand(operand);
                hook.reads.iter().for_each(|var| self.read(*var));
            }
            Value::Opaque(opaque) => opaque.reads.iter().for_each(|var| self.read(*var)),
        }
    }

    fn operand(&self, operand: &Operand) {
        if let Operand::Var(var) = operand {
            self.read(*var);
            // Law 5.
            assert!(
                !self.function.var(*var).is_mutable(),
                "the mutable `{}` is read without a load",
                self.function.var(*var).ident
            );
        }
    }

    fn place(&self, place: &Place) {
        self.read(place.root);
        place.indices().for_each(|index| self.operand(index));
    }

    /// Law 3, uses.
    fn read(&self, var: VarId) {
        assert!(
            self.visible.contains_key(&var),
            "`{}` is used where it is not defined",
            self.function.var(var).ident
        );
    }

    /// Law 3, definitions.
    fn define(&mut self, var: VarId) {
        let earlier = self.visible.insert(var, ());
        assert!(earlier.is_none(), "`{}` is defined twice", self.function.var(var).ident);
        self.defined.push(var);
    }

    /// Ends the scope of what was defined since there were `outer` definitions.
    fn leave(&mut self, outer: usize) {
        for var in self.defined.drain(outer..) {
            self.visible.remove(&var);
        }
    }
}
