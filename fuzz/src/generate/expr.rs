//! Expressions.

use super::methods::positive;
use super::scope::{Known, Scope, Var};
use super::{Construct, Generator};
use crate::ast::{
    Arg, Block, Callee, Cond, Expr, Function, Int, Mode, Op, Param, Passing, Place, Step, Ty,
};

impl Generator<'_> {
    /// A scalar expression of at most that depth.
    pub(super) fn scalar(&mut self, scope: &Scope, depth: usize) -> Expr {
        if depth == 0 || self.rng.percent(25) {
            return self.leaf(scope);
        }
        let choices: [(usize, Construct); 12] = [
            (40, Construct::Const),
            (24, Construct::Scalar),
            (6, Construct::Kink),
            (5, Construct::Detach),
            (5, Construct::IfValue),
            (10, Construct::Call),
            (3, Construct::Block),
            (3, Construct::NoGrad),
            (2, Construct::EnableGrad),
            (2, Construct::SetGrad),
            (2, Construct::Checkpoint),
            (3, Construct::Cast),
        ];
        let choices: Vec<_> =
            choices.into_iter().filter(|(_, c)| self.has(*c) || *c == Construct::Const).collect();
        let less = depth - 1;
        match self.rng.weighted(&choices) {
            Some(Construct::Scalar) => self.smooth(scope, less),
            Some(Construct::Kink) => self.kink(scope, less),
            Some(Construct::Detach) => self.detach(scope, less),
            Some(Construct::IfValue) => self.if_value(scope, less),
            Some(Construct::Call) => {
                self.call(scope, &Ty::Scalar, less).unwrap_or_else(|| self.arithmetic(scope, less))
            }
            Some(Construct::Block) => Expr::Block(self.value_block(scope, less)),
            Some(Construct::NoGrad) => self.mode(scope, Mode::Off, less),
            Some(Construct::Checkpoint) => {
                let inner = scope.runs_twice();
                Expr::Mode(Mode::Again, self.value_block(&inner, less))
            }
            Some(Construct::EnableGrad) => self.mode(scope, Mode::On, less),
            Some(Construct::SetGrad) => {
                let mode = self.run_time_mode(scope);
                self.mode(scope, mode, less)
            }
            Some(Construct::Cast) => self.cast(scope).unwrap_or_else(|| self.leaf(scope)),
            _ => self.arithmetic(scope, less),
        }
    }

    fn detach(&mut self, scope: &Scope, depth: usize) -> Expr {
        let a = self.scalar(scope, depth);
        let literal = matches!(&a, Expr::Lit(_) | Expr::Const(_) | Expr::Neg(_));
        if literal && !self.has(Construct::DetachLiteral) { a } else { Expr::Detach(Box::new(a)) }
    }

    fn arithmetic(&mut self, scope: &Scope, depth: usize) -> Expr {
        let a = self.scalar(scope, depth);
        if self.rng.percent(8) {
            return Expr::Neg(Box::new(a));
        }
        let b = self.scalar(scope, depth);
        let op = [Op::Add, Op::Sub, Op::Mul, Op::Mul, Op::Div][self.rng.below(5)];
        let b = if op == Op::Div { positive(b) } else { b };
        Expr::Bin(op, Box::new(a), Box::new(b))
    }

    fn leaf(&mut self, scope: &Scope) -> Expr {
        if self.rng.percent(18) {
            let named = self.program.consts.len();
            if named > 0 && self.rng.percent(30) {
                return Expr::Const(self.rng.below(named));
            }
            return Expr::Lit(self.rng.value());
        }
        match self.scalar_place(scope, false) {
            Some(place) => Expr::Read(place),
            None => Expr::Lit(self.rng.value()),
        }
    }

    /// A scalar in scope, an element of a list perhaps; one that may be assigned to, if asked.
    pub(super) fn scalar_place(&mut self, scope: &Scope, mutable: bool) -> Option<Place> {
        let mut places = scope.places(&self.program);
        places.retain(|known| {
            let fits = matches!(known.ty, Ty::Scalar | Ty::Array(_) | Ty::List(_));
            fits && (!mutable || known.mutable)
        });
        if mutable && !self.has(Construct::Element) {
            places.retain(|known| known.ty == Ty::Scalar);
        }
        let known = self.rng.pick(&places)?.clone();
        let known = self.somewhere(scope, known);
        Some(match known.ty {
            Ty::Array(n) | Ty::List(n) => self.element(scope, known.place, n),
            _ => known.place,
        })
    }

    pub(super) fn element(&mut self, scope: &Scope, mut list: Place, n: usize) -> Place {
        let index = self.index(scope, n);
        list.path.push(Step::Index(index));
        list
    }

    /// An index below `n`.
    pub(super) fn index(&mut self, scope: &Scope, n: usize) -> Int {
        let ints = scope.ints();
        if let Some(var) = self.rng.pick(&ints)
            && self.rng.percent(70)
        {
            let name = Int::Var(var.name.clone());
            if var.bound <= n && self.rng.percent(75) {
                return name;
            }
            let shift = self.rng.below(3);
            let base = if shift == 0 { name } else { Int::Add(Box::new(name), shift) };
            return Int::Mod(Box::new(base), n);
        }
        Int::Lit(self.rng.below(n))
    }

    fn cast(&mut self, scope: &Scope) -> Option<Expr> {
        let ints = scope.ints();
        let name = self.rng.pick(&ints)?.name.clone();
        let cast = Expr::Cast(Int::Var(name));
        Some(Expr::Bin(Op::Mul, Box::new(cast), Box::new(Expr::Lit(0.25))))
    }

    pub(super) fn cond(&mut self, scope: &Scope) -> Cond {
        let flags = scope.of(&Ty::Flag);
        match self.rng.below(10) {
            0 | 1 if !flags.is_empty() => {
                Cond::Flag(flags[self.rng.below(flags.len())].name.clone())
            }
            2 | 3 if !scope.ints().is_empty() => self.int_cond(scope),
            4 => Cond::And(Box::new(self.less(scope)), Box::new(self.int_cond(scope))),
            5 => Cond::Or(Box::new(self.less(scope)), Box::new(self.less(scope))),
            _ => self.less(scope),
        }
    }

    fn int_cond(&mut self, scope: &Scope) -> Cond {
        let ints = scope.ints();
        match self.rng.pick(&ints) {
            Some(var) => {
                let rest = Int::Mod(Box::new(Int::Var(var.name.clone())), 2);
                Cond::Equal(rest, self.rng.below(2))
            }
            None => Cond::Bool(self.rng.percent(50)),
        }
    }

    fn less(&mut self, scope: &Scope) -> Cond {
        let a = self.scalar(scope, 1);
        // With a sum on the right side the two are hardly ever equal.
        let b = Expr::Bin(
            Op::Add,
            Box::new(self.scalar(scope, 0)),
            Box::new(Expr::Lit(
                f64::from(u8::try_from(self.rng.between(7, 91)).unwrap_or(7)) / 256.0,
            )),
        );
        Cond::Less { a: Box::new(a), b: Box::new(b), greater: self.rng.percent(50) }
    }

    fn if_value(&mut self, scope: &Scope, depth: usize) -> Expr {
        let cond = self.cond(scope);
        Expr::If(cond, self.value_block(scope, depth), Some(self.value_block(scope, depth)))
    }

    /// A block with a scalar value and perhaps a statement or two.
    pub(super) fn value_block(&mut self, scope: &Scope, depth: usize) -> Block {
        let mut scope = scope.clone();
        if !self.has(Construct::ValueAssign) {
            scope.lock_all();
        }
        let mut block = Block::default();
        if self.rng.percent(35) {
            let n = self.rng.between(1, 2);
            block = self.statements(&mut scope, 1, n);
        }
        block.tail = Some(Box::new(self.scalar(&scope, depth)));
        block
    }

    fn mode(&mut self, scope: &Scope, mode: Mode, depth: usize) -> Expr {
        let mut scope = scope.clone();
        scope.in_mode = true;
        let mut block = self.value_block(&scope, depth);
        if !self.has(Construct::NoGradRead)
            && let Some(tail) = block.tail.take()
        {
            // An operation whatever the value is.
            let value = Expr::Bin(Op::Mul, tail, Box::new(Expr::Lit(0.75)));
            block.tail = Some(Box::new(value));
        }
        Expr::Mode(mode, block)
    }

    pub(super) fn run_time_mode(&mut self, scope: &Scope) -> Mode {
        let flags = scope.of(&Ty::Flag);
        let flag = self.rng.pick(&flags).map(|var| var.name.clone());
        Mode::Set(match flag {
            Some(name) if self.rng.percent(60) => Cond::Flag(name),
            _ if self.rng.percent(15) => Cond::Bool(self.rng.percent(50)),
            _ => self.cond(scope),
        })
    }

    /// A value of a type.
    pub(super) fn value(&mut self, scope: &Scope, ty: &Ty, depth: usize) -> Expr {
        if *ty == Ty::Scalar {
            let scalar = self.scalar(scope, depth);
            let free = scope.loops == 0 && self.rng.percent(30);
            return if free { scalar } else { self.tame(scalar) };
        }
        if self.rng.percent(35)
            && let Some(copy) = self.copy(scope, ty)
        {
            return copy;
        }
        if self.chance(Construct::Call, 20)
            && let Some(call) = self.call(scope, ty, depth)
        {
            return call;
        }
        self.literal(scope, ty, depth)
    }

    /// A copy of something in scope.
    fn copy(&mut self, scope: &Scope, ty: &Ty) -> Option<Expr> {
        let mut places = scope.places(&self.program);
        places.retain(|known| !known.opaque && (known.ty == *ty || same_list(&known.ty, ty)));
        let known = self.rng.pick(&places)?.clone();
        let known = self.somewhere(scope, known);
        let plain = match ty {
            Ty::List(_) => return Some(self.list_copy(known)),
            Ty::Many { list: true, .. } if known.reference => {
                return Some(Expr::ToVec(known.place));
            }
            Ty::Array(_) => true,
            Ty::Tuple(items) => items.iter().all(|ty| *ty == Ty::Scalar),
            Ty::Struct(k) => self.program.structs[*k].copy,
            _ => false,
        };
        let read = plain && !known.reference && self.rng.percent(70);
        Some(if read { Expr::Read(known.place) } else { Expr::Clone(known.place) })
    }

    fn list_copy(&mut self, known: Known) -> Expr {
        let owned = matches!(known.ty, Ty::List(_)) && !known.reference;
        if owned && self.rng.percent(50) {
            Expr::Clone(known.place)
        } else {
            Expr::ToVec(known.place)
        }
    }

    fn literal(&mut self, scope: &Scope, ty: &Ty, depth: usize) -> Expr {
        let depth = depth.min(2);
        match ty {
            Ty::Array(n) | Ty::List(n) => {
                let list = matches!(ty, Ty::List(_));
                if self.rng.percent(20) {
                    let item = self.value(scope, &Ty::Scalar, depth);
                    return Expr::Repeat(Box::new(item), *n, list);
                }
                let items: Vec<_> =
                    (0..*n).map(|_| self.value(scope, &Ty::Scalar, depth.min(1))).collect();
                if list { Expr::List(items) } else { Expr::Array(items) }
            }
            Ty::Tuple(items) => {
                Expr::Tuple(items.iter().map(|ty| self.value(scope, ty, depth)).collect())
            }
            Ty::Many { of, n, list } => {
                let items = (0..*n).map(|_| self.value(scope, of, depth.min(1))).collect();
                if *list { Expr::List(items) } else { Expr::Array(items) }
            }
            Ty::Struct(k) => {
                let fields = self.program.structs[*k].fields.clone();
                let fields = fields.iter().map(|field| {
                    let value = if field.active {
                        self.value(scope, &field.ty, depth.min(1))
                    } else {
                        Expr::Lit(self.rng.value())
                    };
                    (field.name.clone(), value)
                });
                Expr::Struct(*k, fields.collect())
            }
            _ => self.scalar(scope, depth),
        }
    }

    /// A call of an earlier function with that result.
    pub(super) fn call(&mut self, scope: &Scope, ty: &Ty, depth: usize) -> Option<Expr> {
        if *ty == Ty::Scalar && self.rng.percent(50) {
            let closures: Vec<&Var> =
                scope.vars.iter().filter(|var| matches!(var.ty, Ty::Closure(_))).collect();
            if let Some(Var { name, ty: Ty::Closure(n), .. }) = self.rng.pick(&closures).copied() {
                let args = (0..*n).map(|_| Arg::Value(self.scalar(scope, depth.min(1)))).collect();
                return Some(Expr::Call(Callee::Closure(name.clone()), args));
            }
        }
        let fits: Vec<Function> = self
            .program
            .functions
            .iter()
            .filter(|function| function.result == *ty && !mutates(function))
            .cloned()
            .collect();
        let function = self.rng.pick(&fits)?.clone();
        self.call_of(scope, &function, depth)
    }

    /// A call of a function, if there is something in scope for each parameter.
    pub(super) fn call_of(
        &mut self,
        scope: &Scope,
        function: &Function,
        depth: usize,
    ) -> Option<Expr> {
        let mut rest = scope.clone();
        let mut args = vec![None; function.params.len()];
        // Mutable borrows first, since nothing else may name what they borrow; then other borrows,
        // since nothing may assign to that.
        for passing in [Passing::Mut, Passing::Ref, Passing::Value] {
            for (k, param) in function.params.iter().enumerate() {
                if param.passing == passing {
                    let arg = self.arg(&rest, param, depth.min(1))?;
                    match &arg {
                        Arg::Mut { place, .. } => rest.hide(&place.root.clone()),
                        Arg::Ref { place, .. } => rest.lock(&place.root.clone()),
                        _ => {}
                    }
                    args[k] = Some(arg);
                }
            }
        }
        let args: Vec<_> = args.into_iter().flatten().collect();
        let name = function.name.clone();
        let callee = match function.method_of {
            // A method may change its receiver as far as can be seen from a call, so that one that
            // is not differentiated is refused; by its path it is seen that it does not.
            Some(k) if may_change(scope, args.first()) => Callee::Path(k, name),
            Some(_) => Callee::Method(name),
            None => Callee::Function(name),
        };
        Some(Expr::Call(callee, args))
    }

    fn arg(&mut self, scope: &Scope, param: &Param, depth: usize) -> Option<Arg> {
        if !param.active && !self.has(Construct::InactiveArg) {
            return Some(Arg::Value(Expr::Lit(self.rng.value())));
        }
        if param.passing == Passing::Value {
            return Some(match param.ty {
                Ty::Int => Arg::Int(self.small_int(scope)),
                Ty::Flag => Arg::Flag(self.cond(scope)),
                Ty::Scalar => Arg::Value(self.scalar(scope, depth)),
                _ => Arg::Value(self.value(scope, &param.ty, depth)),
            });
        }
        let mutable = param.passing == Passing::Mut;
        let mut places = if let Ty::List(n) = param.ty {
            let mut lists = scope.lists(&self.program, Some(n));
            if self.chance(Construct::Slice, 25) {
                lists.extend(self.list(scope, Some(n)));
            }
            lists
        } else {
            let mut places = scope.places(&self.program);
            places.retain(|known| known.ty == param.ty);
            places
        };
        let frozen = self.has(Construct::InactiveRef);
        places.retain(|known| !known.opaque && (!mutable || known.mutable));
        // A mutable reference that is passed on as it is might be changed.
        let unique = |known: &Known| {
            known.unique || matches!(known.place.path.as_slice(), [Step::Deref { .. }])
        };
        let kept = scope.in_mode || scope.twice;
        places.retain(|known| mutable || !(kept && unique(known)));
        places.retain(|known| frozen || !known.frozen);
        let known = self.rng.pick(&places)?.clone();
        let known = self.somewhere(scope, known);
        let (mut place, mut reference) = (known.place, known.reference);
        if matches!(place.path.as_slice(), [Step::Deref { .. }]) {
            // The variable is a reference to a scalar, which is passed on.
            place.path.clear();
            reference = true;
        }
        Some(if mutable { Arg::Mut { place, reference } } else { Arg::Ref { place, reference } })
    }

    /// An integer below four, as all integer parameters are.
    fn small_int(&mut self, scope: &Scope) -> Int {
        let ints: Vec<_> = scope.ints().into_iter().filter(|var| var.bound <= 4).collect();
        match self.rng.pick(&ints) {
            Some(var) if self.rng.percent(60) => Int::Var(var.name.clone()),
            _ => Int::Lit(self.rng.below(4)),
        }
    }
}

/// Whether a function has a `&mut` parameter.
pub(super) fn mutates(function: &Function) -> bool {
    function.params.iter().any(|param| param.passing == Passing::Mut)
}

/// Whether the receiver of a method is declared `mut`, or was.
fn may_change(scope: &Scope, receiver: Option<&Arg>) -> bool {
    let Some(Arg::Ref { place, .. }) = receiver else { return false };
    scope.vars.iter().any(|var| var.name == place.root && var.declared_mut)
}

/// Whether a list can be copied into one of another type.
fn same_list(known: &Ty, wanted: &Ty) -> bool {
    matches!((known, wanted), (Ty::Array(a) | Ty::List(a), Ty::List(b)) if a == b)
}
