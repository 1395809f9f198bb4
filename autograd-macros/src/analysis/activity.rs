//! Activity: which values vary with an active parameter, and which of them the result depends on.
//!
//! *Varied* runs forward, *useful* backward; both follow control flow, so that an assignment of a
//! constant cuts a variable from there on. An operation is active if its result is varied and
//! useful; only active operations have a reverse.

mod useful;
mod varied;

use self::useful::Useful;
use self::varied::Varied;
use super::vars::Vars;
use crate::diag::Diagnostics;
use crate::ir::{
    Callee, Function, IdMap, IdSet, Op, OpKind, Operand, Place, Region, Role, Value, VarId,
};
use crate::parse::Target;
use crate::rules;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Mutable variables of which something holds at a point.
type State = Vars;

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

/// Prints the label of each named variable, for tests and dumps.
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
