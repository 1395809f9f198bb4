//! Lists whose length depends on data.

use super::Generator;
use super::scope::{Known, Scope, Var};
use crate::ast::{Block, Cond, Expr, Int, Over, Place, Stmt, Ty};

impl Generator<'_> {
    /// A new list, what changes the length of one, or a value read from one.
    pub(super) fn bag(&mut self, scope: &mut Scope, depth: usize) -> Option<Vec<Stmt>> {
        let bags = scope.bags(&self.program);
        if bags.is_empty() || self.rng.percent(25) {
            let n = self.rng.below(3);
            let items = (0..n).map(|_| self.value(scope, &Ty::Scalar, 1)).collect();
            let name = self.fresh("bag");
            let var = Var::new(name.clone(), Ty::Bag);
            scope.declare(Var { mutable: true, declared_mut: true, ..var });
            let ty = Some(Ty::Bag);
            let first =
                Stmt::Let { name: name.clone(), mutable: true, ty, value: Expr::List(items) };
            let second = self.pushes(scope, Place { root: name, path: Vec::new() });
            return Some(vec![first, second]);
        }
        let known = self.rng.pick(&bags)?.clone();
        if known.mutable && !scope.in_mode && self.rng.percent(60) {
            return Some(self.resize(scope, &known));
        }
        Some(vec![self.look(scope, known.place, depth)])
    }

    /// Pushes in a loop or under a condition.
    fn pushes(&mut self, scope: &Scope, at: Place) -> Stmt {
        let mut inner = scope.clone();
        inner.hide(&at.root);
        let i = self.fresh("i");
        let looped = self.rng.percent(60);
        if looped {
            inner = inner.of_loop();
            inner.declare(Var { bound: 4, ..Var::new(i.clone(), Ty::Int) });
        }
        let push = Stmt::Push(at, self.value(&inner, &Ty::Scalar, 2));
        let cond = self.cond(&inner);
        let push = Stmt::Expr(Expr::If(cond, Block { stmts: vec![push], tail: None }, None));
        if !looped {
            return push;
        }
        let to = Int::Lit(self.rng.between(1, 4));
        let over = Over::Range { from: Int::Lit(0), to, inclusive: false, rev: false };
        Stmt::For { label: None, name: i, over, body: Block { stmts: vec![push], tail: None } }
    }

    fn resize(&mut self, scope: &mut Scope, known: &Known) -> Vec<Stmt> {
        let at = known.place.clone();
        let mut others = scope.clone();
        others.hide(&at.root);
        match self.rng.below(7) {
            0 => vec![Stmt::Plain(at, "clear")],
            1 => vec![Stmt::Plain(at, "reverse")],
            2 => {
                let value = self.value(&others, &Ty::Scalar, 2);
                vec![Stmt::Insert(at, Int::Lit(0), value)]
            }
            3 => vec![Stmt::Truncate(at, self.rng.below(3))],
            4 if self.has(super::Construct::IfLet) => {
                let name = self.fresh("last");
                let ty = Some(Ty::Maybe);
                let value = Expr::Pop(at);
                let first = Stmt::Let { name: name.clone(), mutable: false, ty, value };
                let option = Place { root: name, path: Vec::new() };
                let other = Box::new(self.value(scope, &Ty::Scalar, 1));
                let value = Expr::UnwrapOr(option, other);
                vec![first, self.declare(scope, Ty::Scalar, value)]
            }
            5 => match self.list(&others, None) {
                Some(list) if !list.opaque => {
                    let reference = list.reference && list.place.path.is_empty();
                    vec![Stmt::Extend(at, list.place, reference)]
                }
                _ => vec![self.pushes(scope, at)],
            },
            _ => vec![self.pushes(scope, at)],
        }
    }

    /// A value read from a list of unknown length.
    fn look(&mut self, scope: &mut Scope, place: Place, depth: usize) -> Stmt {
        if self.rng.percent(30) {
            let value = self.value(scope, &Ty::Scalar, 1);
            let length = Expr::Length(place);
            let value = Expr::Bin(crate::ast::Op::Mul, Box::new(length), Box::new(value));
            return self.declare(scope, Ty::Scalar, value);
        }
        if self.rng.percent(40) {
            let mut element = place.clone();
            element.path.push(crate::ast::Step::Index(Int::Lit(0)));
            let cond = Cond::NotEmpty(place);
            let then = Block { stmts: Vec::new(), tail: Some(Box::new(Expr::Read(element))) };
            let other = self.value_block(scope, 1);
            return self.declare(scope, Ty::Scalar, Expr::If(cond, then, Some(other)));
        }
        let name = self.fresh("v");
        let mut inner = scope.clone();
        inner.lock(&place.root);
        inner.declare(Var { deref: Some(true), ..Var::new(name.clone(), Ty::Scalar) });
        let label = self.label();
        let body = self.body(inner, label.clone(), depth);
        let over = Over::Elements { place, prefix: "", suffix: ".iter()", pattern: "" };
        Stmt::For { label, name, over, body }
    }
}
