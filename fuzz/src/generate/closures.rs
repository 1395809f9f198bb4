//! Closures.

use super::scope::{Scope, Var};
use super::{Construct, Generator};
use crate::ast::{Arg, Block, Callee, Expr, Op, Place, Stmt, Ty};

impl Generator<'_> {
    /// A closure, which borrows what it names, and calls of it. Where it lives on, nothing is assigned
    /// to any more.
    pub(super) fn closure(&mut self, scope: &mut Scope) -> Vec<Stmt> {
        let n = self.rng.between(1, 2);
        let (params, body) = self.closure_body(&scope.enclosed(), n, Vec::new());
        if self.rng.percent(20) {
            let args = (0..n).map(|_| self.value(scope, &Ty::Scalar, 1)).collect();
            return vec![self.declare(scope, Ty::Scalar, Expr::Immediate(params, body, args))];
        }
        let name = self.fresh("h");
        let stmt = Stmt::Closure(name.clone(), false, params, body);
        if self.rng.percent(50) {
            scope.lock_all();
            scope.declare(Var { fixed: true, ..Var::new(name, Ty::Closure(n)) });
            return vec![stmt];
        }
        let [a, b] = [0, 1].map(|_| self.called(&scope.enclosed(), &name, n));
        let nested = self.rng.percent(30) && n == 1;
        let value = if nested {
            Expr::Call(Callee::Closure(name), vec![Arg::Value(a)])
        } else {
            Expr::Bin(Op::Mul, Box::new(a), Box::new(b))
        };
        vec![stmt, self.declare(scope, Ty::Scalar, value)]
    }

    /// Parameters and body of a closure, which begins with these statements.
    fn closure_body(&mut self, scope: &Scope, n: usize, first: Vec<Stmt>) -> (Vec<String>, Block) {
        let mut inner = scope.clone();
        let params: Vec<_> = (0..n).map(|_| self.fresh("arg")).collect();
        params.iter().for_each(|name| inner.declare(Var::new(name.clone(), Ty::Scalar)));
        let mut body = self.value_block(&inner, 2);
        if let Some(tail) = body.tail.take() {
            body.tail = Some(Box::new(self.tame(*tail)));
        }
        body.stmts.splice(0..0, first);
        (params, body)
    }

    fn called(&mut self, scope: &Scope, name: &str, n: usize) -> Expr {
        let args = (0..n).map(|_| Arg::Value(self.scalar(scope, 1))).collect();
        Expr::Call(Callee::Closure(name.to_string()), args)
    }

    /// A closure that assigns to a variable, and two calls of it.
    pub(super) fn closure_mut(&mut self, scope: &mut Scope) -> Vec<Stmt> {
        let acc = self.fresh("sum");
        let at = Place { root: acc.clone(), path: Vec::new() };
        let start = self.value(scope, &Ty::Scalar, 1);
        let declare = Stmt::Let { name: acc.clone(), mutable: true, ty: None, value: start };
        let mut inner = scope.enclosed();
        inner.declare(Var { fixed: true, ..Var::new(acc.clone(), Ty::Scalar) });
        let (op, value) = self.step(&Scope { loops: 1, ..inner.clone() });
        let change = Stmt::Assign(at, Some(op), value);
        let (params, body) = self.closure_body(&inner, 1, vec![change]);
        let name = self.fresh("h");
        let closure = Stmt::Closure(name.clone(), true, params, body);
        let outside = scope.enclosed();
        let mut stmts = vec![declare, closure];
        let mut values = Vec::new();
        for _ in 0..self.rng.between(1, 2) {
            let value = self.called(&outside, &name, 1);
            let result = self.fresh("r");
            values.push(result.clone());
            stmts.push(Stmt::Let { name: result, mutable: false, ty: None, value });
        }
        values.iter().for_each(|name| scope.declare(Var::new(name.clone(), Ty::Scalar)));
        let mutable = self.has(Construct::Assign);
        let var = Var::new(acc, Ty::Scalar);
        scope.declare(Var { mutable, declared_mut: true, ..var });
        stmts
    }
}
