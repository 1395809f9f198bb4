//! Control flow: ways out, loops with conditions, `match`, `Option`, the enum, recursion.

use super::scope::{Around, Scope, Var};
use super::{Construct, Generator};
use crate::ast::{Arm, Block, Cond, Expr, Function, Int, Place, Scrutinee, Stmt, Ty};

impl Generator<'_> {
    /// The statements of this file, of `lists` and of others beside it, with their weights.
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
            (4, C::ClosureMut),
            (9, C::Chain),
            (5, C::ChainEnd),
            (6, C::ForChain),
            (6, C::MutParam),
            (8, C::SliceOps),
            (4, C::Push),
            (5, C::Bag),
            (5, C::Sweep),
            (4, C::Pattern),
            (4, C::Slice),
            (4, C::Nested),
            (1, C::Assert),
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
            Construct::Closure => Some(self.closure(scope)),
            Construct::ClosureMut => Some(self.closure_mut(scope)),
            Construct::ChainEnd => self.chain_end(scope),
            Construct::ForChain => self.for_chain(scope, depth).map(|stmt| vec![stmt]),
            Construct::Bag => self.bag(scope, depth),
            Construct::Sweep => Some(self.sweeps(scope)),
            Construct::Pattern => self.pattern(scope).map(|stmt| vec![stmt]),
            Construct::Slice => self.alias(scope).map(|stmt| vec![stmt]),
            Construct::Nested => Some(vec![self.let_nested(scope)]),
            Construct::Assert => Some(vec![self.assert(scope)]),
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
        if scope.in_mode && !self.has(Construct::ModeExit) {
            return None;
        }
        let ty = scope.result.clone()?;
        let value = self.result_value(scope, &ty, false);
        Some(self.guarded(scope, Stmt::Return(value)))
    }

    /// `break` or `continue` of something around, under a condition.
    fn leave(&mut self, scope: &Scope) -> Option<Stmt> {
        if scope.around.is_empty() || scope.in_mode && !self.has(Construct::ModeExit) {
            return None;
        }
        let k = self.rng.below(scope.around.len());
        let innermost = k + 1 == scope.around.len();
        let Around { label, value, block } = scope.around[k].clone();
        if label.is_none() && !innermost {
            return None;
        }
        let label = if innermost && !block && self.rng.percent(60) { None } else { label };
        let leaves = block || self.rng.percent(50);
        let stmt = if leaves {
            let value = value.then(|| self.value(scope, &Ty::Scalar, 2));
            Stmt::Break(label, value)
        } else {
            Stmt::Continue(label)
        };
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

    fn loop_value(&mut self, scope: &mut Scope, depth: usize) -> Vec<Stmt> {
        if self.chance(Construct::Labelled, 25) {
            return vec![self.labelled(scope, depth)];
        }
        let most = self.rng.between(1, 3);
        // Counted at the start of a trip, before anything reads it.
        let (name, declare, count) = self.counter(scope, most + 2);
        let mut inner = scope.clone();
        inner.loops += 1;
        let label = self.label();
        let first = self.value(&scope.of_loop(), &Ty::Scalar, 2);
        inner.around.push(Around { label: label.clone(), value: true, block: false });
        let n = self.rng.between(1, 3);
        let mut body = self.statements(&mut inner, depth, n);
        let end = Cond::Below(Int::Lit(most), Int::Var(name));
        body.stmts.splice(0..0, [count, breaks(end, None, first)]);
        if self.rng.percent(60) {
            let value = self.value(&inner, &Ty::Scalar, 2);
            let cond = self.cond(&inner);
            body.stmts.push(breaks(cond, label.clone().filter(|_| self.rng.percent(40)), value));
        }
        vec![declare, self.declare(scope, Ty::Scalar, Expr::Loop(label, body))]
    }

    /// A block that is left with a value.
    fn labelled(&mut self, scope: &mut Scope, depth: usize) -> Stmt {
        let label = format!("'{}", self.fresh("block"));
        let mut inner = scope.clone();
        inner.around.push(Around { label: Some(label.clone()), value: true, block: true });
        let n = self.rng.between(1, 3);
        let mut body = self.statements(&mut inner, depth, n);
        let value = self.value(&inner, &Ty::Scalar, 2);
        let cond = self.cond(&inner);
        body.stmts.push(breaks(cond, Some(label.clone()), value));
        body.tail = Some(Box::new(self.value(&inner, &Ty::Scalar, 2)));
        self.declare(scope, Ty::Scalar, Expr::Labelled(label, body))
    }

    fn while_loop(&mut self, scope: &mut Scope, depth: usize) -> Vec<Stmt> {
        let most = self.rng.between(1, 4);
        let (name, declare, count) = self.counter(scope, most + 1);
        let within = Cond::Below(Int::Var(name), Int::Lit(most));
        // What leaves something would have to name it in here.
        let data = self.cond(&Scope { around: Vec::new(), ..scope.clone() });
        let cond = Cond::And(Box::new(within), Box::new(data));
        let label = self.label();
        let mut body = self.body(scope.clone(), label.clone(), depth);
        // It counts first, so that `continue` does not leave it out.
        body.stmts.insert(0, count);
        vec![declare, Stmt::While { label, cond, body }]
    }

    fn match_int(&mut self, scope: &mut Scope, depth: usize) -> Stmt {
        let as_value = self.rng.percent(50);
        let index = match self.index(scope, 4) {
            Int::Lit(k) => Int::Mod(Box::new(Int::Lit(k)), 4),
            other => other,
        };
        let bound = self.fresh("k");
        let bound = bound.as_str();
        let at = |range: &str| format!("{bound} @ {range}");
        let (scrutinee, patterns) = match self.rng.below(6) {
            0 | 1 => (Scrutinee::Int(index), ["0", "1 | 2", "3", "_"].map(String::from)),
            2 => (Scrutinee::Int(index), ["0..=1".into(), at("2"), bound.into(), "_".into()]),
            3 => (Scrutinee::Int(index), ["3".into(), at("1..=2"), at("0..=1"), bound.into()]),
            4 => {
                let patterns =
                    [format!("({bound}, true)"), "(0, _)".into(), "(1 | 2, false)".into()];
                let cond = self.cond(scope);
                let [a, b, c] = patterns;
                (Scrutinee::Pair(index, cond), [a, b, c, "_".into()])
            }
            _ => {
                let value = self.value(scope, &Ty::Scalar, 2);
                let name = String::from(bound);
                (Scrutinee::Scalar(Box::new(value)), [(); 4].map(|()| name.clone()))
            }
        };
        let scalar = matches!(scrutinee, Scrutinee::Scalar(_));
        let mut arms = Vec::new();
        for (k, pattern) in patterns.into_iter().enumerate() {
            if k < 3 && self.rng.percent(25) {
                continue;
            }
            let mut inner = scope.clone();
            if pattern.contains(bound) {
                let ty = if scalar { Ty::Scalar } else { Ty::Int };
                inner.declare(Var { bound: 6, ..Var::new(bound, ty) });
            }
            let guarded = k < 3 && (scalar || self.rng.percent(35));
            // A guard only looks.
            let guard = guarded.then(|| self.cond(&inner.enclosed()));
            let body = if as_value {
                self.value_block(&inner, 2)
            } else {
                let n = self.rng.between(0, 2);
                self.statements(&mut inner, depth, n)
            };
            arms.push(Arm { pattern, guard, body });
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
            && (!scope.in_mode || self.has(Construct::ModeExit))
            && self.rng.percent(25)
        {
            let other = self.result_value(scope, &ty, false);
            scope.declare(bound);
            return vec![declare, Stmt::LetElse(inside, at, other)];
        }
        if self.rng.percent(20) {
            let other = Box::new(self.value(scope, &Ty::Scalar, 1));
            return vec![declare, self.declare(scope, Ty::Scalar, Expr::UnwrapOr(at, other))];
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
}

/// `if cond { break 'label value; }`
fn breaks(cond: Cond, label: Option<String>, value: Expr) -> Stmt {
    let block = Block { stmts: vec![Stmt::Break(label, Some(value))], tail: None };
    Stmt::Expr(Expr::If(cond, block, None))
}
