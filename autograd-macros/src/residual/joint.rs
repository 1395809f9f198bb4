//! A loop that runs forward and in reverse together, iteration by iteration, and keeps nothing across
//! iterations.
//!
//! `value_and_grad` knows the cotangent of the value from the start. In
//!
//! ```text
//! let mut total = 0.0;
//! for point in points { total += f(point, w); }
//! total - g(w)
//! ```
//!
//! the cotangent of `total` is that of the value whatever `f` and `g` compute, so an iteration can be
//! pulled back as soon as it has run. That is so if
//!
//! * the iterations have only sums in common, and memory that each of them overwrites before it reads
//!   it;
//! * the cotangents of the sums follow from the seed without what is computed in the loop or after;
//! * all other cotangents are only added to in the loop, and belong to memory that keeps its values.

use super::Residuals;
use crate::analysis::activity::Activity;
use crate::analysis::index::Index;
use crate::ir::{
    Aggregate, EachForm, Function, IdSet, Op, OpKind, Operand, Place, Proj, Region, RegionId, Role,
    Source, Value, VarId,
};
use crate::transform::adjoint::{Expr, Node, Reverse, Stmt};
use crate::transform::reverse::SEED;
use crate::transform::uses::Uses;

/// How a function runs a loop of its own region forward and in reverse together.
pub(crate) struct Joint {
    /// The loop's place among the operations of the body, and among the statements of the reverse.
    pub(crate) op: usize,
    pub(crate) stmt: usize,
    /// The statements of the reverse, by number, that give the cotangents that the loop reads or
    /// declare those that it adds to. They come before the loop.
    pub(crate) early: IdSet<usize>,
    /// Cotangents that the loop adds to, of which the first contribution comes later: they begin as
    /// zero before the loop.
    pub(crate) zeros: IdSet<VarId>,
}

/// How many loops are looked at. Each costs time in proportion to the function.
const TRIED: usize = 8;

/// The loop of a function that gains most from running forward and in reverse together.
pub(super) fn find(
    function: &Function,
    activity: &Activity,
    index: &Index<'_>,
    reverse: &Reverse<'_>,
    residuals: &Residuals,
) -> Option<Joint> {
    // What a fused pass keeps belongs to the one or the other direction.
    if !residuals.fused.is_empty() {
        return None;
    }
    let loops = function.body.ops.iter().enumerate().filter_map(|(op, kind)| match &kind.kind {
        OpKind::For { body, .. } => Some((op, body, weight(body, residuals))),
        _ => None,
    });
    let mut loops: Vec<_> = loops.filter(|(.., weight)| *weight > 0).collect();
    loops.sort_by_key(|(.., weight)| std::cmp::Reverse(*weight));
    loops.into_iter().take(TRIED).find_map(|(op, body, _)| {
        let stmt = reverse.body.iter().position(
            |stmt| matches!(stmt, Stmt::For { body: reversed, .. } if reversed.region.id == body.id),
        )?;
        Search { function, activity, index, reverse, residuals, op, stmt, body }.joint()
    })
}

/// How much a loop body keeps that is more than some numbers.
fn weight(body: &Region, residuals: &Residuals) -> usize {
    let mut weight = residuals.frames.items.get(&body.id).map_or(0, Vec::len);
    body.walk(&mut |op| {
        if residuals.frames.pullbacks.contains(&op.id.0) {
            weight += 1;
        }
        for region in op.kind.regions() {
            weight += usize::from(residuals.frames.has_stack(region.id));
        }
    });
    weight
}

struct Search<'a> {
    function: &'a Function,
    activity: &'a Activity,
    index: &'a Index<'a>,
    reverse: &'a Reverse<'a>,
    residuals: &'a Residuals,
    op: usize,
    stmt: usize,
    body: &'a Region,
}

