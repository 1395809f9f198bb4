//! Residuals as text, for tests and for those who debug.

use super::{Entering, Item, Residuals};
use crate::ir::{Function, OpKind, RegionId, Source, VarId};
use std::fmt::Write as _;

/// One line for each value that the reverse pass reads, in order of definition: whether and where it
/// is kept, or how it comes to be there.
pub(crate) fn print(function: &Function, residuals: &Residuals) -> String {
    let mut text = String::new();
    let name = |var: VarId| function.var(var).ident.to_string();
    for var in function.ids() {
        if residuals.values.contains(&var) {
            let mark = if residuals.is_held(function, var) { "KEPT" } else { "AGAIN" };
            let _ = writeln!(text, "[{mark}] {}{}", name(var), place(function, residuals, var));
        } else if residuals.counters.used.contains(&var) {
            let _ = writeln!(text, "[COUNTED] {}", name(var));
        } else if residuals.restored.values().any(|lists| lists.contains(&var)) {
            let _ = writeln!(text, "[RESTORED] {}", name(var));
        } else if residuals.roots.contains(&var) {
            let _ = writeln!(text, "[MEMORY] {}{}", name(var), place(function, residuals, var));
        } else if residuals.recomputed.contains(&var) || is_rebound(residuals, var) {
            let _ = writeln!(text, "[AGAIN] {}", name(var));
        }
        if let Some((_, partial)) = residuals.partials.get(&var) {
            let _ = writeln!(text, "[PARTIAL] {partial} beside {}", name(var));
        }
    }
    for (body, checkpoint) in &residuals.checkpoints {
        let how = |how| match how {
            Entering::Entry => "copied on entry",
            Entering::Alias => "borrowed again",
            Entering::Again => "computed again",
        };
        let entering = checkpoint.entering.iter();
        let entering: Vec<String> =
            entering.map(|(var, entering)| format!("{} {}", name(*var), how(*entering))).collect();
        let _ = writeln!(text, "[RUNS AGAIN] r{}: {}", body.0, entering.join(", "));
    }
    if let Some(joint) = &residuals.joint {
        let OpKind::For { source, .. } = &function.body.ops[joint.op].kind else {
            unreachable!("it is a loop that runs in both directions")
        };
        let (Source::Range { var, .. } | Source::Each { element: var, .. }) = source;
        let _ = writeln!(text, "[JOINT] for {}", name(*var));
    }
    text
}

fn is_rebound(residuals: &Residuals, var: VarId) -> bool {
    residuals.rebound.values().any(|vars| vars.contains(&var))
}

/// What holds a kept value between the passes.
fn place(function: &Function, residuals: &Residuals, var: VarId) -> &'static str {
    let region = function.var(var).region;
    let holds =
        |item: &Item| matches!(item, Item::Value(value) if *value == var) && region != RegionId(0);
    let framed = residuals.frames.items.get(&region).is_some_and(|items| items.iter().any(holds));
    if !residuals.is_held(function, var) && residuals.values.contains(&var) {
        return "";
    }
    match (framed, residuals.frames.loops.contains(&region)) {
        (false, _) => "",
        (true, true) => ", in each iteration",
        (true, false) => ", in a branch",
    }
}
