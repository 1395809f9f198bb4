//! Which values vary with an active parameter.

use super::State;
use crate::ir::{
    Arm, BinaryOp, Callee, Exit, Function, IdMap, IdSet, Op, OpKind, Opaque, Operand, Place,
    Region, Ty, UnaryOp, Value, VarId,
};
use crate::rules;
use proc_macro2::Span;

/// What decides whether a loop's body runs again.
#[derive(Clone, Copy)]
enum Head<'a> {
    Count,
    While(&'a Region),
    Forever,
}

/// The forward pass. The state holds the mutable variables that are varied at a point.
pub(super) struct Varied<'a> {
    pub(super) function: &'a Function,
    pub(super) written: &'a IdMap<VarId, VarId>,
    pub(super) facts: IdSet<VarId>,
    /// By operation, so that a loop body that is visited again reports once.
    pub(super) errors: IdMap<(u32, u32), (Span, String, String)>,
    /// The states with which control leaves regions early.
    pub(super) exits: IdMap<Exit, State>,
}

impl Varied<'_> {
    pub(super) fn region(&mut self, region: &Region, state: &mut State) {
        for op in &region.ops {
            self.op(op, state);
        }
    }

    fn operand(&self, operand: &Operand) -> bool {
        operand.var().is_some_and(|var| self.facts.contains(&var))
    }

    fn place(&self, place: &Place, state: &State) -> bool {
        let root = self.function.resolve(place).root;
        if self.function.var(root).is_mutable() {
            state.contains(root)
        } else {
            self.facts.contains(&root)
        }
    }

    fn op(&mut self, op: &Op, state: &mut State) {
        match &op.kind {
            OpKind::Define { dest, value } => {
                let varied = self.value(op, value, state)
                    && op.recording
                    && !self.function.var(*dest).ty.is_inactive();
                self.set(*dest, varied, state);
                if let Value::Call { callee, args } = value {
                    self.call_writes(op, callee, args, varied, state);
                }
            }
            OpKind::Store { place, value } => {
                let varied = op.recording && self.operand(value);
                self.store(op, place, varied, false, state);
            }
            OpKind::AddAssign { place, value, .. } => {
                let varied = op.recording && self.operand(value);
                self.store(op, place, varied, true, state);
            }
            OpKind::Mutate { mutation, place, args } => {
                let stored = mutation.stores().map(|index| &args[index]);
                let varied = stored.is_some_and(|operand| self.operand(operand));
                if op.recording {
                    self.store(op, place, varied, !mutation.overwrites(), state);
                } else if self.place(place, state) {
                    let name = mutation.name();
                    self.report(
                        op,
                        &format!(
                            "`{name}` inside `no_grad!` changes a list that holds active values"
                        ),
                        "call it outside, or make a new list from `.detach()` of the values",
                    );
                }
            }
            OpKind::Exchange { a, b } => {
                let varied = [a, b].map(|var| self.place(&Place::var(*var), state)).contains(&true);
                self.store(op, &Place::var(*a), varied, true, state);
                self.store(op, &Place::var(*b), varied, true, state);
            }
            OpKind::Effect(opaque) => self.opaque(op, opaque, state),
            OpKind::Alias { alias, .. } => {
                if self.place(&Place::var(*alias), state) {
                    self.facts.insert(*alias);
                }
            }
            OpKind::Split { low, high } => {
                for alias in [low, high] {
                    if self.place(&Place::var(*alias), state) {
                        self.facts.insert(*alias);
                    }
                }
            }
            OpKind::Declare { .. } => {}
            OpKind::If { then, els, dest, .. } => self.branches(&[then, els], *dest, state),
            OpKind::Match { scrutinee: _, arms, dest } => {
                for (arm, number) in arms.iter().zip(1..) {
                    self.arm(op, arm, number, state);
                }
                let bodies: Vec<&Region> = arms.iter().map(|arm| &arm.body).collect();
                self.branches(&bodies, *dest, state);
            }
            OpKind::For { body, source } => {
                if let crate::ir::Source::Each { element, place, .. } = source {
                    if self.place(place, state) {
                        self.facts.insert(*element);
                    }
                }
                self.repeat(body, Head::Count, state);
            }
            OpKind::Loop { cond, body } => {
                let head = cond.as_ref().map_or(Head::Forever, Head::While);
                self.repeat(body, head, state);
            }
            OpKind::Block { body } => {
                self.region(body, state);
                self.join(Exit::Break(body.id), state);
            }
            OpKind::Rest { body, dest } | OpKind::Checkpoint { body, dest } => {
                self.branches(&[body], *dest, state);
            }
            OpKind::Exit(exit) => {
                let left = std::mem::take(state);
                self.exits.or_default(*exit).join(&left);
            }
        }
    }

    /// Regions of which one runs; a state is the union of theirs.
    fn branches(&mut self, regions: &[&Region], dest: Option<VarId>, state: &mut State) {
        let before = std::mem::take(state);
        for region in regions {
            let mut after = before.clone();
            self.region(region, &mut after);
            state.join(&after);
        }
        if let Some(dest) = dest {
            let mut results = regions.iter().filter_map(|region| region.result.as_ref());
            let varied = results.any(|result| self.operand(result));
            self.set(dest, varied, state);
        }
    }

    /// The aliases that a pattern binds, and what it compares.
    fn arm(&mut self, op: &Op, arm: &Arm, number: u32, state: &State) {
        for var in &arm.bound {
            if self.function.var(*var).is_reference() && self.place(&Place::var(*var), state) {
                self.facts.insert(*var);
            }
        }
        for (place, span) in &arm.compared {
            if op.recording && self.place(place, state) {
                self.errors.or_insert_with((op.id.0, number), || {
                    (
                        *span,
                        "an active value is matched against a literal pattern".to_owned(),
                        "bind a name and compare it: `v if v == …`, or match on `.detach()` of the value".to_owned(),
                    )
                });
            }
        }
        if let Some(guard) = &arm.guard {
            self.opaque(op, guard, state);
        }
    }

    /// A loop, to a fixed point. It may end before each iteration, unless it is endless.
    fn repeat(&mut self, body: &Region, head: Head<'_>, state: &mut State) {
        loop {
            let before = (state.clone(), self.facts.len());
            if let Head::While(cond) = head {
                self.region(cond, state);
            }
            let mut after = state.clone();
            self.region(body, &mut after);
            self.join(Exit::Continue(body.id), &mut after);
            state.join(&after);
            if before == (state.clone(), self.facts.len()) {
                break;
            }
        }
        if matches!(head, Head::Forever) {
            state.clear();
        }
        self.join(Exit::Break(body.id), state);
    }

    /// Adds the states with which control comes here by an exit.
    fn join(&self, exit: Exit, state: &mut State) {
        if let Some(left) = self.exits.get(&exit) {
            state.join(left);
        }
    }

    /// What a call may change through its arguments varies if anything that it is given does.
    fn call_writes(
        &mut self,
        op: &Op,
        callee: &Callee,
        args: &[Operand],
        varied: bool,
        state: &mut State,
    ) {
        for (index, arg) in args.iter().enumerate() {
            let Some(root) = arg.var().and_then(|var| self.written.get(&var)).copied() else {
                continue;
            };
            if varied && self.function.var(root).can_vary() {
                self.facts.insert(root);
                state.insert(root);
                continue;
            }
            let is_receiver = matches!(callee, Callee::Method(..)) && index == 0;
            if !op.recording
                && !is_receiver
                && (state.contains(root) || args.iter().any(|arg| self.operand(arg)))
            {
                self.report(
                    op,
                    "a call inside `no_grad!` changes a variable that holds an active value",
                    "call it outside of the block, or give it a copy made by `.detach()`",
                );
            }
        }
    }

    fn set(&mut self, var: VarId, varied: bool, state: &mut State) {
        if varied {
            self.facts.insert(var);
        }
        if self.function.var(var).is_mutable() {
            if varied {
                state.insert(var);
            } else {
                state.remove(var);
            }
        }
    }

    fn store(&mut self, op: &Op, place: &Place, varied: bool, keeps: bool, state: &mut State) {
        let resolved = self.function.resolve(place);
        let root = self.function.var(resolved.root);
        if varied && !root.can_vary() {
            self.report(
                op,
                "an active value is written to memory that is not differentiated",
                "write to a local variable, or store `.detach()` of the value",
            );
        }
        if varied {
            self.facts.insert(resolved.root);
            state.insert(resolved.root);
        } else if resolved.path.is_empty() && !keeps {
            state.remove(resolved.root);
        }
    }

    fn opaque(&mut self, op: &Op, opaque: &Opaque, state: &State) {
        let Some(reject) = &opaque.reject else { return };
        let varies = |var: &VarId| self.place(&Place::var(*var), state);
        let sees = if op.recording {
            opaque.reads.iter().chain(&opaque.writes).any(varies)
        } else {
            // Under `no_grad` it may look, but what it assigns to would have to be cut.
            opaque.assigned.iter().any(varies)
        };
        if sees {
            self.report(op, &reject.message, &reject.help);
        }
    }

    fn report(&mut self, op: &Op, message: &str, help: &str) {
        self.errors.or_insert_with((op.id.0, 0), || (op.span, message.to_owned(), help.to_owned()));
    }

    fn value(&mut self, op: &Op, value: &Value, state: &State) -> bool {
        match value {
            Value::Use(operand)
            | Value::Unary(UnaryOp::Neg, operand)
            | Value::Inspect { operand, .. } => self.operand(operand),
            Value::Load(place) | Value::Ref { place, .. } => self.place(place, state),
            Value::Unary(UnaryOp::Not, _)
            | Value::Binary(BinaryOp::Bit(_), ..)
            | Value::Detach(_) => false,
            Value::Binary(_, lhs, rhs) => self.operand(lhs) || self.operand(rhs),
            Value::Cast(operand, ty) => self.cast(op, operand, ty),
            Value::Method { name, args, .. } => {
                let name = name.to_string();
                if rules::is_of_bits(&name) && op.recording && self.operand(&args[0]) {
                    self.report(
                        op,
                        &format!("`{name}` of an active value has no derivative"),
                        "write `.detach()` before it if no gradient is wanted through it",
                    );
                }
                self.method(&name, args)
            }
            Value::Join { parts, .. } => parts.iter().any(|part| self.operand(part)),
            Value::Call { callee: Callee::Constant(_, reject), args } => {
                if op.recording && args.iter().any(|arg| self.operand(arg)) {
                    self.report(op, &reject.message, &reject.help);
                }
                false
            }
            Value::Call { args, .. } => args.iter().any(|arg| self.operand(arg)),
            Value::Aggregate(_, operands) => operands.iter().any(|operand| self.operand(operand)),
            Value::Opaque(opaque) => {
                self.opaque(op, opaque, state);
                false
            }
        }
    }

    fn method(&self, name: &str, args: &[Operand]) -> bool {
        let Some(rule) = rules::method(name, args.len()) else { return false };
        args.iter().enumerate().any(|(index, arg)| rule.differentiates(index) && self.operand(arg))
    }

    fn cast(&mut self, op: &Op, operand: &Operand, ty: &syn::Type) -> bool {
        let varied = self.operand(operand);
        let to_integer = Ty::of(ty, &[]).is_inactive();
        let from_float = operand.var().is_some_and(|var| self.function.var(var).ty.is_float());
        if varied && to_integer && from_float && op.recording {
            self.report(
                op,
                "an active value is cast to an integer, which has no derivative",
                "write `.detach()` before the cast if no gradient is wanted through it",
            );
        }
        varied && !to_integer
    }
}
