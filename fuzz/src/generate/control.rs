//! Control flow that is to come: it is off until `#[differentiable]` accepts it.

use super::scope::{Scope, Var};
use super::{Construct, Generator};
use crate::ast::{
    Arg, Arm, Block, Callee, Cond, Expr, Function, Int, Op, Passing, Place, Stmt, Ty,
};

impl Generator<'_> {
    /// The statements of this file and of `lists`, with their weights.
    pub(super) fn later() -> &'static [(usize, Construct)] {
        use Construct as C;
        &[
            (4, C::Return),
            (6, C::Break),
            (6, C::Loop),
            (5, C::While),
            (7, C::Match),
            (6, C::IfLet),
            (6, C::Enum),
            (6, C::Closure),
            (9, C::Chain),
            (6, C::MutParam),
            (8, C::SliceOps),
            (4, C::Push),
        ]
    }

    pub(super) fn later_statement(
        &mut self,
        scope: &mut Scope,
        depth: usize,
        choice: Construct,
    ) -> Option<Vec<Stmt>> {
        let depth = depth.saturating_sub(1);
        match choice {
            Construct::Return => self.early_return(scope).map(|stmt| vec![stmt]),
            Construct::Break => self.leave(scope).map(|stmt| vec![stmt]),
            Construct::Loop => Some(self.loop_value(scope, depth)),
            Construct::While => Some(self.while_loop(scope, depth)),
            Construct::Match => Some(vec![self.match_int(scope, depth)]),
            Construct::IfLet => Some(self.option(scope, depth)),
            Construct::Enum => Some(self.enumeration(scope, depth)),
            Construct::Closure => Some(vec![self.closure(scope)]),
            Construct::Chain => self.let_chain(scope).map(|stmt| vec![stmt]),
            Construct::MutParam => self.mutating_call(scope).map(|stmt| vec![stmt]),
            Construct::SliceOps => self.slice_operation(scope).map(|stmt| vec![stmt]),
            Construct::Push => Some(self.push(scope)),
            _ => None,
        }
    }

    fn guarded(&mut self, scope: &Scope, stmt: Stmt) -> Stmt {
        let cond = self.cond(scope);
        Stmt::Expr(Expr::If(cond, Block { stmts: vec![stmt], tail: None }, None))
    }

    fn early_return(&mut self, scope: &Scope) -> Option<Stmt> {
        if scope.in_mode {
            return None;
        }
        let ty = scope.result.clone()?;
        let value = self.result_value(scope, &ty, false);
        Some(self.guarded(scope, Stmt::Return(value)))
    }

    /// `break` or `continue` of a loop around, under a condition.
    fn leave(&mut self, scope: &Scope) -> Option<Stmt> {
        if scope.in_mode || scope.labels.is_empty() {
            return None;
        }
        let k = self.rng.below(scope.labels.len());
        let innermost = k + 1 == scope.labels.len();
        let label = scope.labels[k].clone();
        if label.is_none() && !innermost {
            return None;
        }
        let label = if innermost && self.rng.percent(60) { None } else { label };
        let stmt =
            if self.rng.percent(50) { Stmt::Break(label, None) } else { Stmt::Continue(label) };
        Some(self.guarded(scope, stmt))
    }

    /// A counter, its declaration, and the statement that counts.
    fn counter(&mut self, scope: &mut Scope, bound: usize) -> (String, Stmt, Stmt) {
        let name = self.fresh("n");
        let zero = Expr::Int(Int::Lit(0));
        let declare =
            Stmt::Let { name: name.clone(), mutable: true, ty: Some(Ty::Int), value: zero };
        scope.declare(Var { bound, fixed: true, ..Var::new(name.clone(), Ty::Int) });
        let count = Stmt::Count(name.clone());
        (name, declare, count)
    }

    /// A loop body that counts first, so that `continue` does not leave it out.
    fn counted(&mut self, scope: &Scope, depth: usize, count: Stmt) -> Block {
        let mut body = self.body(scope.clone(), None, depth);
        body.stmts.insert(0, count);
        body
    }

    fn loop_value(&mut self, scope: &mut Scope, depth: usize) -> Vec<Stmt> {
        let most = self.rng.between(1, 3);
        // Counted at the start of a trip, before anything reads it.
        let (name, declare, count) = self.counter(scope, most + 1);
        let mut inner = scope.clone();
        inner.loops += 1;
        // A `break` without a value does not fit a loop with one.
        inner.labels.clear();
        let n = self.rng.between(1, 3);
        let mut body = self.statements(&mut inner, depth, n);
        body.stmts.insert(0, count);
        let value = self.value(&inner, &Ty::Scalar, 2);
        let last = Cond::Equal(Int::Var(name), most);
        let cond = if self.rng.percent(60) {
            Cond::Or(Box::new(last), Box::new(self.cond(&inner)))
        } else {
            last
        };
        let leave = Block { stmts: vec![Stmt::Break(None, Some(value))], tail: None };
        body.stmts.push(Stmt::Expr(Expr::If(cond, leave, None)));
        vec![declare, self.declare(scope, Ty::Scalar, Expr::Loop(body))]
    }

    fn while_loop(&mut self, scope: &mut Scope, depth: usize) -> Vec<Stmt> {
        let most = self.rng.between(1, 4);
        let (name, declare, count) = self.counter(scope, most + 1);
        let within = Cond::Below(Int::Var(name), Int::Lit(most));
        let data = self.cond(scope);
        let cond = Cond::And(Box::new(within), Box::new(data));
        let body = self.counted(scope, depth, count);
        vec![declare, Stmt::While { label: None, cond, body }]
    }

    fn match_int(&mut self, scope: &mut Scope, depth: usize) -> Stmt {
        let as_value = self.rng.percent(50);
        let scrutinee = match self.index(scope, 4) {
            Int::Lit(k) => Int::Mod(Box::new(Int::Lit(k)), 4),
            other => other,
        };
        let mut arms = Vec::new();
        for pattern in ["0", "1 | 2", "3", "_"] {
            if pattern != "_" && self.rng.percent(25) {
                continue;
            }
            let guard = (pattern != "_" && self.rng.percent(35)).then(|| self.cond(scope));
            let body = if as_value {
                self.value_block(scope, 2)
            } else {
                let n = self.rng.between(0, 2);
                self.statements(&mut scope.clone(), depth, n)
            };
            arms.push(Arm { pattern: pattern.to_string(), guard, body });
        }
        let matched = Expr::Match(scrutinee, arms);
        if as_value { self.declare(scope, Ty::Scalar, matched) } else { Stmt::Expr(matched) }
    }

    /// An `Option`, and what takes it apart.
    fn option(&mut self, scope: &mut Scope, depth: usize) -> Vec<Stmt> {
        let value = self.value(scope, &Ty::Scalar, 2);
        let cond = self.cond(scope);
        let block = |tail| Block { stmts: Vec::new(), tail: Some(Box::new(tail)) };
        let some = block(Expr::Maybe(Some(Box::new(value))));
        let value = Expr::If(cond, some, Some(block(Expr::Maybe(None))));
        let name = self.fresh("o");
        let at = Place { root: name.clone(), path: Vec::new() };
        let declare = Stmt::Let { name, mutable: false, ty: Some(Ty::Maybe), value };
        let inside = self.fresh("some");
        let bound = Var::new(inside.clone(), Ty::Scalar);
        if let Some(ty) = scope.result.clone()
            && !scope.in_mode
            && self.rng.percent(25)
        {
            let other = self.result_value(scope, &ty, false);
            scope.declare(bound);
            return vec![declare, Stmt::LetElse(inside, at, other)];
        }
        let mut inner = scope.clone();
        inner.declare(bound);
        if self.rng.percent(50) {
            let then = self.value_block(&inner, 2);
            let other = self.value_block(scope, 1);
            let value = Expr::IfSome(inside, at, then, Some(other));
            return vec![declare, self.declare(scope, Ty::Scalar, value)];
        }
        let n = self.rng.between(1, 2);
        let then = self.statements(&mut inner, depth, n);
        vec![declare, Stmt::Expr(Expr::IfSome(inside, at, then, None))]
    }

    /// A value of the enum, and a `match` on it.
    fn enumeration(&mut self, scope: &mut Scope, _depth: usize) -> Vec<Stmt> {
        let variants = self.program.variants.clone();
        let mut value = None;
        for (k, payload) in variants.iter().enumerate() {
            let payload = (0..*payload).map(|_| self.value(scope, &Ty::Scalar, 1)).collect();
            let variant = Expr::Variant(k, payload);
            let block = |tail| Block { stmts: Vec::new(), tail: Some(Box::new(tail)) };
            value = Some(match value {
                None => variant,
                Some(other) => Expr::If(self.cond(scope), block(variant), Some(block(other))),
            });
        }
        let name = self.fresh("e");
        let at = Place { root: name.clone(), path: Vec::new() };
        let value = value.unwrap_or(Expr::Variant(0, Vec::new()));
        let declare = Stmt::Let { name, mutable: false, ty: None, value };
        let arms = variants.iter().map(|payload| {
            let names: Vec<_> = (0..*payload).map(|_| self.fresh("pay")).collect();
            let mut inner = scope.clone();
            names.iter().for_each(|name| inner.declare(Var::new(name.clone(), Ty::Scalar)));
            (names, self.value_block(&inner, 2))
        });
        let matched = Expr::MatchEnum(at, arms.collect());
        vec![declare, self.declare(scope, Ty::Scalar, matched)]
    }

    /// A closure, which borrows what it names, so that nothing is assigned to any more.
    fn closure(&mut self, scope: &mut Scope) -> Stmt {
        let n = self.rng.between(1, 2);
        scope.lock_all();
        let mut inner = scope.clone();
        inner.result = None;
        inner.labels.clear();
        let params: Vec<_> = (0..n).map(|_| self.fresh("arg")).collect();
        params.iter().for_each(|name| inner.declare(Var::new(name.clone(), Ty::Scalar)));
        let mut body = self.value_block(&inner, 2);
        if let Some(tail) = body.tail.take() {
            body.tail = Some(Box::new(self.tame(*tail)));
        }
        let name = self.fresh("h");
        scope.declare(Var { fixed: true, ..Var::new(name.clone(), Ty::Closure(n)) });
        Stmt::Closure(name, params, body)
    }

    /// A call of a function with a `&mut` parameter.
    fn mutating_call(&mut self, scope: &mut Scope) -> Option<Stmt> {
        if scope.in_mode {
            return None;
        }
        let functions = self.program.functions.iter();
        let fits: Vec<Function> = functions.filter(|f| super::expr::mutates(f)).cloned().collect();
        let function = self.rng.pick(&fits)?.clone();
        let call = self.call_of(scope, &function, 1)?;
        Some(if function.result == Ty::Scalar && self.rng.percent(60) {
            self.declare(scope, Ty::Scalar, call)
        } else {
            Stmt::Expr(call)
        })
    }

    /// A function that calls itself with a smaller depth.
    pub(super) fn recursion(&mut self, function: &mut Function, scope: &Scope) {
        let depth = crate::ast::Param {
            name: "depth".into(),
            ty: Ty::Int,
            passing: Passing::Value,
            active: true,
        };
        function.params.push(depth);
        let base = self.result_value(scope, &function.result, false);
        let mut inner = scope.clone();
        let n = self.rng.between(1, 3);
        let mut other = self.statements(&mut inner, 1, n);
        let mut args = Vec::new();
        for param in &function.params {
            args.push(match (param.name.as_str(), param.passing, &param.ty) {
                ("depth", ..) => Arg::Int(Int::Sub(Box::new(Int::Var("depth".into())), 1)),
                ("x", ..) => {
                    let value = self.scalar(&inner, 2);
                    Arg::Value(self.tame(value))
                }
                (_, Passing::Value, Ty::Int) => Arg::Int(Int::Lit(1)),
                (_, Passing::Value, Ty::Flag) => Arg::Flag(self.cond(&inner)),
                (_, Passing::Value, ty) => Arg::Value(if param.active {
                    self.value(&inner, &ty.clone(), 1)
                } else {
                    Expr::Lit(0.5)
                }),
                (name, Passing::Ref, _) => Arg::Ref { place: variable(name), reference: true },
                (name, Passing::Mut, _) => Arg::Mut { place: variable(name), reference: true },
            });
        }
        let call = Expr::Call(Callee::Function(function.name.clone()), args);
        let tail = match function.result {
            Ty::Scalar => {
                let product = Expr::Bin(Op::Mul, Box::new(call), Box::new(Expr::Lit(0.75)));
                let sum = self.result_value(&inner, &Ty::Scalar, false);
                Expr::Bin(Op::Add, Box::new(product), Box::new(sum))
            }
            _ => call,
        };
        other.tail = Some(Box::new(tail));
        let then = Block { stmts: Vec::new(), tail: Some(Box::new(base)) };
        let cond = Cond::Equal(Int::Var("depth".into()), 0);
        let branches = Expr::If(cond, then, Some(other));
        function.body = Block { stmts: Vec::new(), tail: Some(Box::new(branches)) };
    }
}

fn variable(name: &str) -> Place {
    Place { root: name.to_string(), path: Vec::new() }
}