impl Search<'_> {
    fn joint(&self) -> Option<Joint> {
        let op = &self.function.body.ops[self.op];
        let OpKind::For { source, .. } = &op.kind else { return None };
        let runs_to_its_end = !op.kind.ends_early() && !op.kind.may_leave() && !self.body.is_left();
        let each = match source {
            Source::Range { snapshots, .. } => snapshots.is_none(),
            Source::Each { form, .. } => matches!(form, EachForm::Shared | EachForm::Copied),
        };
        let simple = self.function.body.ops.iter().all(|op| {
            !op.kind.may_leave() && !matches!(op.kind, OpKind::Exit(_) | OpKind::Rest { .. })
        });
        if !(runs_to_its_end && each && simple && self.counters_stay_inside()) {
            return None;
        }
        let sums = self.carried()?;
        let (early, zeros) = self.cotangents(&sums)?;
        Some(Joint { op: self.op, stmt: self.stmt, early, zeros })
    }

    fn root(&self, var: VarId) -> VarId {
        self.function.resolve(&Place::var(var)).root
    }

    fn is_outer(&self, var: VarId) -> bool {
        self.function.var(var).region == RegionId(0)
    }

    /// Whether what is counted backwards in the loop is declared in it. Otherwise the loop would have
    /// to count forward again.
    fn counters_stay_inside(&self) -> bool {
        let mut counters = self.residuals.counters.used.iter();
        !counters.any(|counter| self.is_outer(*counter))
    }

    /// The sums that the iterations have in common. `None` if they have more in common.
    fn carried(&self) -> Option<IdSet<VarId>> {
        let mut written = IdSet::new();
        self.body.walk(&mut |op| written.extend(self.writes(op)));
        let mut sums = IdSet::new();
        for var in written.into_iter().filter(|var| self.is_outer(*var)) {
            let info = self.function.var(var);
            if !matches!(info.role, Role::Mutable) || self.index.is_late(var) {
                return None;
            }
            if !self.activity.is_varied(var) {
                // The reverse of an iteration would read what later iterations leave.
                if self.residuals.is_kept(var) {
                    return None;
                }
                continue;
            }
            if info.ty.is_float() && self.is_sum(var) {
                sums.insert(var);
            } else if !self.is_overwritten(var) {
                return None;
            }
        }
        Some(sums)
    }

    /// The variables that an operation may write to.
    fn writes(&self, op: &Op) -> Vec<VarId> {
        match &op.kind {
            OpKind::Store { place, .. }
            | OpKind::AddAssign { place, .. }
            | OpKind::Mutate { place, .. } => vec![self.function.resolve(place).root],
            OpKind::Exchange { a, b } => vec![*a, *b],
            OpKind::Effect(opaque) | OpKind::Define { value: Value::Opaque(opaque), .. } => {
                opaque.writes.iter().map(|var| self.root(*var)).collect()
            }
            OpKind::Define { value: Value::Call { args, .. }, .. } => {
                let written = args.iter().filter_map(Operand::var);
                let values = written.filter_map(|var| self.index.definition(var));
                let places = values.filter(|value| self.function.may_write(value));
                let roots = places.filter_map(|value| match value {
                    Value::Ref { place, .. } => Some(self.function.resolve(place).root),
                    _ => None,
                });
                roots.collect()
            }
            OpKind::For {
                source: Source::Each { place, form: EachForm::Mutable | EachForm::Owned, .. },
                ..
            } => {
                vec![self.function.resolve(place).root]
            }
            _ => Vec::new(),
        }
    }

    /// Whether an operation itself mentions a variable.
    fn mentions(&self, op: &Op, var: VarId) -> bool {
        let mut found = false;
        op.mentions(self.function, &mut |mentioned| found |= self.root(mentioned) == var);
        found
    }

    fn mentioned_in(&self, region: &Region, var: VarId) -> bool {
        let mut found = false;
        region.walk(&mut |op| found |= self.mentions(op, var));
        let results = region.result.as_ref().and_then(Operand::var);
        found || results.is_some_and(|result| self.root(result) == var)
    }

    /// Whether the loop does nothing with a variable but adding to it.
    fn is_sum(&self, var: VarId) -> bool {
        let mut only_added = true;
        self.body.walk(&mut |op| {
            let adds = matches!(&op.kind, OpKind::AddAssign { place, value, .. }
                if place.path.is_empty() && place.root == var && value.var() != Some(var));
            only_added &= adds || !self.mentions(op, var);
        });
        only_added
    }

    /// Whether each iteration overwrites all of a variable before it reads any of it, and nothing
    /// reads it after the loop.
    fn is_overwritten(&self, var: VarId) -> bool {
        let after = self.function.body.ops[self.op + 1..].iter();
        let mut read_later = self.function.body.result.as_ref().and_then(Operand::var) == Some(var);
        for op in after {
            read_later |= self.mentions(op, var);
            op.kind.regions().iter().for_each(|inner| {
                read_later |= self.mentioned_in(inner, var);
            });
        }
        let first = self.body.ops.iter().find(|op| {
            self.mentions(op, var)
                || op.kind.regions().iter().any(|inner| self.mentioned_in(inner, var))
        });
        let Reverse { growing, replaced, .. } = self.reverse;
        let is_kept_whole = !growing.contains(&var) && !replaced.contains(&var);
        !read_later && is_kept_whole && first.is_some_and(|op| self.overwrites(op, var))
    }

    /// Whether an operation overwrites all of a variable and reads nothing of it.
    fn overwrites(&self, op: &Op, var: VarId) -> bool {
        match &op.kind {
            OpKind::Store { place, value } => {
                place.path.is_empty() && place.root == var && value.var() != Some(var)
            }
            OpKind::For {
                source: Source::Range { var: index, start, end, inclusive: false, .. },
                body,
            } => {
                if op.kind.ends_early() || op.kind.may_leave() || !self.spans(var, start, end) {
                    return false;
                }
                let is_store = |op: &&Op| {
                    matches!(&op.kind, OpKind::Store { place, value }
                    if place.root == var
                        && value.var() != Some(var)
                        && matches!(place.path.as_slice(), [Proj::Index(Operand::Var(by))] if by == index))
                };
                let stores = body.ops.iter().filter(is_store).count();
                let mut mentions = 0;
                body.walk(&mut |op| mentions += usize::from(self.mentions(op, var)));
                stores == 1 && mentions == 1
            }
            _ => false,
        }
    }

    /// Whether a range runs over all elements of a list, as far as the list's definition tells.
    fn spans(&self, list: VarId, start: &Operand, end: &Operand) -> bool {
        let from_zero = matches!(start, Operand::Literal(literal)
            if literal.tokens.to_string().trim_end_matches("usize").trim_end_matches('_') == "0");
        let Some(Value::Aggregate(Aggregate::VecRepeat | Aggregate::ArrayRepeat, parts)) =
            self.index.definition(list)
        else {
            return false;
        };
        let same = match (&parts[1], end) {
            (Operand::Var(a), Operand::Var(b)) => a == b,
            (Operand::Literal(a), Operand::Literal(b)) => {
                a.tokens.to_string() == b.tokens.to_string()
            }
            _ => false,
        };
        from_zero && same
    }

    /// The statements to come before the loop and the cotangents to begin as zero there.
    fn cotangents(&self, sums: &IdSet<VarId>) -> Option<(IdSet<usize>, IdSet<VarId>)> {
        let mut used = Uses::default();
        let Stmt::For { body, .. } = &self.reverse.body[self.stmt] else { return None };
        used.stmts(&body.body);
        let after = &self.reverse.body[..self.stmt];
        let mut early = IdSet::new();
        let mut zeros = IdSet::new();
        let mut written_later = IdSet::new();
        for op in &self.function.body.ops[self.op + 1..] {
            written_later.extend(self.writes(op));
            for inner in op.kind.regions() {
                inner.walk(&mut |op| written_later.extend(self.writes(op)));
            }
        }
        let outer = |var: &&VarId| **var != SEED && (var.0 as usize) < self.function.vars.len();
        for var in used.all().iter().filter(outer).filter(|var| self.is_outer(**var)) {
            if sums.contains(var) {
                self.follow(*var, after, &mut early)?;
                continue;
            }
            let overwritten = !used.added.contains(var) || used.other.contains(var);
            if overwritten && !self.is_overwritten_root(*var) {
                return None;
            }
            if written_later.contains(var) {
                return None;
            }
            match declaration(after, *var) {
                Declaration::Zero(stmt) => {
                    early.insert(stmt);
                }
                Declaration::First => {
                    zeros.insert(*var);
                }
                Declaration::Slot => {}
            }
        }
        Some((early, zeros))
    }

    /// Whether a variable is memory that each iteration overwrites.
    fn is_overwritten_root(&self, var: VarId) -> bool {
        matches!(self.function.var(var).role, Role::Mutable) && self.is_overwritten(var)
    }

    /// Gathers the statements that a cotangent of a scalar comes from. `None` if they need what is
    /// computed later, or take the cotangent away again.
    fn follow(&self, var: VarId, after: &[Stmt<'_>], early: &mut IdSet<usize>) -> Option<()> {
        let before: IdSet<VarId> = self.function.body.ops[..self.op]
            .iter()
            .filter_map(|op| match &op.kind {
                OpKind::Define { dest, .. } => Some(*dest),
                _ => None,
            })
            .chain(self.function.params.iter().copied())
            .collect();
        let mut wanted = vec![var];
        let mut seen = IdSet::new();
        while let Some(bar) = wanted.pop() {
            if !seen.insert(bar) || bar == SEED {
                continue;
            }
            if !self.function.vars.get(bar.0 as usize)?.ty.is_float() {
                return None;
            }
            for (number, stmt) in after.iter().enumerate() {
                let mut uses = Uses::default();
                uses.stmt(stmt);
                let defines = match stmt {
                    Stmt::Zero { var, .. } | Stmt::Let { var, .. } => *var == bar,
                    Stmt::Add { target, .. } => target.path.is_empty() && target.root == bar,
                    _ => false,
                };
                if !defines {
                    // Others may read the cotangent, but not change it.
                    if uses.added.contains(&bar) || uses.taken.contains(&bar) {
                        return None;
                    }
                    continue;
                }
                early.insert(number);
                wanted.extend(sources(stmt, &before)?);
            }
        }
        Some(())
    }
}

