//! Activity: which values vary with an active parameter, and which of them the result depends on.
//!
//! *Varied* runs forward, *useful* backward; both follow control flow, so that an assignment of a
//! constant cuts a variable from there on. An operation is active if its result is varied and
//! useful; only active operations have a reverse.

use super::vars::Vars;
use crate::diag::Diagnostics;
use crate::ir::{
    Arm, BinaryOp, Callee, Exit, Function, IdMap, IdSet, Op, OpKind, Opaque, Operand, Place,
    Region, Role, Ty, UnaryOp, Value, VarId,
};
use crate::parse::Target;
use crate::rules::{self, Rule};
use proc_macro2::Span;
use std::collections::BTreeSet;
use std::fmt::Write;

/// What the analysis found.
#[derive(Default)]
pub(crate) struct Activity {
    /// Variables that depend on an active parameter somewhere.
    varied: IdSet<VarId>,
    /// Variables that the result depends on differentiably.
    useful: IdSet<VarId>,
    /// Definitions, stores and additions through which a cotangent flows.
    active_ops: IdSet<u32>,
    /// Stores after which the stored variable is still wanted, so that its cotangent ends there.
    live_stores: IdSet<u32>,
    /// The variables that a call may change, by the arguments through which it may.
    written: IdMap<VarId, VarId>,
}

impl Activity {
    pub(crate) fn is_varied(&self, var: VarId) -> bool {
        self.varied.contains(&var)
    }

    /// Whether a variable varies, and the result depends on it.
    pub(crate) fn is_active(&self, var: VarId) -> bool {
        self.varied.contains(&var) && self.useful.contains(&var)
    }

    pub(crate) fn operand_varied(&self, operand: &Operand) -> bool {
        operand.var().is_some_and(|var| self.is_varied(var))
    }

    /// Whether a cotangent flows through an operation.
    pub(crate) fn op_is_active(&self, op: &Op) -> bool {
        self.active_ops.contains(&op.id.0)
    }

    /// The variable that a call may change through an argument.
    pub(crate) fn written_through(&self, argument: VarId) -> Option<VarId> {
        self.written.get(&argument).copied()
    }

    /// Whether the variable stored to is wanted after the store.
    pub(crate) fn store_is_live(&self, op: &Op) -> bool {
        self.live_stores.contains(&op.id.0)
    }
}

/// Runs the analysis and reports active values where they may not be.
pub(crate) fn analyse(function: &Function, target: &Target, diag: &mut Diagnostics) -> Activity {
    let mut written = IdMap::new();
    gather_written(function, &function.body, &mut written);
    let mut varied = Varied {
        function,
        written: &written,
        facts: IdSet::new(),
        errors: IdMap::new(),
        exits: IdMap::new(),
    };
    let mut state = State::default();
    for (var, active) in function.params.iter().zip(&function.active) {
        if *active {
            varied.facts.insert(*var);
            state.insert(*var);
        }
    }
    varied.region(&function.body, &mut state);
    let Varied { facts, errors, .. } = varied;
    for (span, message, help) in errors.into_values() {
        diag.error(span, message, help);
    }
    let result = function.body.result.as_ref();
    let depends = result.and_then(Operand::var).is_some_and(|var| facts.contains(&var))
        || target.has_in_out();
    if result.is_some() && !depends && diag.is_empty() {
        diag.error_on(
            target.name(),
            format!("the value of `{}` does not depend on any active parameter", target.name()),
            "its gradient would be zero everywhere: is there a `.detach()`, a `no_grad!` or a cast on every path?",
        );
    }
    let mut activity = Activity { varied: facts, written, ..Activity::default() };
    let mut useful = Useful { function, activity: &mut activity, exits: IdMap::new() };
    // What `&mut` parameters hold in the end is a result.
    let mut live = State::default();
    for param in &function.params {
        if matches!(function.var(*param).role, Role::InOut { active: true }) {
            live.insert(*param);
        }
    }
    if let Some(result) = result {
        useful.mark(result);
    }
    useful.region(&function.body, &mut live);
    hidden_mutation(function, &activity, &function.body, diag);
    activity
}

