//! Elements of lists that a loop comes to, one after the other mostly.

use super::Generator;
use crate::ast::{Expr, Int, Op, Place, Step, Stmt};

/// An integer whose values lie in `low..high`.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    pub(super) int: Int,
    pub(super) low: usize,
    pub(super) high: usize,
}

impl Walk {
    pub(super) fn new(name: &str, low: usize, high: usize) -> Self {
        Walk { int: Int::Var(name.to_string()), low, high }
    }

    /// The name of a variable.
    pub(super) fn name(&self) -> String {
        match &self.int {
            Int::Var(name) => name.clone(),
            _ => String::new(),
        }
    }

    /// The statement that counts.
    pub(super) fn count(&self) -> Stmt {
        Stmt::Count(self.name())
    }

    /// It and `k` times another.
    fn plus(&self, other: &Walk, k: usize) -> Self {
        let times = if k == 1 { other.int.clone() } else { Int::Times(boxed(&other.int), k) };
        let low = k * other.low + self.low;
        let high = k * other.high.saturating_sub(1) + self.high;
        Walk { int: Int::Sum(Box::new(times), boxed(&self.int)), low, high }
    }

    /// What falls as it grows.
    fn mirrored(&self) -> Self {
        let most = self.high.saturating_sub(1);
        Walk { int: Int::From(most, boxed(&self.int)), low: 0, high: self.high - self.low }
    }

    /// What grows by two.
    fn twice(&self) -> Self {
        let high = 2 * self.high.saturating_sub(1) + 1;
        Walk { int: Int::Times(boxed(&self.int), 2), low: 2 * self.low, high }
    }

    fn shifted(&self, by: isize) -> Int {
        let k = by.unsigned_abs();
        match by {
            0 => self.int.clone(),
            1.. => Int::Add(boxed(&self.int), k),
            _ => Int::Sub(boxed(&self.int), k),
        }
    }
}

/// A list that a loop goes through.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) place: Place,
    pub(super) n: usize,
    /// Whether its elements are arrays of two.
    pub(super) pairs: bool,
    /// Whether the loop may change it.
    pub(super) mutable: bool,
    /// Whether it was there before, so that its values add up over more than this loop.
    pub(super) old: bool,
}

/// What the body of a loop that goes through lists may name.
#[derive(Clone, Debug, Default)]
pub(super) struct Sweep {
    /// Whether it changes one list only, by sums and products of what it does not change.
    pub(super) plain: bool,
    /// The index of the loop.
    pub(super) index: Option<Walk>,
    /// The index of the loop around it.
    pub(super) outer: Option<Walk>,
    pub(super) counter: Option<Walk>,
    /// Whether the counter is counted in the body.
    pub(super) counts: bool,
    pub(super) lines: Vec<Line>,
    /// Scalars between -1 and 1 that the loop does not change.
    pub(super) rates: Vec<Place>,
    /// A scalar that the loop may change.
    pub(super) sum: Option<Place>,
    /// Scalars of an iteration, and whether it may change them.
    pub(super) terms: Vec<(Place, bool)>,
}

impl Generator<'_> {
    /// An element of a list in an iteration.
    pub(super) fn reached(&mut self, sweep: &Sweep, line: &Line) -> Place {
        let path = self.path(sweep, line.n);
        self.within(line, path)
    }

    fn within(&mut self, line: &Line, path: Vec<Step>) -> Place {
        let mut place = line.place.clone();
        place.path.extend(path);
        if line.pairs {
            place.path.push(Step::Index(Int::Lit(self.rng.below(2))));
        }
        place
    }

    /// The way to an element of a list of `n`.
    fn path(&mut self, sweep: &Sweep, n: usize) -> Vec<Step> {
        if self.rng.percent(12)
            && let Some(path) = self.sliced(sweep, n)
        {
            return path;
        }
        let walks = walks(sweep);
        let walk = self.rng.weighted(&walks.iter().map(|(w, walk)| (*w, walk)).collect::<Vec<_>>());
        let index = walk.and_then(|walk| self.near(walk, n));
        let index = index.or_else(|| self.near(sweep.index.as_ref()?, n));
        vec![Step::Index(index.unwrap_or_else(|| Int::Lit(self.rng.below(n))))]
    }

    /// An index below `n` that differs from an integer by a little.
    fn near(&mut self, walk: &Walk, n: usize) -> Option<Int> {
        let least = -walk.low.min(1).cast_signed();
        let most = (n.cast_signed() - walk.high.cast_signed()).min(2);
        let count = (most - least + 1).max(0).cast_unsigned();
        (count > 0).then(|| walk.shifted(least + self.rng.below(count).cast_signed()))
    }

    /// An element of a part of a list, where either the part or the element moves.
    fn sliced(&mut self, sweep: &Sweep, n: usize) -> Option<Vec<Step>> {
        let index = sweep.index.as_ref()?;
        let (from, within) = match (&sweep.outer, self.rng.below(4)) {
            (Some(outer), 0 | 1) => (outer, index),
            (Some(outer), 2) => (index, outer),
            (_, 3) if n > 2 => {
                let element = self.near(index, n - 1)?;
                let from = self.rng.below(2);
                return Some(vec![Step::Slice(from, from + n - 1), Step::Index(element)]);
            }
            _ => {
                let width = self.rng.between(1, 2);
                let from = self.near(index, (n + 1).saturating_sub(width))?;
                let element = Int::Lit(self.rng.below(width));
                return Some(vec![Step::Span(from, width), Step::Index(element)]);
            }
        };
        let width = (n + 1).checked_sub(from.high)?;
        let element = self.near(within, width)?;
        Some(vec![Step::Span(from.int.clone(), width), Step::Index(element)])
    }

    /// A sum over an element and its neighbours, if both are always there.
    pub(super) fn stencil(&mut self, sweep: &Sweep, line: &Line, k: Expr) -> Option<Expr> {
        let index = sweep.index.as_ref().filter(|i| i.low > 0 && i.high < line.n)?;
        let [left, own, right] = [-1, 0, 1].map(|by| {
            let path = vec![Step::Index(index.shifted(by))];
            Expr::Read(self.within(line, path))
        });
        if self.rng.percent(25) {
            return Some(product(binary(Op::Sub, right, left), k));
        }
        let twice = product(Expr::Lit(2.0), own.clone());
        let second = binary(Op::Add, binary(Op::Sub, left, twice), right);
        Some(binary(Op::Add, own, product(k, second)))
    }
}

/// What an index may be made of, with weights.
fn walks(sweep: &Sweep) -> Vec<(usize, Walk)> {
    let mut walks = Vec::new();
    walks.extend(sweep.counter.iter().map(|counter| (10, counter.clone())));
    if let Some(index) = &sweep.index {
        walks.extend([(16, index.clone()), (1, index.mirrored()), (1, index.twice())]);
        if let Some(outer) = &sweep.outer {
            walks.extend([(7, index.plus(outer, 1)), (5, index.plus(outer, 2))]);
        }
    }
    walks.extend(sweep.outer.iter().map(|outer| (3, outer.clone())));
    walks
}

pub(super) fn binary(op: Op, a: Expr, b: Expr) -> Expr {
    Expr::Bin(op, Box::new(a), Box::new(b))
}

pub(super) fn product(a: Expr, b: Expr) -> Expr {
    binary(Op::Mul, a, b)
}

fn boxed(int: &Int) -> Box<Int> {
    Box::new(int.clone())
}
