//! Sums that a loop of the reverse pass adds to one place in memory.
//!
//! ```text
//! for j … { v_bar[i] += a[j]; w_bar[j] += b[j]; }
//! ```
//!
//! adds to `v_bar[i]` in each iteration. Nothing else in the loop looks at `v_bar`, so that a sum in a
//! register will do, which is added to the place afterwards.

use super::adjoint::{Branch, Stmt, Target};
use super::uses::Uses;
use crate::ir::ty::Float;
use crate::ir::{Function, Operand, Proj, RegionId, Ty};
use std::collections::BTreeSet;

/// The places that a loop adds scalars to in each iteration and does nothing else with.
pub(crate) fn sums(function: &Function, body: &Branch<'_>) -> Vec<Target> {
    let mut uses = Uses::default();
    uses.stmts(&body.body);
    let mut inside = BTreeSet::from([body.region.id]);
    body.region.walk(&mut |op| inside.extend(op.kind.regions().iter().map(|region| region.id)));
    let mut found: Vec<Target> = Vec::new();
    for stmt in &body.body {
        let Stmt::Add { target, scalar: true, .. } = stmt else { continue };
        let known =
            matches!(function.place_ty(target), Ty::Float(float) if float != Float::Literal);
        if known
            && is_fixed(function, target, &inside)
            && !uses.other.contains(&target.root)
            && !uses.taken.contains(&target.root)
            && !found.iter().any(|other| is_same(other, target))
            && only_target(&body.body, target)
        {
            found.push(target.clone());
        }
    }
    found
}

/// Whether a place is an element that is the same in all iterations.
fn is_fixed(function: &Function, target: &Target, inside: &BTreeSet<RegionId>) -> bool {
    let outside = |operand: &Operand| match operand {
        Operand::Var(var) => !inside.contains(&function.var(*var).region),
        Operand::Literal(_) => true,
    };
    let is_element = target.path.iter().any(|proj| matches!(proj, Proj::Index(_)));
    let simple = target.path.iter().all(|proj| match proj {
        Proj::Field(_) => true,
        Proj::Index(index) => outside(index),
        _ => false,
    });
    is_element && simple && !inside.contains(&function.var(target.root).region)
}

/// Whether all that is added to a cotangent is added to one place, by statements of the loop itself.
fn only_target(stmts: &[Stmt<'_>], target: &Target) -> bool {
    stmts.iter().all(|stmt| match stmt {
        Stmt::Add { target: other, scalar: true, .. } if other.root == target.root => {
            is_same(other, target)
        }
        stmt => {
            let mut uses = Uses::default();
            uses.stmt(stmt);
            !uses.added.contains(&target.root)
        }
    })
}

/// Whether two places are written alike.
pub(crate) fn is_same(a: &Target, b: &Target) -> bool {
    let same = |pair: (&Proj, &Proj)| match pair {
        (Proj::Field(a), Proj::Field(b)) => a == b,
        (Proj::Index(Operand::Var(a)), Proj::Index(Operand::Var(b))) => a == b,
        (Proj::Index(Operand::Literal(a)), Proj::Index(Operand::Literal(b))) => {
            a.tokens.to_string() == b.tokens.to_string()
        }
        _ => false,
    };
    a.root == b.root && a.path.len() == b.path.len() && a.path.iter().zip(&b.path).all(same)
}