/// The variables that calls may change, by the references through which they may.
fn gather_written(function: &Function, region: &Region, written: &mut IdMap<VarId, VarId>) {
    for op in &region.ops {
        if let OpKind::Define { dest, value: value @ Value::Ref { place, .. } } = &op.kind {
            if function.may_write(value) {
                written.insert(*dest, function.resolve(place).root);
            }
        }
        op.kind.regions().into_iter().for_each(|inner| gather_written(function, inner, written));
    }
}

/// A method that is not differentiated may change its receiver behind our back.
fn hidden_mutation(
    function: &Function,
    activity: &Activity,
    region: &Region,
    diag: &mut Diagnostics,
) {
    for (position, op) in region.ops.iter().enumerate() {
        match &op.kind {
            OpKind::Define {
                value: Value::Call { callee: Callee::Method(name, _), args }, ..
            } if !activity.op_is_active(op) => {
                let receiver = args[0].var();
                let name = name.to_string();
                let borrowed = region.ops[..position].iter().rev().find_map(|op| match &op.kind {
                    OpKind::Define { dest, value } if Some(*dest) == receiver => match value {
                        Value::Ref { place, .. } => Some(place),
                        // A scalar that a method is called on is read where it stands.
                        Value::Load(place) if !rules::only_looks(&name) => Some(place),
                        _ => None,
                    },
                    _ => None,
                });
                let changes = |place: &Place| {
                    let root = function.resolve(place).root;
                    let given = args[1..].iter().any(|arg| activity.operand_varied(arg));
                    function.var(root).is_mutable() && (given || activity.is_varied(root))
                };
                if borrowed.is_some_and(changes) {
                    let operator = name.strip_suffix("_assign").and_then(rules::operator_method);
                    let help = match operator {
                        Some(op) => format!("write the operator: `a {}= b`", op.symbol()),
                        None => "call it on `.detach()` of the variable if it only reads; else assign single fields or elements".to_owned(),
                    };
                    diag.error(
                        op.span,
                        format!("`{name}` may change an active variable, and its result is not differentiated"),
                        help,
                    );
                }
            }
            kind => kind
                .regions()
                .into_iter()
                .for_each(|region| hidden_mutation(function, activity, region, diag)),
        }
    }
}

/// The forward pass. The state holds the mutable variables that are varied at a point.
/// What decides whether a loop's body runs again.
#[derive(Clone, Copy)]
enum Head<'a> {
    Count,
    While(&'a Region),
    Forever,
}

struct Varied<'a> {
    function: &'a Function,
    written: &'a IdMap<VarId, VarId>,
    facts: IdSet<VarId>,
    /// By operation, so that a loop body that is visited again reports once.
    errors: IdMap<(u32, u32), (Span, String, String)>,
    /// The states with which control leaves regions early.
    exits: IdMap<Exit, State>,
}

type State = Vars;

impl Varied<'_> {
    fn region(&mut self, region: &Region, state: &mut State) {
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

/// The backward pass. The state holds the mutable variables that are wanted at a point.
struct Useful<'a> {
    function: &'a Function,
    activity: &'a mut Activity,
    /// What is wanted where control comes by an exit.
    exits: IdMap<Exit, State>,
}

