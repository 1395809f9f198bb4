//! Iterator chains and operations on whole lists.

use super::scope::{Known, Scope, Var};
use super::{Construct, Generator};
use crate::ast::{Adapter, Block, Cond, End, Expr, Int, Op, Place, Source, Step, Stmt, Ty};

impl Generator<'_> {
    /// A variable made by an iterator chain.
    pub(super) fn let_chain(&mut self, scope: &mut Scope) -> Option<Stmt> {
        // Closures of a chain borrow what they name.
        let inner = scope.enclosed();
        let (source, list, n, mut length) = self.source(&inner)?;
        let adapters = self.adapters(&inner, &mut length);
        if length == Some(n) && self.rng.percent(30) {
            let chain = Expr::Chain(source, list, adapters, End::Collect);
            return Some(self.declare(scope, Ty::List(n), chain));
        }
        if self.chance(Construct::Bag, 20) {
            let chain = Expr::Chain(source, list, adapters, End::Collect);
            return Some(self.declare(scope, Ty::Bag, chain));
        }
        let end = match self.rng.below(3) {
            0 => End::Sum,
            1 => End::Product,
            _ => self.fold(&inner),
        };
        let chain = Expr::Chain(source, list, adapters, end);
        let chain = self.tame(chain);
        Some(self.declare(scope, Ty::Scalar, chain))
    }

    /// A chain with another end.
    pub(super) fn chain_end(&mut self, scope: &mut Scope) -> Option<Vec<Stmt>> {
        let inner = scope.enclosed();
        let (source, list, _, mut length) = self.source(&inner)?;
        let adapters = self.adapters(&inner, &mut length);
        let (a, b) = (self.fresh("a"), self.fresh("b"));
        let end = match self.rng.below(3) {
            0 => {
                let mut inner = inner.clone();
                inner.declare(Var::new(b.clone(), Ty::Scalar));
                inner.declare(Var::new(a.clone(), Ty::Scalar));
                let body = self.chain_body(&inner, &a);
                let sum = Expr::Bin(Op::Add, body, Box::new(Expr::Read(variable(&b))));
                End::Reduce(a, b, Box::new(sum), Box::new(Expr::Lit(self.rng.value())))
            }
            1 => {
                let name = if self.rng.percent(50) { "max" } else { "min" };
                End::Extreme(Box::new(Expr::Lit(self.rng.value() * 1.01)), name)
            }
            _ => return Some(self.for_each(scope, source, list, adapters)),
        };
        let chain = Expr::Chain(source, list, adapters, end);
        let chain = self.tame(chain);
        Some(vec![self.declare(scope, Ty::Scalar, chain)])
    }

    /// `.for_each` with a closure that assigns to a variable.
    fn for_each(
        &mut self,
        scope: &mut Scope,
        source: Source,
        list: Place,
        adapters: Vec<Adapter>,
    ) -> Vec<Stmt> {
        let acc = self.fresh("sum");
        let value = self.value(scope, &Ty::Scalar, 1);
        let declare = Stmt::Let { name: acc.clone(), mutable: true, ty: None, value };
        let v = self.fresh("v");
        let mut inner = scope.enclosed();
        inner.loops += 1;
        let var = Var::new(acc.clone(), Ty::Scalar);
        let var = Var { mutable: self.has(Construct::Assign), declared_mut: true, ..var };
        inner.declare(Var { fixed: true, ..var.clone() });
        inner.declare(Var::new(v.clone(), Ty::Scalar));
        let value = self.chain_body(&inner, &v);
        let change = Stmt::Assign(variable(&acc), Some(Op::Add), *value);
        let n = self.rng.below(2);
        let mut body = self.statements(&mut inner, 1, n);
        body.stmts.insert(0, change);
        scope.declare(var);
        vec![declare, Stmt::Expr(Expr::Chain(source, list, adapters, End::ForEach(v, body)))]
    }

    fn adapters(&mut self, scope: &Scope, length: &mut Option<usize>) -> Vec<Adapter> {
        let mut adapters: Vec<Adapter> =
            (0..self.rng.below(4)).map(|_| self.adapter(scope, length)).collect();
        if self.rng.percent(20) {
            adapters.push(self.more(scope, length));
        }
        adapters
    }

    /// An adapter after which there may be more elements.
    fn more(&mut self, scope: &Scope, length: &mut Option<usize>) -> Adapter {
        let known = length.take().is_some();
        let other = if known && self.rng.percent(50) { self.list(scope, None) } else { None };
        if let Some(other) = other {
            return Adapter::Chain(other.place);
        }
        let v = self.fresh("v");
        let mut inner = scope.clone();
        inner.declare(Var::new(v.clone(), Ty::Scalar));
        let n = self.rng.between(1, 3);
        let parts = (0..n).map(|_| *self.chain_body(&inner, &v)).collect();
        Adapter::FlatMap(v, parts)
    }

    /// How a chain begins: the list, its length, and that of what it yields, where it is known.
    fn source(&mut self, scope: &Scope) -> Option<(Source, Place, usize, Option<usize>)> {
        let bags = scope.bags(&self.program);
        if !bags.is_empty() && self.rng.percent(40) {
            let known = self.rng.pick(&bags)?.clone();
            return Some((Source::Elements(".iter().copied()"), known.place, 0, None));
        }
        if self.rng.percent(15) {
            let n = self.length();
            let i = self.fresh("i");
            let mut inner = scope.clone();
            inner.declare(Var { bound: n, ..Var::new(i.clone(), Ty::Int) });
            let body = self.scalar(&inner, 2);
            let body = Box::new(self.tame(body));
            return Some((Source::Range(n, i, body), variable(""), n, Some(n)));
        }
        let known = self.list(scope, None)?;
        let (Ty::Array(n) | Ty::List(n)) = known.ty else { return None };
        let whole = !matches!(known.place.path.last(), Some(Step::Slice(..)));
        Some(match self.rng.below(9) {
            0 if n > 1 => (Source::Windows, known.place, n, None),
            1 => (Source::Chunks, known.place, n, None),
            2 => (Source::ChunksExact, known.place, n, None),
            3 => (Source::Elements(".iter().cloned()"), known.place, n, Some(n)),
            4 => (Source::Elements(".iter().map(|r| *r)"), known.place, n, Some(n)),
            5 => (Source::Elements(".iter().map(|&r| r)"), known.place, n, Some(n)),
            6 if whole && !known.reference && !known.opaque => {
                (Source::Elements(".clone().into_iter()"), known.place, n, Some(n))
            }
            _ => (Source::Elements(".iter().copied()"), known.place, n, Some(n)),
        })
    }

    /// A list or an array in scope, or a part of one.
    pub(super) fn list(&mut self, scope: &Scope, length: Option<usize>) -> Option<Known> {
        let mut lists = scope.lists(&self.program, None);
        let sliced = self.has(Construct::Slice);
        lists.retain(|known| {
            let (Ty::Array(n) | Ty::List(n)) = known.ty else { return false };
            length.is_none_or(|length| n == length || n > length && sliced)
        });
        let known = self.rng.pick(&lists)?.clone();
        let known = self.somewhere(scope, known);
        let (Ty::Array(n) | Ty::List(n)) = known.ty else { return None };
        let length =
            length.unwrap_or(if sliced && self.rng.percent(20) { n.div_ceil(2) } else { n });
        Some(if length == n { known } else { self.part(known, n, length) })
    }

    /// A part of a list.
    pub(super) fn part(&mut self, mut known: Known, n: usize, length: usize) -> Known {
        let from = self.rng.between(0, n - length);
        known.place.path.push(Step::Slice(from, from + length));
        Known { ty: Ty::List(length), reference: false, part: true, ..known }
    }

    /// Another element of a list of lists.
    pub(super) fn somewhere(&mut self, scope: &Scope, mut known: Known) -> Known {
        for (at, n) in known.indices.clone() {
            known.place.path[at] = Step::Index(self.index(scope, n));
        }
        known
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
            2 => self.zip(&inner, v, length),
            3 => {
                *length = None;
                let a = Box::new(Expr::Read(variable(&v)));
                let b = Box::new(Expr::Lit(self.rng.value()));
                let cond = Cond::Less { a, b, greater: self.rng.percent(50) };
                let name = ["filter", "filter", "skip_while", "take_while"][self.rng.below(4)];
                Adapter::Filter(name, v, Box::new(cond))
            }
            4 if self.rng.percent(40) => {
                let mut body = self.value_block(&inner, 1);
                if let Some(tail) = body.tail.take() {
                    body.tail = Some(Box::new(self.tame(*tail)));
                }
                Adapter::MapBlock(v, body)
            }
            _ => {
                let body = self.chain_body(&inner, &v);
                Adapter::Map(v, body)
            }
        }
    }

    fn zip(&mut self, inner: &Scope, v: String, length: &mut Option<usize>) -> Adapter {
        let Some(other) = self.list(inner, *length) else { return Adapter::Plain("") };
        let u = self.fresh("u");
        let mut inner = inner.clone();
        inner.declare(Var::new(u.clone(), Ty::Scalar));
        let body = self.chain_body(&inner, &v);
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
        let mut known = self.somewhere(scope, known);
        let (Ty::Array(mut n) | Ty::List(mut n)) = known.ty else { return None };
        if n > 1 && self.chance(Construct::Slice, 20) {
            (known, n) = (self.part(known, n, n - 1), n - 1);
        }
        match self.rng.below(6) {
            4 => Some(Stmt::Plain(known.place, "reverse")),
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
                let mut inner = scope.clone();
                inner.hide(&known.place.root);
                inner.vars.retain(|var| !var.opaque);
                let other = self.list(&inner, Some(n))?;
                let reference = other.reference && other.place.path.is_empty();
                Some(Stmt::CopyFrom(known.place, other.place, reference))
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

    /// A list that grows to a known length.
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
            let mut inner = scope.of_loop();
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
