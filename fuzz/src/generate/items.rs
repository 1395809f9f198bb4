//! Constants, structs and functions.

use super::scope::{Scope, Var};
use super::{Construct, Generator};
use crate::ast::{Block, Expr, Field, Function, Op, Param, Passing, Place, Step, Struct, Ty};

impl Generator<'_> {
    pub(super) fn items(&mut self) {
        if self.has(Construct::Const) {
            let consts = (0..self.rng.below(3)).map(|_| self.rng.value()).collect();
            self.program.consts = consts;
        }
        if self.has(Construct::Enum) {
            self.program.variants = vec![1, 2, 0];
        }
        if self.has(Construct::Struct) {
            for _ in 0..self.rng.below(3) {
                let item = self.structure();
                self.program.structs.push(item);
            }
        }
        if self.has(Construct::Method) {
            for k in 0..self.program.structs.len() {
                if self.rng.percent(60) {
                    self.function(Some(k), false);
                }
            }
        }
        if self.has(Construct::Call) {
            for _ in 0..self.rng.below(3) {
                self.function(None, false);
            }
        }
        self.function(None, true);
    }

    fn structure(&mut self) -> Struct {
        let number = self.program.structs.len();
        let mut fields = vec![Field { name: "a".into(), ty: Ty::Scalar, active: true }];
        for name in ["b", "w", "p", "k"] {
            if self.rng.percent(40) {
                continue;
            }
            let ty = match self.rng.below(5) {
                0 if self.has(Construct::Array) => Ty::Array(self.length()),
                1 if self.has(Construct::List) => Ty::List(self.length()),
                2 if self.has(Construct::Tuple) => Ty::Tuple(vec![Ty::Scalar, Ty::Scalar]),
                3 if number > 0 => Ty::Struct(number - 1),
                _ => Ty::Scalar,
            };
            let active = ty != Ty::Scalar || !self.chance(Construct::Inactive, 15);
            fields.push(Field { name: name.into(), ty, active });
        }
        let copy = fields.iter().all(|field| self.is_copy(&field.ty)) && self.rng.percent(60);
        Struct { name: format!("S{number}"), fields, copy }
    }

    fn is_copy(&self, ty: &Ty) -> bool {
        match ty {
            Ty::List(_) => false,
            Ty::Struct(k) => self.program.structs[*k].copy,
            Ty::Tuple(items) => items.iter().all(|ty| self.is_copy(ty)),
            _ => true,
        }
    }

    /// Appends a function; the main one returns a scalar and has no `&mut` parameter.
    fn function(&mut self, method_of: Option<usize>, main: bool) {
        let number = self.program.functions.len();
        let name = if main { "f".to_string() } else { format!("g{number}") };
        let params = self.params(method_of, main);
        let result = if main { Ty::Scalar } else { self.result() };
        let mut scope = Scope::new(result.clone());
        let recursive = !main && method_of.is_none() && self.chance(Construct::Recursion, 40);
        for param in &params {
            let mut var = self.parameter_in_scope(param);
            // References are passed on in the recursive call.
            var.fixed |= recursive && var.reference;
            scope.declare(var);
        }
        self.budget = if main { 24 } else { 7 };
        let depth = if main { 3 } else { 2 };
        let n = if main { self.rng.between(3, 9) } else { self.rng.between(1, 4) };
        let mut function = Function { name, method_of, params, result, body: Block::default() };
        if recursive {
            self.recursion(&mut function, &scope);
        } else {
            let mut body = self.statements(&mut scope, depth, n);
            body.tail = Some(Box::new(self.result_value(&scope, &function.result, main)));
            function.body = body;
        }
        self.program.functions.push(function);
    }

    fn result(&mut self) -> Ty {
        if !self.chance(Construct::Aggregate, 35) {
            return Ty::Scalar;
        }
        match self.rng.below(5) {
            4 if self.has(Construct::Nested) => self.nested(),
            0 if self.has(Construct::Array) => Ty::Array(self.length),
            1 if self.has(Construct::List) => Ty::List(self.length),
            2 if self.has(Construct::Tuple) => self.tuple(),
            3 if !self.program.structs.is_empty() => {
                Ty::Struct(self.rng.below(self.program.structs.len()))
            }
            _ => Ty::Scalar,
        }
    }

    fn params(&mut self, method_of: Option<usize>, main: bool) -> Vec<Param> {
        let mut params = Vec::new();
        let param = |name: String, ty, passing| Param { name, ty, passing, active: true };
        if let Some(k) = method_of {
            params.push(param("self".into(), Ty::Struct(k), Passing::Ref));
        }
        params.push(param("x".into(), Ty::Scalar, Passing::Value));
        let most = if main { 4 } else { 2 };
        for k in 0..self.rng.between(1, most) {
            let name = ["y", "z", "w", "u"][k].to_string();
            let (ty, passing) = self.param_type();
            params.push(param(name, ty, passing));
        }
        if self.chance(Construct::Inactive, 12) {
            let name = "q".to_string();
            params.push(Param { name, ty: Ty::Scalar, passing: Passing::Value, active: false });
        }
        if self.rng.percent(50) {
            params.push(param("n".into(), Ty::Int, Passing::Value));
        }
        if self.rng.percent(35) {
            params.push(param("flag".into(), Ty::Flag, Passing::Value));
        }
        if !main && self.chance(Construct::MutParam, 35) {
            let ty = if self.rng.percent(60) { Ty::List(self.length) } else { Ty::Scalar };
            params.push(param("m".into(), ty, Passing::Mut));
        }
        params
    }

    fn param_type(&mut self) -> (Ty, Passing) {
        let structs = self.program.structs.len();
        if self.chance(Construct::Nested, 15) {
            let passing = if self.rng.percent(70) { Passing::Ref } else { Passing::Value };
            return (self.nested(), passing);
        }
        match self.rng.below(8) {
            0 | 1 => (Ty::List(self.length()), Passing::Ref),
            2 if self.has(Construct::Array) => (Ty::Array(self.length()), Passing::Value),
            3 if self.has(Construct::Array) => (Ty::Array(self.length()), Passing::Ref),
            4 | 5 if structs > 0 => {
                let passing = if self.rng.percent(70) { Passing::Ref } else { Passing::Value };
                (Ty::Struct(self.rng.below(structs)), passing)
            }
            6 => (Ty::Scalar, Passing::Ref),
            _ => (Ty::Scalar, Passing::Value),
        }
    }

    fn parameter_in_scope(&mut self, param: &Param) -> Var {
        let mut var = Var::new(param.name.clone(), param.ty.clone());
        var.reference = param.passing != Passing::Value;
        var.mutable = param.passing == Passing::Mut;
        var.declared_mut = var.mutable;
        if param.ty == Ty::Scalar && var.reference {
            var.deref = Some(var.mutable || self.rng.percent(50));
        }
        var.bound = 4;
        // The result is made of it, so that it depends on an active parameter.
        var.fixed = param.name == "x" || param.name == "self";
        var
    }

    /// The result of a function, to which everything in scope contributes.
    pub(super) fn result_value(&mut self, scope: &Scope, ty: &Ty, main: bool) -> Expr {
        match ty {
            Ty::Scalar => self.sum(scope, if main { 10 } else { 4 }),
            Ty::Array(n) | Ty::List(n) => {
                let items = (0..*n).map(|_| self.sum(scope, 2)).collect();
                if matches!(ty, Ty::List(_)) { Expr::List(items) } else { Expr::Array(items) }
            }
            Ty::Tuple(items) => {
                let items = items.iter().map(|ty| self.result_value(scope, ty, main));
                Expr::Tuple(items.collect())
            }
            Ty::Many { of, n, list } => {
                let items = (0..*n).map(|_| self.result_value(scope, of, main)).collect();
                if *list { Expr::List(items) } else { Expr::Array(items) }
            }
            Ty::Struct(k) => {
                let fields = self.program.structs[*k].fields.clone();
                let fields = fields.iter().map(|field| {
                    let value = if field.active {
                        self.result_value(scope, &field.ty, main)
                    } else {
                        Expr::Lit(0.5)
                    };
                    (field.name.clone(), value)
                });
                Expr::Struct(*k, fields.collect())
            }
            _ => self.scalar(scope, 1),
        }
    }

    /// A weighted sum of the first parameter and of others.
    fn sum(&mut self, scope: &Scope, most: usize) -> Expr {
        let mut places: Vec<Place> = Vec::new();
        for known in scope.places(&self.program) {
            match known.ty {
                Ty::Scalar => places.push(known.place),
                Ty::Array(n) | Ty::List(n) => {
                    let k = self.rng.below(n);
                    let mut place = known.place;
                    place.path.push(Step::Index(crate::ast::Int::Lit(k)));
                    places.push(place);
                }
                _ => {}
            }
        }
        while places.len() > most {
            let at = self.rng.below(places.len());
            places.swap_remove(at);
        }
        let x = Place { root: "x".into(), path: Vec::new() };
        places.retain(|place| *place != x);
        let mut sum = self.term(x);
        for place in places {
            let term = self.term(place);
            sum = Expr::Bin(Op::Add, Box::new(sum), Box::new(term));
        }
        sum
    }

    fn term(&mut self, place: Place) -> Expr {
        let weight = Expr::Lit(self.rng.value());
        Expr::Bin(Op::Mul, Box::new(Expr::Read(place)), Box::new(weight))
    }
}
