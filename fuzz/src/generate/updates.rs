//! Statements of loops that go through lists.

use super::strides::{Line, Sweep, binary, product};
use super::{Construct, Generator};
use crate::ast::{Expr, Op, Place, Stmt};

impl Generator<'_> {
    /// A statement of an iteration; two where a variable is declared for the second.
    pub(super) fn step_of(&mut self, sweep: &mut Sweep) -> Vec<Stmt> {
        match self.rng.below(10) {
            0..=2 if sweep.sum.is_some() => sweep.sum.clone().map(|sum| self.summed(sweep, sum)),
            3 => return self.named_term(sweep),
            4 => self.changed_term(sweep),
            _ => None,
        }
        .or_else(|| self.written(sweep))
        .into_iter()
        .collect()
    }

    /// `let t = u[i] * v[i];`, and what it is for.
    fn named_term(&mut self, sweep: &mut Sweep) -> Vec<Stmt> {
        let value = self.contribution(sweep);
        let name = self.fresh("t");
        let term = Place { root: name.clone(), path: Vec::new() };
        let declare = Stmt::Let { name, mutable: false, ty: None, value };
        sweep.terms.push((term.clone(), false));
        let Some(Stmt::Assign(at, op, _)) = self.written(sweep) else { return vec![declare] };
        let value = match self.rng.below(4) {
            0 if !sweep.plain => Expr::Method("sin", vec![Expr::Read(term)]),
            1 if !sweep.plain => self.tame(Expr::Read(term)),
            0 | 1 => Expr::Read(term),
            2 => product(Expr::Read(term), self.rate(sweep)),
            _ => binary(Op::Add, product(Expr::Read(term), self.rate(sweep)), self.input(sweep)),
        };
        vec![declare, Stmt::Assign(at, op, value)]
    }

    /// A change of an element that the loop hands out.
    fn changed_term(&mut self, sweep: &Sweep) -> Option<Stmt> {
        let terms: Vec<_> = sweep.terms.iter().filter(|(_, mutable)| *mutable).collect();
        let at = self.rng.pick(&terms)?.0.clone();
        Some(self.change(sweep, at, true))
    }

    /// A change of an element of a list, or of the sum where there is no list that may be changed.
    fn written(&mut self, sweep: &Sweep) -> Option<Stmt> {
        let lines: Vec<_> = sweep.lines.iter().filter(|line| line.mutable).cloned().collect();
        let Some(line) = self.rng.pick(&lines).cloned() else {
            return sweep.sum.clone().map(|sum| self.summed(sweep, sum));
        };
        let at = self.reached(sweep, &line);
        Some(self.change(sweep, at, line.old))
    }

    /// A change of a place; if it is `old`, by values that stay small however often it is made.
    fn change(&mut self, sweep: &Sweep, at: Place, old: bool) -> Stmt {
        let op = match self.rng.below(12) {
            0..=4 => None,
            5..=8 => Some(Op::Add),
            9 | 10 => Some(Op::Sub),
            _ => return Stmt::Assign(at, Some(Op::Mul), self.rate(sweep)),
        };
        let value = self.contribution(sweep);
        let value = if old { self.tame(value) } else { value };
        Stmt::Assign(at, op, value)
    }

    /// A change of the sum: one more term, a step of a recurrence, or another value.
    fn summed(&mut self, sweep: &Sweep, sum: Place) -> Stmt {
        let scaled = product(Expr::Read(sum.clone()), self.rate(sweep));
        match self.rng.below(8) {
            0..=2 => Stmt::Assign(sum, Some(Op::Add), self.contribution(sweep)),
            3 => Stmt::Assign(sum, Some(Op::Sub), self.contribution(sweep)),
            4 | 5 => {
                let value = binary(Op::Add, scaled, self.input(sweep));
                Stmt::Assign(sum, None, value)
            }
            6 => Stmt::Assign(sum, Some(Op::Mul), self.rate(sweep)),
            _ => Stmt::Assign(sum, None, self.input(sweep)),
        }
    }

    /// A value of an iteration.
    fn contribution(&mut self, sweep: &Sweep) -> Expr {
        match self.rng.below(10) {
            0..=2 => {
                let k = product(self.rate(sweep), Expr::Lit(0.25));
                let line = self.rng.pick(&sweep.lines).cloned();
                let line = line.filter(|line| !(sweep.plain && line.mutable));
                let stencil = line.and_then(|line| self.stencil(sweep, &line, k));
                stencil.unwrap_or_else(|| self.input(sweep))
            }
            3 | 4 => product(self.input(sweep), self.rate(sweep)),
            5 | 6 => {
                let scaled = product(self.input(sweep), self.rate(sweep));
                binary(Op::Add, scaled, self.input(sweep))
            }
            7 | 8 => {
                let (a, b) = (self.input(sweep), self.input(sweep));
                let constant = sweep.plain || is_constant(sweep, &a) && is_constant(sweep, &b);
                let both = product(a, b);
                if constant { both } else { Expr::Method("sin", vec![both]) }
            }
            _ => {
                let value = self.input(sweep);
                if sweep.plain { value } else { self.tame(value) }
            }
        }
    }

    /// An element of a list, a scalar of the iteration, or the sum.
    fn input(&mut self, sweep: &Sweep) -> Expr {
        if let Some((term, _)) = self.rng.pick(&sweep.terms)
            && self.rng.percent(25)
        {
            return Expr::Read(term.clone());
        }
        if let Some(sum) = &sweep.sum
            && !sweep.plain
            && self.rng.percent(10)
        {
            return Expr::Read(sum.clone());
        }
        let fits = |line: &&Line| !(sweep.plain && line.mutable);
        let lines: Vec<_> = sweep.lines.iter().filter(fits).cloned().collect();
        match self.rng.pick(&lines).cloned() {
            Some(line) => Expr::Read(self.reached(sweep, &line)),
            None => Expr::Lit(self.rng.value()),
        }
    }

    /// A factor between -1 and 1.
    pub(super) fn rate(&mut self, sweep: &Sweep) -> Expr {
        match self.rng.below(5) {
            0 | 1 => {
                let magnitude = self.rng.between(5, 95) as f64 / 100.0;
                Expr::Lit(if self.rng.percent(30) { -magnitude } else { magnitude })
            }
            2 if self.has(Construct::Cast) => match &sweep.index {
                Some(index) => product(Expr::Cast(index.int.clone()), Expr::Lit(0.1)),
                None => Expr::Lit(0.5),
            },
            _ => match self.rng.pick(&sweep.rates) {
                Some(rate) => Expr::Read(rate.clone()),
                None => Expr::Lit(0.25),
            },
        }
    }
}

/// Whether an expression is an element of a list that the loop does not change.
fn is_constant(sweep: &Sweep, expr: &Expr) -> bool {
    let Expr::Read(place) = expr else { return false };
    let mut lines = sweep.lines.iter().filter(|line| line.place.root == place.root).peekable();
    lines.peek().is_some() && lines.all(|line| !line.mutable)
}
