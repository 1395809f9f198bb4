//! Iterator chains and operations on whole lists, which are to come.

use super::Generator;
use super::scope::{Known, Scope, Var};
use crate::ast::{Adapter, Block, Cond, End, Expr, Int, Op, Place, Source, Step, Stmt, Ty};

impl Generator<'_> {
    /// A variable made by an iterator chain.
    pub(super) fn let_chain(&mut self, scope: &mut Scope) -> Option<Stmt> {
        let lists = scope.lists(&self.program, None);
        let known = self.rng.pick(&lists)?.clone();
        let (Ty::Array(n) | Ty::List(n)) = known.ty else { return None };
        let mut inner = scope.clone();
        // Closures of a chain borrow what they name.
        inner.lock_all();
        inner.result = None;
        inner.labels.clear();
        let source = match self.rng.below(6) {
            0 if n > 1 => Source::Windows,
            1 => Source::Chunks,
            _ => Source::Elements,
        };
        let mut length = (source == Source::Elements).then_some(n);
        let mut adapters = Vec::new();
        for _ in 0..self.rng.below(4) {
            let adapter = self.adapter(&inner, &mut length);
            adapters.push(adapter);
        }
        if length == Some(n) && self.rng.percent(30) {
            let chain = Expr::Chain(source, known.place, adapters, End::Collect);
            return Some(self.declare(scope, Ty::List(n), chain));
        }
        let end = match self.rng.below(3) {
            0 => End::Sum,
            1 => End::Product,
            _ => self.fold(&inner),
        };
        let chain = Expr::Chain(source, known.place, adapters, end);
        let chain = self.tame(chain);
        Some(self.declare(scope, Ty::Scalar, chain))
    }

    fn adapter(&mut self, scope: &Scope, length: &mut Option<usize>) -> Adapter {
        let v = self.fresh("v");
        let mut inner = scope.clone();
        inner.declare(Var::new(v.clone(), Ty::Scalar));
        match self.rng.below(6) {
            0 => {
                let plain = [".rev()", ".take(2)", ".skip(1)", ".step_by(2)"][self.rng.below(4)];
                if plain == ".rev()" && length.is_none() {
                    return Adapter::Plain("");
                }
                *length = length.filter(|_| plain == ".rev()");
                Adapter::Plain(plain)
            }
            1 => {
                let i = self.fresh("i");
                inner.declare(Var { bound: 4, ..Var::new(i.clone(), Ty::Int) });
                let body = self.chain_body(&inner, &v);
                *length = length.filter(|_| false);
                Adapter::Enumerate(i, v, body)
            }
            2 => self.zip(&mut inner, v, length),
            3 => {
                *length = None;
                let a = Box::new(Expr::Read(variable(&v)));
                let b = Box::new(Expr::Lit(self.rng.value()));
                let cond = Cond::Less { a, b, greater: self.rng.percent(50) };
                Adapter::Filter(v, Box::new(cond))
            }
            _ => {
                let body = self.chain_body(&inner, &v);
                Adapter::Map(v, body)
            }
        }
    }

    fn zip(&mut self, inner: &mut Scope, v: String, length: &mut Option<usize>) -> Adapter {
        let lists = inner.lists(&self.program, *length);
        let Some(other) = self.rng.pick(&lists).cloned() else { return Adapter::Plain("") };
        let u = self.fresh("u");
        inner.declare(Var::new(u.clone(), Ty::Scalar));
        let body = self.chain_body(inner, &v);
        if length.is_none() {
            *length = None;
        }
        Adapter::Zip(v, u, other.place, body)
    }

    /// An expression in which the element of a chain occurs.
    fn chain_body(&mut self, scope: &Scope, v: &str) -> Box<Expr> {
        let other = self.scalar(scope, 1);
        let body = Expr::Bin(Op::Mul, Box::new(Expr::Read(variable(v))), Box::new(other));
        Box::new(self.tame(body))
    }

    fn fold(&mut self, scope: &Scope) -> End {
        let (acc, v) = (self.fresh("acc"), self.fresh("v"));
        let start = self.value(scope, &Ty::Scalar, 1);
        let mut inner = scope.clone();
        inner.declare(Var::new(acc.clone(), Ty::Scalar));
        inner.declare(Var::new(v.clone(), Ty::Scalar));
        let body = self.chain_body(&inner, &acc);
        let v_read = Box::new(Expr::Read(variable(&v)));
        let body = Box::new(Expr::Bin(Op::Add, body, v_read));
        End::Fold(Box::new(start), acc, v, body)
    }

    pub(super) fn slice_operation(&mut self, scope: &Scope) -> Option<Stmt> {
        if scope.in_mode {
            return None;
        }
        let mut lists = scope.lists(&self.program, None);
        lists.retain(|known| known.mutable);
        let known = self.rng.pick(&lists)?.clone();
        let (Ty::Array(n) | Ty::List(n)) = known.ty else { return None };
        match self.rng.below(4) {
            0 => {
                let (i, j) = (self.index(scope, n), self.index(scope, n));
                Some(Stmt::Swap(known.place, i, j))
            }
            1 => {
                let mut inner = scope.clone();
                inner.hide(&known.place.root);
                let value = self.value(&inner, &Ty::Scalar, 2);
                Some(Stmt::Fill(known.place, value))
            }
            2 => {
                let mut others = scope.lists(&self.program, Some(n));
                others.retain(|other| other.place.root != known.place.root && !other.opaque);
                let other = self.rng.pick(&others)?.clone();
                Some(Stmt::CopyFrom(known.place, other.place))
            }
            _ => self.split(scope, known, n),
        }
    }

    fn split(&mut self, scope: &Scope, known: Known, n: usize) -> Option<Stmt> {
        if n < 2 {
            return None;
        }
        let k = self.rng.between(1, n - 1);
        let (a, b) = (self.fresh("left"), self.fresh("right"));
        let mut inner = scope.clone();
        inner.hide(&known.place.root);
        for (name, n) in [(&a, k), (&b, n - k)] {
            let var = Var::new(name.clone(), Ty::List(n));
            let var = Var { mutable: true, declared_mut: true, reference: true, ..var };
            inner.declare(Var { fixed: true, ..var });
        }
        let at = |name: &String| Place { root: name.clone(), path: vec![Step::Index(Int::Lit(0))] };
        let value = Expr::Method("tanh", vec![Expr::Read(at(&b))]);
        let first = Stmt::Assign(at(&a), Some(Op::Add), value);
        let n = self.rng.between(0, 2);
        let mut body = self.statements(&mut inner, 1, n);
        body.stmts.insert(0, first);
        Some(Stmt::SplitAt(known.place, k, a, b, body))
    }

    /// A list that grows.
    pub(super) fn push(&mut self, scope: &mut Scope) -> Vec<Stmt> {
        let n = self.length();
        let start = self.rng.below(n);
        let name = self.fresh("list");
        let at = variable(&name);
        let items: Vec<_> = (0..start).map(|_| self.value(scope, &Ty::Scalar, 1)).collect();
        let ty = Some(Ty::List(start));
        let mut stmts =
            vec![Stmt::Let { name: name.clone(), mutable: true, ty, value: Expr::List(items) }];
        if self.rng.percent(50) {
            for _ in start..n {
                let value = self.value(scope, &Ty::Scalar, 2);
                stmts.push(Stmt::Push(at.clone(), value));
            }
        } else {
            let i = self.fresh("i");
            let mut inner = scope.clone();
            inner.loops += 1;
            inner.declare(Var { bound: n, ..Var::new(i.clone(), Ty::Int) });
            let value = self.value(&inner, &Ty::Scalar, 2);
            let body = Block { stmts: vec![Stmt::Push(at, value)], tail: None };
            let to = Int::Lit(n);
            let from = Int::Lit(start);
            let over = crate::ast::Over::Range { from, to, inclusive: false, rev: false };
            stmts.push(Stmt::For { label: None, name: i, over, body });
        }
        let var = Var::new(name, Ty::List(n));
        scope.declare(Var { mutable: true, declared_mut: true, ..var });
        stmts
    }
}

fn variable(name: &str) -> Place {
    Place { root: name.to_string(), path: Vec::new() }
}
