//! Patterns, parts of lists, lists of lists, and `for` over iterator chains.

use super::scope::{Scope, Var};
use super::{Construct, Generator};
use crate::ast::{Cond, Expr, Op, Over, Place, Step, Stmt, Ty};

impl Generator<'_> {
    /// An array or a struct taken apart by a pattern.
    pub(super) fn pattern(&mut self, scope: &mut Scope) -> Option<Stmt> {
        let structs = self.program.structs.len();
        if structs > 0 && self.has(Construct::Struct) && self.rng.percent(50) {
            let k = self.rng.below(structs);
            let value = self.value(scope, &Ty::Struct(k), 1);
            let mut names = Vec::new();
            for field in self.program.structs[k].fields.clone() {
                if field.active && self.rng.percent(70) {
                    let name = self.fresh("fld");
                    names.push((field.name, name, field.ty));
                }
            }
            for (_, name, ty) in &names {
                scope.declare(Var::new(name.clone(), ty.clone()));
            }
            let names = names.into_iter().map(|(field, name, _)| (field, name)).collect();
            return Some(Stmt::LetStruct(k, names, value));
        }
        if !self.has(Construct::Array) {
            return None;
        }
        let n = self.length();
        let value = self.value(scope, &Ty::Array(n), 2);
        let names: Vec<_> = (0..n).map(|_| self.fresh("el")).collect();
        names.iter().for_each(|name| scope.declare(Var::new(name.clone(), Ty::Scalar)));
        Some(Stmt::LetArray(names, value))
    }

    /// `let part = &list[from..to];`
    pub(super) fn alias(&mut self, scope: &mut Scope) -> Option<Stmt> {
        let mut outer = scope.clone();
        outer.vars.retain(|var| !var.opaque);
        let mut known = self.list(&outer, None)?;
        if !known.part {
            let (Ty::Array(n) | Ty::List(n)) = known.ty else { return None };
            let length = self.rng.between(1, n);
            known = self.part(known, n, length);
        }
        scope.lock(&known.place.root);
        let name = self.fresh("part");
        scope.declare(Var { reference: true, ..Var::new(name.clone(), known.ty) });
        Some(Stmt::Alias(name, known.place))
    }

    /// A list of lists, structs or tuples.
    pub(super) fn let_nested(&mut self, scope: &mut Scope) -> Stmt {
        let ty = self.nested();
        let value = self.value(scope, &ty, 1);
        self.declare(scope, ty, value)
    }

    /// The type of a list of lists, structs or tuples.
    pub(super) fn nested(&mut self) -> Ty {
        let structs = self.program.structs.len();
        let list = self.chance(Construct::List, 50);
        let of = match self.rng.below(5) {
            0 | 1 if self.has(Construct::Array) => Ty::Array(self.length()),
            2 if structs > 0 => Ty::Struct(self.rng.below(structs)),
            3 if self.has(Construct::Tuple) => Ty::Tuple(vec![Ty::Scalar, Ty::Scalar]),
            _ => Ty::List(self.length()),
        };
        Ty::Many { of: Box::new(of), n: self.rng.between(1, 3), list }
    }

    pub(super) fn assert(&mut self, scope: &Scope) -> Stmt {
        let name = ["assert", "debug_assert"][self.rng.below(2)];
        let cond = self.cond(scope);
        // Whether it holds is not known here.
        let cond = Cond::Or(Box::new(cond), Box::new(Cond::Bool(true)));
        Stmt::Assert(name, cond)
    }

    /// `for` over an iterator chain.
    pub(super) fn for_chain(&mut self, scope: &Scope, depth: usize) -> Option<Stmt> {
        let known = self.list(scope, None)?;
        if known.mutable && self.rng.percent(40) {
            return self.for_chain_mut(scope, depth, &known);
        }
        let (Ty::Array(n) | Ty::List(n)) = known.ty else { return None };
        let mut inner = scope.clone();
        inner.lock(&known.place.root);
        let (v, u, i) = (self.fresh("v"), self.fresh("u"), self.fresh("i"));
        let scalar =
            |name: &String| Var { deref: Some(true), ..Var::new(name.clone(), Ty::Scalar) };
        let mut other = None;
        let (pattern, suffix) = match self.rng.below(9) {
            0 => {
                inner.declare(scalar(&v));
                inner.declare(Var { bound: n, ..Var::new(i.clone(), Ty::Int) });
                (format!("({i}, {v})"), ".iter().enumerate()")
            }
            1 | 2 => {
                let second = self.list(scope, None)?;
                inner.lock(&second.place.root);
                inner.declare(scalar(&v));
                inner.declare(scalar(&u));
                let direct = !second.reference && self.rng.percent(50);
                other = Some((second.place, if direct { "" } else { ".iter()" }));
                (format!("({v}, {u})"), ".iter()")
            }
            3 if n > 1 => {
                inner.declare(Var { reference: true, ..Var::new(v.clone(), Ty::List(2)) });
                (v, ".windows(2)")
            }
            4 => {
                // The last chunk may be of one element.
                inner.declare(Var { reference: true, ..Var::new(v.clone(), Ty::List(1)) });
                (v, ".chunks(2)")
            }
            5 => {
                inner.declare(scalar(&v));
                (v, ".iter().rev()")
            }
            6 => {
                inner.declare(Var::new(v.clone(), Ty::Scalar));
                (v, ".iter().copied().skip(1)")
            }
            7 => {
                inner.declare(Var::new(v.clone(), Ty::Scalar));
                (v, ".iter().map(|t| t * t)")
            }
            _ => {
                inner.declare(scalar(&v));
                (v, ".iter().step_by(2).take(2)")
            }
        };
        let label = self.label();
        let body = self.body(inner, label.clone(), depth);
        let over = Over::Iterator { pattern, place: known.place, suffix, other };
        Some(Stmt::For { label, name: String::new(), over, body })
    }

    fn for_chain_mut(
        &mut self,
        scope: &Scope,
        depth: usize,
        known: &super::scope::Known,
    ) -> Option<Stmt> {
        let (Ty::Array(n) | Ty::List(n)) = known.ty else { return None };
        let mut inner = scope.clone();
        inner.hide(&known.place.root);
        let (m, u, i) = (self.fresh("m"), self.fresh("u"), self.fresh("i"));
        let element = Var { mutable: true, fixed: true, ..Var::new(m.clone(), Ty::Scalar) };
        let element = Var { deref: Some(true), ..element };
        let mut at = Place { root: m.clone(), path: vec![Step::Deref { written: true }] };
        let mut other = None;
        let (pattern, suffix) = match self.rng.below(4) {
            0 => {
                inner.declare(element);
                inner.declare(Var { bound: n, ..Var::new(i.clone(), Ty::Int) });
                (format!("({i}, {m})"), ".iter_mut().enumerate()")
            }
            1 => {
                let second = self.list(&inner, None)?;
                inner.lock(&second.place.root);
                inner.declare(element);
                inner.declare(Var { deref: Some(true), ..Var::new(u.clone(), Ty::Scalar) });
                other = Some((second.place, ".iter()"));
                (format!("({m}, {u})"), ".iter_mut()")
            }
            2 => {
                let chunk = Var { ty: Ty::List(1), deref: None, ..element };
                inner.declare(Var { reference: true, declared_mut: true, ..chunk });
                at.path = vec![Step::Index(crate::ast::Int::Lit(0))];
                (m, ".chunks_mut(2)")
            }
            _ => {
                inner.declare(element);
                (m, ".iter_mut().rev()")
            }
        };
        let label = self.label();
        let value = self.scalar(&inner.of_loop(), 2);
        let change = Stmt::Assign(at, Some(Op::Mul), Expr::Method("cos", vec![value]));
        let mut body = self.body(inner, label.clone(), depth);
        body.stmts.insert(0, change);
        let over = Over::Iterator { pattern, place: known.place.clone(), suffix, other };
        Some(Stmt::For { label, name: String::new(), over, body })
    }
}
