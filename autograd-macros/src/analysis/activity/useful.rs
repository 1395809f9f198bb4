//! Which values the result depends on.

use super::{Activity, State};
use crate::ir::{
    Aggregate, Exit, Function, IdMap, Op, OpKind, Operand, Place, Region, Value, VarId,
};
use crate::rules::{self, Rule};

/// The backward pass. The state holds the mutable variables that are wanted at a point.
pub(super) struct Useful<'a> {
    pub(super) function: &'a Function,
    pub(super) activity: &'a mut Activity,
    /// What is wanted where control comes by an exit.
    pub(super) exits: IdMap<Exit, State>,
}

impl Useful<'_> {
    pub(super) fn mark(&mut self, operand: &Operand) {
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

    pub(super) fn region(&mut self, region: &Region, live: &mut State) {
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
            Aggregate::ArrayRepeat | Aggregate::VecRepeat => operands.first().into_iter().collect(),
            _ => operands.iter().collect(),
        },
        _ => Vec::new(),
    }
}
