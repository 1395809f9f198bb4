//! Loops of the reverse pass that become one loop for each place that they add to.
//!
//! ```text
//! for i in a..b { x_bar[i - 1] += y_bar[i]; x_bar[i + 1] += y_bar[i] * w; }
//! ```
//!
//! adds to each element in two iterations, one waiting for the other. Two loops, one for each statement, do not wait.

use super::strided::{changes, parts_read, places, read, Bounds, Strided};
use super::Emitter;
use crate::ir::{IdSet, VarId};
use crate::transform::adjoint::{Branch, Expr, Node, Stmt, Target};
use crate::transform::sums::is_same;
use std::rc::Rc;

/// How many loops one may become.
const MOST: usize = 6;

/// The statements that a loop runs, of those of an iteration.
pub(super) struct Share<'s, 'a> {
    pub(super) stmts: Vec<&'s Stmt<'a>>,
    /// Whether a loop that comes after takes the cotangents that this one reads.
    pub(super) keeps: bool,
}

impl Emitter<'_> {
    /// The loops that an iteration's statements become.
    pub(super) fn shares<'s, 'a>(
        &self,
        bounds: &Bounds,
        body: &'s Branch<'a>,
    ) -> Vec<Share<'s, 'a>> {
        let all = Share { stmts: body.body.iter().collect(), keeps: false };
        let (places, read) = (places(&all.stmts), read(&all.stmts));
        let several = places.into_iter().filter(|(var, places)| {
            places.len() > 1 && !read.contains(var) && !self.growing.contains(var)
        });
        let (several, targets): (IdSet<VarId>, Vec<Vec<Target>>) = several.unzip();
        let targets: Vec<Target> = targets.into_iter().flatten().collect();
        let fits = (1..MOST).contains(&targets.len())
            && !body.body.iter().any(is_long)
            && self.recycled(body.region.id, &body.body).is_empty();
        if !fits
            || !self.may_split(Strided::new(bounds, body, &all), &all.stmts, &several, &targets)
        {
            return vec![all];
        }
        let is_apart = |stmt: &Stmt<'_>| matches!(stmt, Stmt::Add { target, .. } if several.contains(&target.root));
        let mut shares: Vec<Share<'s, 'a>> = Vec::new();
        for place in &targets {
            let adds = |stmt: &Stmt<'_>| matches!(stmt, Stmt::Add { target, .. } if is_same(target, place));
            shares.push(Share { stmts: with_inputs(body, adds), keeps: true });
        }
        let rest = |stmt: &Stmt<'_>| !is_apart(stmt) && changes_outer(stmt, body);
        // What is taken is taken here.
        let rest = with_inputs(body, rest);
        if !rest.is_empty() {
            shares.push(Share { stmts: rest, keeps: false });
        }
        shares
    }

    /// Whether the iterations only add, and each to elements of its own but for those of `several`, which have
    /// several places, all of them with unit stride.
    fn may_split(
        &self,
        strided: Strided,
        stmts: &[&Stmt<'_>],
        several: &IdSet<VarId>,
        targets: &[Target],
    ) -> bool {
        let strided = Rc::new(strided);
        let unit = |target: &Target| {
            let is_outer = !strided.inside.contains(&self.function.var(target.root).region);
            is_outer && self.stride(target, &strided).is_some()
        };
        targets.iter().all(unit)
            && do_not_meet(stmts, several)
            && self.within(&strided, || self.is_independent(stmts, &strided, several))
    }
}

/// Whether no statement takes or reads what another one changes, and `several` are only added to, by statements that
/// take nothing: in loops of their own the statements come in another order, and what is taken is still there.
fn do_not_meet(stmts: &[&Stmt<'_>], several: &IdSet<VarId>) -> bool {
    let (changes, parts) = (changes(stmts), parts_read(stmts));
    let count = |var: VarId| changes.iter().filter(|(target, _)| target.root == var).count();
    let is_alone = |target: &Target| !several.contains(&target.root) && count(target.root) == 1;
    let takes_nothing = |stmt: &Stmt<'_>| match stmt {
        Stmt::Add { target, .. } if several.contains(&target.root) => !takes(stmt),
        _ => true,
    };
    stmts.iter().all(|stmt| takes_nothing(stmt))
        && changes.iter().all(|(target, adds)| *adds || is_alone(target))
        && parts.iter().all(|place| count(place.root) == 0)
}

/// The statements that `wanted` says, with those that give what they read.
fn with_inputs<'s, 'a>(
    body: &'s Branch<'a>,
    wanted: impl Fn(&Stmt<'_>) -> bool,
) -> Vec<&'s Stmt<'a>> {
    let mut needed = IdSet::new();
    let mut stmts = Vec::new();
    for stmt in body.body.iter().rev() {
        let gives = match stmt {
            Stmt::Let { var, .. } | Stmt::Zero { var, .. } => needed.contains(var),
            Stmt::Add { target, .. } => needed.contains(&target.root),
            _ => false,
        };
        if gives || wanted(stmt) {
            needed.extend(&read(&[stmt]));
            let places = places(&[stmt]);
            needed.extend(places.keys().filter(|var| declares(body, **var)));
            stmts.push(stmt);
        }
    }
    stmts.reverse();
    stmts
}

/// Whether a cotangent begins in an iteration.
fn declares(body: &Branch<'_>, var: VarId) -> bool {
    body.body.iter().any(|stmt| match stmt {
        Stmt::Let { var: local, .. } | Stmt::Zero { var: local, .. } => *local == var,
        _ => false,
    })
}

/// Whether a statement changes cotangents that outlive the iteration.
fn changes_outer(stmt: &Stmt<'_>, body: &Branch<'_>) -> bool {
    let adds = match stmt {
        Stmt::Add { target, .. } | Stmt::Clear { target, .. } => !declares(body, target.root),
        _ => false,
    };
    takes(stmt) || adds
}

/// Whether a statement takes something out of a cotangent.
fn takes(stmt: &Stmt<'_>) -> bool {
    let mut takes = false;
    stmt.visit(&mut |node| takes |= matches!(node, Node::Expr(Expr::Take { .. })));
    takes
}

/// Whether a statement calls a function, which is not to be done in each of the loops.
fn is_long(stmt: &Stmt<'_>) -> bool {
    let mut calls = false;
    stmt.visit(&mut |node| {
        calls |= match node {
            // The exponent is mostly a small number.
            Node::Expr(Expr::Adjoint(name, _)) => *name != "powi",
            Node::Expr(expr) => matches!(expr, Expr::Method(..) | Expr::Undone { .. }),
            Node::Target(_) => false,
        };
    });
    calls
}