impl Useful<'_> {
    fn mark(&mut self, operand: &Operand) {
        if let Some(var) = operand.var() {
            self.activity.useful.insert(var);
        }
    }

    fn mark_place(&mut self, place: &Place, live: &mut State) {
        let root = self.function.resolve(place).root;
        self.activity.useful.insert(root);
        if self.function.var(root).is_mutable() {
            live.insert(root);
        }
    }

    fn region(&mut self, region: &Region, live: &mut State) {
        for op in region.ops.iter().rev() {
            self.op(op, live);
        }
    }

    /// Whether the result of a definition is wanted; a mutable variable is born here.
    fn wanted(&mut self, dest: VarId, live: &mut State) -> bool {
        if self.function.var(dest).is_mutable() {
            live.remove(dest)
        } else {
            self.activity.useful.contains(&dest)
        }
    }

    /// Whether the callee of a call has to be differentiable: a mutable variable may become active
    /// only after a call has given it its first value.
    fn takes_active(&self, value: &Value) -> bool {
        let Value::Call { args, .. } = value else { return true };
        args.iter().any(|arg| {
            let written = arg.var().and_then(|var| self.activity.written_through(var));
            self.activity.operand_varied(arg)
                || written.is_some_and(|root| self.activity.is_varied(root))
        })
    }

    fn op(&mut self, op: &Op, live: &mut State) {
        match &op.kind {
            OpKind::Define { dest, value } => {
                let wanted = self.wanted(*dest, live) || self.writes_live(value, live);
                if wanted
                    && op.recording
                    && self.activity.is_varied(*dest)
                    && self.takes_active(value)
                {
                    self.activity.active_ops.insert(op.id.0);
                    self.value(value, live);
                }
            }
            OpKind::Store { place, value } => {
                let resolved = self.function.resolve(place);
                if live.contains(resolved.root) {
                    self.activity.live_stores.insert(op.id.0);
                    if op.recording && self.activity.operand_varied(value) {
                        self.activity.active_ops.insert(op.id.0);
                        self.mark(value);
                    }
                    if resolved.path.is_empty() {
                        live.remove(resolved.root);
                    }
                }
            }
            OpKind::AddAssign { place, value, .. } => {
                let root = self.function.resolve(place).root;
                if live.contains(root) && op.recording && self.activity.operand_varied(value) {
                    self.activity.active_ops.insert(op.id.0);
                    self.mark(value);
                }
            }
            OpKind::Mutate { mutation, place, args } => {
                let root = self.function.resolve(place).root;
                if live.contains(root) && self.activity.is_varied(root) {
                    self.activity.active_ops.insert(op.id.0);
                    if let Some(index) = mutation.stores() {
                        self.mark(&args[index]);
                    }
                }
            }
            OpKind::Exchange { a, b } => {
                // Also if neither is read later: their cotangents have the shapes of what is in them.
                if self.activity.is_varied(*a) {
                    self.activity.active_ops.insert(op.id.0);
                }
                if live.contains(*a) || live.contains(*b) {
                    self.mark(&Operand::Var(*a));
                    self.mark(&Operand::Var(*b));
                    live.insert(*a);
                    live.insert(*b);
                }
            }
            OpKind::Effect(_)
            | OpKind::Alias { .. }
            | OpKind::Split { .. }
            | OpKind::Declare { .. } => {}
            OpKind::If { then, els, dest, .. } => self.branches(op, &[then, els], *dest, live),
            OpKind::Match { arms, dest, .. } => {
                let bodies: Vec<&Region> = arms.iter().map(|arm| &arm.body).collect();
                self.branches(op, &bodies, *dest, live);
            }
            OpKind::For { body, .. } => self.repeat(None, body, live, true),
            OpKind::Loop { cond, body } => {
                self.repeat(cond.as_ref(), body, live, cond.is_some());
            }
            OpKind::Block { body } => {
                self.exits.insert(Exit::Break(body.id), live.clone());
                self.region(body, live);
            }
            OpKind::Rest { body, dest } | OpKind::Checkpoint { body, dest } => {
                self.branches(op, &[body], *dest, live);
            }
            OpKind::Exit(exit) => *live = self.exits.get(exit).cloned().unwrap_or_default(),
        }
    }

    /// Whether a call may change a variable that is wanted.
    fn writes_live(&self, value: &Value, live: &State) -> bool {
        let Value::Call { args, .. } = value else { return false };
        let roots = args.iter().filter_map(|arg| self.activity.written_through(arg.var()?));
        roots.into_iter().any(|root| live.contains(root))
    }

    fn branches(&mut self, op: &Op, regions: &[&Region], dest: Option<VarId>, live: &mut State) {
        if let Some(dest) = dest {
            if self.wanted(dest, live) {
                self.activity.active_ops.insert(op.id.0);
                regions
                    .iter()
                    .filter_map(|region| region.result.as_ref())
                    .for_each(|result| self.mark(result));
            }
        }
        let after = std::mem::take(live);
        for region in regions {
            let mut before = after.clone();
            self.region(region, &mut before);
            live.join(&before);
        }
    }

    /// A loop, to a fixed point. `skips` if its body may not run at all.
    fn repeat(&mut self, cond: Option<&Region>, body: &Region, live: &mut State, skips: bool) {
        let after = live.clone();
        self.exits.insert(Exit::Break(body.id), after.clone());
        let mut head = if skips { after } else { State::default() };
        loop {
            let before = (head.clone(), self.activity.useful.len());
            self.exits.insert(Exit::Continue(body.id), head.clone());
            let mut earlier = head.clone();
            self.region(body, &mut earlier);
            head.join(&earlier);
            if let Some(cond) = cond {
                self.region(cond, &mut head);
            }
            if before == (head.clone(), self.activity.useful.len()) {
                break;
            }
        }
        *live = head;
    }

    fn value(&mut self, value: &Value, live: &mut State) {
        match value {
            Value::Load(place) | Value::Ref { place, .. } => self.mark_place(place, live),
            Value::Method { name, args, .. } => {
                if let Some(rule) = rules::method(&name.to_string(), args.len()) {
                    self.rule(&rule, args);
                }
            }
            other => {
                differentiable_operands(other).into_iter().for_each(|operand| self.mark(operand));
            }
        }
    }

    fn rule(&mut self, rule: &Rule, args: &[Operand]) {
        for (index, arg) in args.iter().enumerate() {
            if rule.differentiates(index) {
                self.mark(arg);
            }
        }
    }
}