/// The cotangents that a statement of the early ones reads; `None` if it reads what is not there.
fn sources(stmt: &Stmt<'_>, before: &IdSet<VarId>) -> Option<Vec<VarId>> {
    let mut bars = Vec::new();
    let mut possible = true;
    stmt.visit(&mut |node| match node {
        Node::Expr(Expr::Bar { var, .. }) => bars.push(*var),
        Node::Expr(Expr::Part(place)) if place.path.is_empty() => bars.push(place.root),
        Node::Expr(Expr::Primal(var)) => possible &= before.contains(var),
        Node::Expr(Expr::Number { like: var, .. } | Expr::Selected { dest: var, .. }) => {
            bars.push(*var);
        }
        Node::Expr(
            Expr::Part(_)
            | Expr::Take { .. }
            | Expr::Moved { .. }
            | Expr::Saved { .. }
            | Expr::Shape(_)
            | Expr::SumTo { .. }
            | Expr::CastBack { .. }
            | Expr::Undone { .. }
            | Expr::Offset { .. },
        ) => possible = false,
        Node::Expr(_) | Node::Target(_) => {}
    });
    possible.then_some(bars)
}

enum Declaration {
    /// By this statement.
    Zero(usize),
    /// By a first contribution, which comes after the loop, or before it in the primal.
    First,
    /// It is the caller's.
    Slot,
}

fn declaration(after: &[Stmt<'_>], var: VarId) -> Declaration {
    for (number, stmt) in after.iter().enumerate() {
        match stmt {
            Stmt::Zero { var: declared, .. } if *declared == var => {
                return Declaration::Zero(number);
            }
            Stmt::Let { var: declared, .. } if *declared == var => return Declaration::First,
            _ => {}
        }
    }
    Declaration::Slot
}
