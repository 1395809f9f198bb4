//! Loops that go through lists by neighbouring elements.

use super::scope::{Scope, Var};
use super::strides::{Line, Sweep, Walk, binary, product};
use super::{Construct, Generator};
use crate::ast::{Block, Expr, Int, Op, Over, Place, Step, Stmt, Ty};

impl Generator<'_> {
    /// Lists, one or two loops that go through them, and a scalar made of them.
    pub(super) fn sweeps(&mut self, scope: &mut Scope) -> Vec<Stmt> {
        let mut sweep = Sweep { plain: self.rng.percent(45), ..Sweep::default() };
        self.old_lines(scope, &mut sweep);
        let mut stmts = self.new_lines(scope, &mut sweep);
        stmts.extend(self.scalars_beside(scope, &mut sweep));
        for _ in 0..=usize::from(self.rng.percent(20)) {
            if self.rng.percent(35) {
                stmts.extend(self.nested_sweep(scope, &sweep));
            } else {
                let (inner, over, trips) = self.course(scope, &sweep);
                let (inner, declare) = self.counted(inner, trips);
                stmts.extend(declare);
                stmts.push(self.swept(inner, over));
            }
        }
        let ends: Vec<_> = sweep.lines.iter().map(|line| self.reached(&sweep, line)).collect();
        let ends = ends.into_iter().map(|end| product(Expr::Read(end), self.rate(&sweep)));
        let sum = ends.reduce(|a, b| binary(Op::Add, a, b)).unwrap_or(Expr::Lit(0.5));
        stmts.push(self.declare(scope, Ty::Scalar, sum));
        stmts
    }

    /// Lists that are in scope.
    fn old_lines(&mut self, scope: &Scope, sweep: &mut Sweep) {
        let mut lists = scope.lists(&self.program, None);
        lists.retain(|known| matches!(known.ty, Ty::Array(3..) | Ty::List(3..)));
        for _ in 0..self.rng.below(3) {
            let Some(known) = self.rng.pick(&lists).cloned() else { return };
            let known = self.somewhere(scope, known);
            let (Ty::Array(n) | Ty::List(n)) = known.ty else { return };
            let mutable = known.mutable && !sweep.plain && self.rng.percent(60);
            sweep.lines.push(Line { place: known.place, n, pairs: false, mutable, old: true });
        }
    }

    /// Lists that are declared for the loop.
    fn new_lines(&mut self, scope: &mut Scope, sweep: &mut Sweep) -> Vec<Stmt> {
        let mut stmts = Vec::new();
        let mut n = self.rng.between(4, 8);
        for k in 0..self.rng.between(1 + usize::from(sweep.plain), 2) {
            if self.rng.percent(30) {
                n = self.rng.between(4, 8);
            }
            let pairs = self.chance(Construct::Nested, 15);
            let ty = if pairs {
                Ty::Many { of: Box::new(Ty::Array(2)), n, list: true }
            } else {
                Ty::List(n)
            };
            let value = if self.rng.percent(25) && !pairs {
                Expr::Repeat(Box::new(Expr::Lit(self.rng.value())), n, true)
            } else {
                let item = if pairs { Ty::Array(2) } else { Ty::Scalar };
                Expr::List((0..n).map(|_| self.value(scope, &item, 0)).collect())
            };
            let name = self.fresh("cell");
            let mutable = k == 0 || !sweep.plain && self.rng.percent(60);
            sweep.lines.push(Line { place: named(&name), n, pairs, mutable, old: false });
            stmts.push(Stmt::Let { name: name.clone(), mutable: true, ty: None, value });
            let assigned = self.has(Construct::Assign);
            scope.declare(Var { mutable: assigned, declared_mut: true, ..Var::new(name, ty) });
        }
        stmts
    }

    /// Scalars that the loop reads, and one that it may change.
    fn scalars_beside(&mut self, scope: &mut Scope, sweep: &mut Sweep) -> Vec<Stmt> {
        let mut stmts = Vec::new();
        for _ in 0..self.rng.between(1, 2) {
            let value = self.scalar(scope, 1);
            let value = Expr::Method(["sin", "tanh"][self.rng.below(2)], vec![value]);
            let name = self.fresh("rate");
            sweep.rates.push(named(&name));
            scope.declare(Var::new(name.clone(), Ty::Scalar));
            stmts.push(Stmt::Let { name, mutable: false, ty: None, value });
        }
        if self.rng.percent(50) {
            let value = self.value(scope, &Ty::Scalar, 1);
            let name = self.fresh("total");
            sweep.sum = Some(named(&name));
            let mutable = self.has(Construct::Assign);
            let var = Var::new(name.clone(), Ty::Scalar);
            scope.declare(Var { mutable, declared_mut: true, ..var });
            stmts.push(Stmt::Let { name, mutable: true, ty: None, value });
        }
        stmts
    }

    /// A loop with such a loop in it.
    fn nested_sweep(&mut self, scope: &Scope, sweep: &Sweep) -> Vec<Stmt> {
        let (j, k) = (self.fresh("j"), self.rng.between(2, 3));
        let outer = Walk::new(&j, 0, k);
        let mut beside = Sweep { index: Some(outer.clone()), ..sweep.clone() };
        let mut body = Vec::new();
        if self.rng.percent(40) {
            body.extend(self.step_of(&mut beside));
        }
        let around = Sweep { outer: Some(outer), terms: beside.terms.clone(), ..sweep.clone() };
        let (inner, over, trips) = self.course(scope, &around);
        // The counter starts anew for each of the inner loops, goes on, or counts these loops.
        let (way, trips) = [(0, trips), (1, k * trips), (2, k)][self.rng.below(3)];
        let (mut inner, declare) = self.counted(inner, trips);
        inner.counts &= way < 2;
        let (within, before) = if way == 0 { (declare, None) } else { (None, declare) };
        let count = inner.counter.as_ref().filter(|_| way == 2).map(Walk::count);
        body.extend(within);
        body.push(self.swept(inner, over));
        if self.rng.percent(40) {
            body.extend(self.step_of(&mut beside));
        }
        body.extend(count);
        let (from, to) = (Int::Lit(0), Int::Lit(k));
        let over = Over::Range { from, to, inclusive: false, rev: self.rng.percent(15) };
        let body = Block { stmts: body, tail: None };
        before.into_iter().chain([Stmt::For { label: None, name: j, over, body }]).collect()
    }

    /// What a loop runs over, what its body may name, and how many iterations it makes at most.
    fn course(&mut self, scope: &Scope, sweep: &Sweep) -> (Sweep, Over, usize) {
        let mut inner = sweep.clone();
        let whole: Vec<_> = sweep.lines.iter().filter(|line| !line.pairs).cloned().collect();
        let i = self.fresh("i");
        if let Some(Line { place, n, mutable, .. }) = self.rng.pick(&whole).cloned()
            && self.rng.percent(15)
        {
            let v = self.fresh("v");
            let numbered = self.rng.percent(70);
            let mutable = mutable && self.rng.percent(40);
            let element = Place { root: v.clone(), path: vec![Step::Deref { written: true }] };
            inner.terms.push((element, mutable));
            inner.lines.retain(|line| !mutable || line.place.root != place.root);
            inner.lines.iter_mut().for_each(|line| line.mutable &= line.place.root != place.root);
            inner.index = numbered.then(|| Walk::new(&i, 0, n));
            let (pattern, suffix) = match (numbered, mutable) {
                (true, false) => (format!("({i}, {v})"), ".iter().enumerate()"),
                (true, true) => (format!("({i}, {v})"), ".iter_mut().enumerate()"),
                (false, false) => (v, ".iter()"),
                (false, true) => (v, ".iter_mut()"),
            };
            return (inner, Over::Iterator { pattern, place, suffix, other: None }, n);
        }
        let n = sweep.lines.iter().map(|line| line.n).min().unwrap_or(4);
        let low = [0, 1, 1, 1, 2][self.rng.below(5)];
        let less = [0, 1, 1, 2, 3][self.rng.below(5)];
        let high = n.saturating_sub(less).max(low + 1);
        inner.index = Some(Walk::new(&i, low, high));
        (inner, self.range(scope, sweep, low, high), high - low)
    }

    /// A range within bounds, which may be empty if one of its ends is known at run time only.
    fn range(&mut self, scope: &Scope, sweep: &Sweep, low: usize, high: usize) -> Over {
        let ints: Vec<_> = scope.ints().into_iter().cloned().collect();
        let var = self.rng.pick(&ints).cloned();
        let at_run_time = |k: usize| {
            let var = var.clone()?;
            let int = Int::Var(var.name);
            Some(if var.bound <= k { int } else { Int::Mod(Box::new(int), k) })
        };
        let beside = |most: usize| {
            let outer = sweep.outer.as_ref()?;
            let more = (most + 1).checked_sub(outer.high)?;
            Some(if more == 0 {
                outer.int.clone()
            } else {
                Int::Add(Box::new(outer.int.clone()), more)
            })
        };
        let to = match self.rng.below(10) {
            0..=2 => at_run_time(high + 1),
            3 | 4 => beside(high),
            _ => None,
        };
        let from = match self.rng.below(10) {
            0 => at_run_time(2).map(|int| Int::Add(Box::new(int), low)),
            1 | 2 if low == 0 => sweep.outer.as_ref().map(|outer| outer.int.clone()),
            _ => None,
        };
        let inclusive = to.is_none() && self.rng.percent(8);
        let to = to.unwrap_or(Int::Lit(high - usize::from(inclusive)));
        let from = from.unwrap_or(Int::Lit(low));
        Over::Range { from, to, inclusive, rev: self.rng.percent(25) }
    }

    /// The declaration of a counter of iterations, if there is to be one.
    fn counted(&mut self, sweep: Sweep, trips: usize) -> (Sweep, Option<Stmt>) {
        if self.rng.percent(if sweep.index.is_some() { 70 } else { 20 }) {
            return (sweep, None);
        }
        let (name, start) = (self.fresh("n"), self.rng.below(2));
        let value = Expr::Int(Int::Lit(start));
        let counter = Some(Walk::new(&name, start, start + trips));
        let declare = Stmt::Let { name, mutable: true, ty: Some(Ty::Int), value };
        (Sweep { counter, counts: true, ..sweep }, Some(declare))
    }

    /// The loop, with one to four statements in it.
    fn swept(&mut self, mut sweep: Sweep, over: Over) -> Stmt {
        let n = self.rng.between(1, 4);
        let counts = self.rng.below(n + 1);
        let mut stmts = Vec::new();
        for k in 0..=n {
            if k == counts
                && sweep.counts
                && let Some(counter) = &mut sweep.counter
            {
                stmts.push(counter.count());
                (counter.low, counter.high) = (counter.low + 1, counter.high + 1);
            }
            if k < n {
                stmts.extend(self.step_of(&mut sweep));
            }
        }
        let name = sweep.index.as_ref().map(Walk::name).unwrap_or_default();
        Stmt::For { label: None, name, over, body: Block { stmts, tail: None } }
    }
}

fn named(name: &str) -> Place {
    Place { root: name.to_string(), path: Vec::new() }
}
