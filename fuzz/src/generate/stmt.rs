//! Statements of the language that is accepted today.

use super::scope::{Around, Scope, Var};
use super::{Construct, Generator};
use crate::ast::{Block, Expr, Int, Mode, Op, Over, Place, Step, Stmt, Ty};

impl Generator<'_> {
    /// Statements that see the scope and add to it; nested ones to that depth.
    pub(super) fn statements(&mut self, scope: &mut Scope, depth: usize, n: usize) -> Block {
        let mut block = Block::default();
        for _ in 0..n {
            if self.budget == 0 {
                break;
            }
            self.budget -= 1;
            if let Some(stmts) = self.statement(scope, depth) {
                block.stmts.extend(stmts);
            }
        }
        block
    }

    fn statement(&mut self, scope: &mut Scope, depth: usize) -> Option<Vec<Stmt>> {
        use Construct as C;
        let simple: [(usize, C); 11] = [
            (14, C::Const),
            (10, C::Assign),
            (10, C::Compound),
            (8, C::Array),
            (6, C::List),
            (14, C::Element),
            (5, C::Tuple),
            (6, C::Struct),
            (3, C::DetachAggregate),
            (4, C::Aggregate),
            (3, C::NoGrad),
        ];
        let nested: [(usize, C); 7] = [
            (10, C::If),
            (12, C::ForRange),
            (7, C::ForElements),
            (6, C::ForMut),
            (3, C::SetGrad),
            (2, C::EnableGrad),
            (5, C::Checkpoint),
        ];
        let mut choices = simple.to_vec();
        choices.extend_from_slice(Self::later());
        if depth > 0 {
            choices.extend_from_slice(&nested);
        }
        choices.retain(|(_, c)| *c == C::Const || self.has(*c));
        let choice = self.rng.weighted(&choices)?;
        match choice {
            C::Assign => self.assign(scope).map(|stmt| vec![stmt]),
            C::Compound => self.compound(scope).map(|stmt| vec![stmt]),
            C::Element => self.element_assign(scope).map(|stmt| vec![stmt]),
            C::Array | C::List | C::Tuple | C::Struct | C::Aggregate => {
                self.let_aggregate(scope, choice).map(|stmt| vec![stmt])
            }
            C::DetachAggregate => self.let_detached(scope).map(|stmt| vec![stmt]),
            C::NoGrad | C::SetGrad | C::EnableGrad => {
                let mode = match choice {
                    C::NoGrad => Mode::Off,
                    C::EnableGrad => Mode::On,
                    _ => self.run_time_mode(scope),
                };
                Some(vec![self.mode_block(scope, mode)])
            }
            C::Checkpoint => Some(vec![self.checkpoint(scope, depth - 1)]),
            C::If => Some(vec![self.if_statement(scope, depth - 1)]),
            C::ForRange => Some(vec![self.for_range(scope, depth - 1)]),
            C::ForElements => self.for_elements(scope, depth - 1).map(|stmt| vec![stmt]),
            C::ForMut => self.for_mut(scope, depth - 1).map(|stmt| vec![stmt]),
            C::Const => Some(vec![self.let_scalar(scope)]),
            _ => self.later_statement(scope, depth, choice),
        }
    }

    fn let_scalar(&mut self, scope: &mut Scope) -> Stmt {
        let value = self.value(scope, &Ty::Scalar, 3);
        self.declare(scope, Ty::Scalar, value)
    }

    /// `let` of a new variable, mutable perhaps.
    pub(super) fn declare(&mut self, scope: &mut Scope, ty: Ty, value: Expr) -> Stmt {
        let mutable = self.chance(Construct::Assign, 55);
        let name = self.name(scope);
        let var = Var::new(name.clone(), ty.clone());
        scope.declare(Var { mutable, declared_mut: mutable, ..var });
        let ty = self.rng.percent(15).then_some(ty);
        Stmt::Let { name, mutable, ty, value }
    }

    fn assign(&mut self, scope: &Scope) -> Option<Stmt> {
        let mut places = scope.places(&self.program);
        places.retain(|known| {
            known.mutable
                && !matches!(
                    known.ty,
                    Ty::Int | Ty::Maybe | Ty::Enum | Ty::Bag | Ty::Closure(_) | Ty::Flag
                )
        });
        // A whole list behind a reference cannot be assigned to.
        places.retain(|known| known.ty == Ty::Scalar || !known.reference);
        let known = self.rng.pick(&places)?.clone();
        let known = self.somewhere(scope, known);
        let mut others = scope.clone();
        if known.ty != Ty::Scalar && !self.has(Construct::SelfCopy) {
            others.hide(&known.place.root);
        }
        let mut value = self.value(&others, &known.ty, 3);
        if value == Expr::Read(known.place.clone()) && !self.has(Construct::SelfCopy) {
            value = Expr::Neg(Box::new(value));
        }
        Some(Stmt::Assign(known.place, None, value))
    }

    fn compound(&mut self, scope: &Scope) -> Option<Stmt> {
        let place = self.scalar_place(scope, true)?;
        let (op, value) = self.step(scope);
        Some(Stmt::Assign(place, Some(op), value))
    }

    /// An operator and a right side that keep the left side tame.
    pub(super) fn step(&mut self, scope: &Scope) -> (Op, Expr) {
        let op = [Op::Add, Op::Add, Op::Sub, Op::Mul, Op::Div][self.rng.below(5)];
        let value = self.scalar(scope, 2);
        let value = match op {
            Op::Mul => Expr::Method("cos", vec![value]),
            Op::Div => super::methods::positive(value),
            _ => self.tame(value),
        };
        (op, value)
    }

    fn element_assign(&mut self, scope: &Scope) -> Option<Stmt> {
        let mut lists = scope.lists(&self.program, None);
        lists.retain(|known| known.mutable);
        let known = self.rng.pick(&lists)?.clone();
        let known = self.somewhere(scope, known);
        let (Ty::Array(n) | Ty::List(n)) = known.ty else { return None };
        let place = self.element(scope, known.place.clone(), n);
        if self.has(Construct::Compound) && self.rng.percent(40) {
            let (op, value) = self.step(scope);
            return Some(Stmt::Assign(place, Some(op), value));
        }
        let value = if self.rng.percent(35) {
            // `a[i] = a[i] * a[j]`, where `i` may be `j`.
            let other = self.element(scope, known.place, n);
            let (a, b) = (Expr::Read(place.clone()), Expr::Read(other));
            let product = Expr::Bin(Op::Mul, Box::new(a), Box::new(b));
            if scope.loops == 0 { product } else { self.tame(product) }
        } else {
            self.value(scope, &Ty::Scalar, 3)
        };
        Some(Stmt::Assign(place, None, value))
    }

    fn let_aggregate(&mut self, scope: &mut Scope, choice: Construct) -> Option<Stmt> {
        let ty = match choice {
            Construct::Array => Ty::Array(self.length()),
            Construct::List => Ty::List(self.length()),
            Construct::Tuple => self.tuple(),
            Construct::Struct => Ty::Struct(self.rng.below(self.program.structs.len().max(1))),
            _ => self.rng.pick(&self.program.functions)?.result.clone(),
        };
        if matches!(ty, Ty::Struct(k) if k >= self.program.structs.len()) {
            return None;
        }
        let value = match choice {
            Construct::Aggregate => self.call(scope, &ty, 2)?,
            Construct::Array if self.chance(Construct::IfValue, 8) => self.if_aggregate(scope, &ty),
            _ => self.value(scope, &ty, 2),
        };
        if let Ty::Tuple(items) = &ty
            && self.rng.percent(40)
        {
            return Some(self.destructure(scope, items, value));
        }
        Some(self.declare(scope, ty, value))
    }

    fn if_aggregate(&mut self, scope: &Scope, ty: &Ty) -> Expr {
        let cond = self.cond(scope);
        let [then, other] = [0, 1].map(|_| {
            let tail = Some(Box::new(self.value(scope, ty, 1)));
            Block { stmts: Vec::new(), tail }
        });
        Expr::If(cond, then, Some(other))
    }

    fn destructure(&mut self, scope: &mut Scope, items: &[Ty], value: Expr) -> Stmt {
        let mut names = Vec::new();
        for ty in items {
            let name = self.fresh("d");
            scope.declare(Var::new(name.clone(), ty.clone()));
            names.push(name);
        }
        Stmt::LetTuple(names, value)
    }

    pub(super) fn tuple(&mut self) -> Ty {
        let n = self.rng.between(2, 3);
        let mut items = vec![Ty::Scalar; n];
        if self.chance(Construct::Array, 25) {
            items[n - 1] = Ty::Array(self.length());
        }
        Ty::Tuple(items)
    }

    /// `let d = a.detach();` of something that is borrowed from then on.
    fn let_detached(&mut self, scope: &mut Scope) -> Option<Stmt> {
        let mut places = scope.places(&self.program);
        places.retain(|known| !known.reference && !known.opaque);
        places.retain(|known| matches!(known.ty, Ty::Array(_) | Ty::List(_) | Ty::Struct(_)));
        let known = self.rng.pick(&places)?.clone();
        let name = self.fresh("det");
        scope.lock(&known.place.root);
        let var = Var::new(name.clone(), known.ty.clone());
        // The dual version holds a copy, so that nothing but its scalars means the same in both.
        scope.declare(Var { opaque: true, reference: true, ..var });
        let value = Expr::Detach(Box::new(Expr::Read(known.place)));
        Some(Stmt::Let { name, mutable: false, ty: None, value })
    }

    fn mode_block(&mut self, scope: &Scope, mode: Mode) -> Stmt {
        let mut inner = scope.clone();
        inner.in_mode = true;
        let n = self.rng.between(1, 3);
        Stmt::Expr(Expr::Mode(mode, self.statements(&mut inner, 1, n)))
    }

    fn if_statement(&mut self, scope: &Scope, depth: usize) -> Stmt {
        let cond = self.cond(scope);
        let n = self.rng.between(1, 3);
        let then = self.statements(&mut scope.clone(), depth, n);
        let other = self.rng.percent(60).then(|| {
            let n = self.rng.between(1, 2);
            if self.rng.percent(20) {
                let nested = self.if_statement(scope, depth.saturating_sub(1));
                return Block { stmts: vec![nested], tail: None };
            }
            self.statements(&mut scope.clone(), depth, n)
        });
        Stmt::Expr(Expr::If(cond, then, other))
    }

    /// A loop body: what is inside may leave the loop where the label says so.
    pub(super) fn body(&mut self, mut scope: Scope, label: Option<String>, depth: usize) -> Block {
        scope.loops += 1;
        scope.around.push(Around { label, value: false, block: false });
        let n = self.rng.between(1, 4);
        self.statements(&mut scope, depth, n)
    }

    pub(super) fn label(&mut self) -> Option<String> {
        let labelled = self.chance(Construct::Break, 40);
        labelled.then(|| format!("'{}", self.fresh("l")))
    }

    /// A block or a loop that runs again in the reverse pass.
    fn checkpoint(&mut self, scope: &Scope, depth: usize) -> Stmt {
        let mut inner = scope.runs_twice();
        if self.rng.percent(50) {
            let n = self.rng.between(1, 4);
            return Stmt::Expr(Expr::Mode(Mode::Again, self.statements(&mut inner, depth, n)));
        }
        inner.loops += 1;
        let (from, to) = (self.rng.below(2), self.rng.between(0, 2 * self.length));
        let name = self.fresh("i");
        inner.declare(Var { bound: to.max(1), ..Var::new(name.clone(), Ty::Int) });
        let n = self.rng.between(1, 4);
        let body = self.statements(&mut inner, depth, n);
        let (from, to) = (Int::Lit(from), Int::Lit(to));
        let over = Over::Range { from, to, inclusive: false, rev: false };
        let schedule = if self.rng.percent(50) { "every" } else { "snapshots" };
        let steps = Stmt::For { label: None, name, over, body };
        Stmt::Scheduled(schedule, self.rng.between(1, 4), Box::new(steps))
    }

    fn for_range(&mut self, scope: &Scope, depth: usize) -> Stmt {
        let ints: Vec<_> = scope.ints().into_iter().cloned().collect();
        let from = usize::from(self.rng.percent(25));
        let inclusive = self.rng.percent(15);
        let (to, bound) = match self.rng.pick(&ints) {
            Some(var) if self.rng.percent(50) => (Int::Var(var.name.clone()), var.bound - 1),
            _ => {
                let most = if scope.loops > 0 { 2 } else { self.length };
                let to = self.rng.between(0, most);
                (Int::Lit(to), to)
            }
        };
        let rev = self.rng.percent(25);
        let name = if self.rng.percent(10) { "_".to_string() } else { self.fresh("i") };
        let mut inner = scope.clone();
        if name != "_" {
            let bound = bound.max(1) + usize::from(inclusive);
            inner.declare(Var { bound, ..Var::new(name.clone(), Ty::Int) });
        }
        let label = self.label();
        let body = self.body(inner, label.clone(), depth);
        let over = Over::Range { from: Int::Lit(from), to, inclusive, rev };
        Stmt::For { label, name, over, body }
    }

    fn for_elements(&mut self, scope: &Scope, depth: usize) -> Option<Stmt> {
        let known = self.list(scope, None)?;
        // A slice is run over as it is; of a list, the elements would be moved.
        let (prefix, suffix) = match self.rng.below(3) {
            0 if known.reference && !known.opaque && !known.unique => ("", ""),
            1 if !known.reference => ("&", ""),
            _ => ("", ".iter()"),
        };
        let (pattern, deref) = match self.rng.below(3) {
            0 => ("&", None),
            k => ("", Some(k == 1)),
        };
        let name = self.fresh("v");
        let mut inner = scope.clone();
        inner.lock(&known.place.root);
        inner.declare(Var { deref, ..Var::new(name.clone(), Ty::Scalar) });
        let label = self.label();
        let body = self.body(inner, label.clone(), depth);
        let over = Over::Elements { place: known.place, prefix, suffix, pattern };
        Some(Stmt::For { label, name, over, body })
    }

    fn for_mut(&mut self, scope: &Scope, depth: usize) -> Option<Stmt> {
        let mut lists = scope.lists(&self.program, None);
        lists.retain(|known| known.mutable);
        let known = self.rng.pick(&lists)?.clone();
        let known = self.somewhere(scope, known);
        let (prefix, suffix) = match self.rng.below(2) {
            0 if !known.reference => ("&mut ", ""),
            _ => ("", ".iter_mut()"),
        };
        let name = self.fresh("m");
        let mut inner = scope.clone();
        inner.hide(&known.place.root);
        let element = Var::new(name.clone(), Ty::Scalar);
        inner.declare(Var { deref: Some(true), mutable: true, fixed: true, ..element });
        let label = self.label();
        let at = Place { root: name.clone(), path: vec![Step::Deref { written: true }] };
        let (op, value) = self.step(&inner.of_loop());
        let mut body = self.body(inner, label.clone(), depth);
        // In front, where nothing that it reads is shadowed yet.
        body.stmts.insert(0, Stmt::Assign(at, Some(op), value));
        let over = Over::Elements { place: known.place, prefix, suffix, pattern: "" };
        Some(Stmt::For { label, name, over, body })
    }
}