/// The operands of a value without a rule of its own that a derivative flows to.
fn differentiable_operands(value: &Value) -> Vec<&Operand> {
    match value {
        Value::Use(operand)
        | Value::Unary(_, operand)
        | Value::Cast(operand, _)
        | Value::Inspect { operand, .. } => vec![operand],
        Value::Binary(_, lhs, rhs) => vec![lhs, rhs],
        Value::Call { args: operands, .. } | Value::Join { parts: operands, .. } => {
            operands.iter().collect()
        }
        Value::Aggregate(kind, operands) => match kind {
            crate::ir::Aggregate::ArrayRepeat | crate::ir::Aggregate::VecRepeat => {
                operands.first().into_iter().collect()
            }
            _ => operands.iter().collect(),
        },
        _ => Vec::new(),
    }
}

/// Prints the label of each named variable, for tests and dumps.
/// The names of the methods, and of the functions beside them, that are called with a gradient.
pub(crate) fn active_methods(function: &Function, activity: &Activity) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    function.body.walk(&mut |op| {
        let OpKind::Define { value: Value::Call { callee, .. }, .. } = &op.kind else { return };
        let name = match callee {
            Callee::Method(name, _) => Some(name),
            Callee::Associated(path) => path.segments.last().map(|last| &last.ident),
            _ => None,
        };
        names.extend(name.filter(|_| activity.op_is_active(op)).map(ToString::to_string));
    });
    names
}

pub(crate) fn print(function: &Function, activity: &Activity) -> String {
    let mut text = String::new();
    for id in function.ids() {
        let var = function.var(id);
        if var.source.is_none() || matches!(var.role, Role::LoopIndex) {
            continue;
        }
        let label = match (activity.varied.contains(&id), activity.useful.contains(&id)) {
            (true, true) => "ACTIVE",
            (true, false) => "VARIED",
            (false, true) => "USEFUL",
            (false, false) => "NONE",
        };
        let _ = writeln!(text, "[{label}] {}", var.ident);
    }
    text
}
