//! Iterations of the reverse pass that have nothing to pull back.
//!
//! ```text
//! let v_bar = take(vertices_bar[i]);
//! for bone … { bones_bar[bone] += … v_bar … }
//! ```
//!
//! Of a list of which few elements are used, most cotangents are zero. An iteration that takes all of its
//! cotangents out of memory and adds products of them to others can end there, if what follows is
//! long enough to be worth the question.

use super::adjoint::{Argument, Expr, Stmt};
use super::operations::ARGUMENT_BARS;
use super::uses::Uses;
use crate::ir::{IdSet, Source, VarId};

/// Cotangents that an iteration takes out of memory first.
pub(crate) struct Inputs {
    pub(crate) bars: Vec<VarId>,
    /// How many statements come up to the last one that takes one.
    pub(crate) end: usize,
}

/// The inputs of an iteration, if nothing is left to be done where all of them are zero.
pub(crate) fn inputs(iteration: &[Stmt<'_>]) -> Option<Inputs> {
    let mut own = IdSet::new();
    let mut inputs = Inputs { bars: Vec::new(), end: 0 };
    for (position, stmt) in iteration.iter().enumerate() {
        let reads = outer_reads(stmt, &own)?;
        match stmt {
            Stmt::Let { var, value: Expr::Take { .. } | Expr::Undone { .. }, .. } if reads => {
                inputs.bars.push(*var);
                inputs.end = position + 1;
            }
            _ if reads => return None,
            _ => {}
        }
        if let Stmt::Let { var, .. } | Stmt::Zero { var, .. } = stmt {
            own.insert(*var);
        }
    }
    let is_long = iteration[inputs.end..].iter().any(|stmt| matches!(stmt, Stmt::For { .. }));
    (is_long && !inputs.bars.is_empty()).then_some(inputs)
}

/// Whether a statement looks at cotangents of outer regions, or changes them but by an addition. Nothing
/// if it does what is to be done for cotangents that are zero, too.
fn outer_reads(stmt: &Stmt<'_>, own: &IdSet<VarId>) -> Option<bool> {
    let mut uses = Uses::default();
    uses.stmt(stmt);
    let is_outer = |var: &VarId| !own.contains(var) && var.0 < ARGUMENT_BARS;
    if is_due(stmt) || written_through(stmt).iter().any(is_outer) {
        return None;
    }
    Some(uses.read().iter().any(is_outer))
}

/// Whether a statement must run whatever the cotangents are.
fn is_due(stmt: &Stmt<'_>) -> bool {
    let due = match stmt {
        Stmt::Restore { .. }
        | Stmt::Inspect { .. }
        | Stmt::Exchange { .. }
        | Stmt::Checkpoint(_)
        | Stmt::Loop(_)
        | Stmt::Rest(_)
        | Stmt::Match { .. }
        | Stmt::Fused(_) => true,
        // The steps between snapshots run again.
        Stmt::For { source: Source::Range { snapshots: Some(_), .. }, .. } => true,
        Stmt::For { counted, .. } => *counted,
        _ => false,
    };
    due || stmt.branches().iter().any(|branch| branch.body.iter().any(is_due))
}

/// Variables whose cotangents a callee changes, as it wrote to them.
fn written_through(stmt: &Stmt<'_>) -> IdSet<VarId> {
    let mut written = IdSet::new();
    if let Stmt::Pullback { args, .. } = stmt {
        written.extend(args.iter().filter_map(Argument::written).map(|target| target.root));
    }
    for branch in stmt.branches() {
        branch.body.iter().for_each(|stmt| written.extend(&written_through(stmt)));
    }
    written
}
