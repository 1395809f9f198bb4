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
use crate::ir::{Function, IdMap, IdSet, Operand, Proj, RegionId, Ty, VarId};

/// The places that a loop adds scalars to in each iteration and does nothing else with.
pub(crate) fn sums(function: &Function, body: &Branch<'_>) -> Vec<Target> {
    let inside = body.region.with_inner();
    let mut added: IdMap<VarId, &Target> = IdMap::new();
    // Cotangents that are added to in another way, or in more than one place.
    let mut others = IdSet::new();
    for stmt in &body.body {
        let mut own = Uses::default();
        own.stmt(stmt);
        match stmt {
            Stmt::Add { target, scalar: true, .. } => {
                let first = *added.or_insert_with(target.root, || target);
                if !is_same(first, target) {
                    others.insert(target.root);
                }
            }
            _ => others.extend(&own.added),
        }
        others.extend(own.other.union(&own.taken));
    }
    let fits = |target: &&&Target| {
        let known =
            matches!(function.place_ty(target), Ty::Float(float) if float != Float::Literal);
        known && !others.contains(&target.root) && is_fixed(function, target, &inside)
    };
    added.values().filter(fits).map(|target| (*target).clone()).collect()
}

/// Whether a place is an element that is the same in all iterations.
fn is_fixed(function: &Function, target: &Target, inside: &IdSet<RegionId>) -> bool {
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

/// Whether two places are written alike.
pub(crate) fn is_same(a: &Target, b: &Target) -> bool {
    let bound = |a: &Option<Operand>, b: &Option<Operand>| match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => is_same_operand(a, b),
        _ => false,
    };
    let same = |pair: (&Proj, &Proj)| match pair {
        (Proj::Field(a), Proj::Field(b)) => a == b,
        (Proj::Index(a), Proj::Index(b)) => is_same_operand(a, b),
        (Proj::Slice { start: s, end: e, inclusive: i }, Proj::Slice { start, end, inclusive }) => {
            bound(s, start) && bound(e, end) && i == inclusive
        }
        _ => false,
    };
    a.root == b.root && a.path.len() == b.path.len() && a.path.iter().zip(&b.path).all(same)
}

/// Whether two operands are written alike.
fn is_same_operand(a: &Operand, b: &Operand) -> bool {
    match (a, b) {
        (Operand::Var(a), Operand::Var(b)) => a == b,
        (Operand::Literal(a), Operand::Literal(b)) => a.tokens.to_string() == b.tokens.to_string(),
        _ => false,
    }
}
