//! Recursion with a depth.

use super::Generator;
use super::scope::Scope;
use crate::ast::{Arg, Block, Callee, Cond, Expr, Function, Int, Op, Passing, Place, Ty};

impl Generator<'_> {
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
        let free =
            |scope: &Scope| scope.vars.iter().filter(|var| var.mutable && var.reference).count();
        if free(&inner) < free(scope) {
            // Something borrows what is to be passed on.
            (inner, other) = (scope.clone(), Block::default());
        }
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
