//! First contributions to cotangents that were taken out.
//!
//! ```text
//! let t_bar = take(s_bar);       the reverse of `s = a * s`
//! s_bar += t_bar * a;            s_bar is zero: `s_bar = t_bar * a`
//! ```
//!
//! An addition less in what is usually the longest chain of dependent operations, that of a recurrence.

use super::adjoint::{Expr, Left, Node, Stmt, Target};
use super::sums::is_same;
use super::uses::Uses;
use crate::ir::VarId;

/// Marks the additions to what is zero because it was taken out before in the same region.
pub(super) fn mark(stmts: &mut [Stmt<'_>]) {
    let mut zeros: Vec<Target> = Vec::new();
    for stmt in stmts {
        let mut uses = Uses::default();
        if !zeros.is_empty() {
            uses.stmt(stmt);
        }
        if let Stmt::Add { target, scalar: true, first, .. } = stmt {
            let reads = uses.other.contains(&target.root);
            *first = !reads && zeros.iter().any(|zero| is_same(zero, target));
        }
        let touched = |var: &VarId| uses.added.contains(var) || uses.other.contains(var);
        zeros.retain(|zero| !touched(&zero.root));
        zeros.extend(taken(stmt));
        stmt.branches_mut().into_iter().for_each(|branch| mark(&mut branch.body));
    }
}

/// The scalars that a statement takes out, if it does nothing else with their variable's cotangent.
fn taken(stmt: &Stmt<'_>) -> Option<Target> {
    match stmt {
        Stmt::Clear { target, left: Left::Scalar } => return Some(target.clone()),
        Stmt::Let { .. } | Stmt::Add { .. } => {}
        _ => return None,
    }
    let mut targets = Vec::new();
    stmt.visit(&mut |node| {
        if let Node::Expr(Expr::Take { target, left: Left::Scalar }) = node {
            targets.push(target.clone());
        }
    });
    let [target] = <[Target; 1]>::try_from(targets).ok()?;
    let same = matches!(stmt, Stmt::Add { target: place, .. } if place.root == target.root);
    (!same).then_some(target)
}
