//! Scalar methods, each applied to an argument where it is defined and tame.

use super::{Generator, scope::Scope};
use crate::ast::{Expr, Op};
use crate::construct::Construct;

/// Where the first argument of a method lies.
#[derive(Clone, Copy, PartialEq)]
enum Domain {
    /// Anywhere.
    All,
    /// Within (-1, 1), through `sin`.
    Unit,
    /// Within (0.5, 2.5).
    Positive,
}

const UNARY: &[(&str, Domain)] = &[
    ("sin", Domain::All),
    ("cos", Domain::All),
    ("tanh", Domain::All),
    ("atan", Domain::All),
    ("asinh", Domain::All),
    ("to_radians", Domain::All),
    ("exp", Domain::Unit),
    ("exp2", Domain::Unit),
    ("exp_m1", Domain::Unit),
    ("sinh", Domain::Unit),
    ("cosh", Domain::Unit),
    ("tan", Domain::Unit),
    ("ln", Domain::Positive),
    ("ln_1p", Domain::Positive),
    ("log2", Domain::Positive),
    ("log10", Domain::Positive),
    ("sqrt", Domain::Positive),
    ("cbrt", Domain::Positive),
    ("recip", Domain::Positive),
];

fn call(name: &'static str, args: Vec<Expr>) -> Expr {
    Expr::Method(name, args)
}

fn unit(a: Expr) -> Expr {
    call("sin", vec![a])
}

/// A number between 0.5 and 2.5.
pub(super) fn positive(a: Expr) -> Expr {
    Expr::Bin(Op::Add, Box::new(Expr::Lit(1.5)), Box::new(unit(a)))
}

impl Generator<'_> {
    pub(super) fn smooth(&mut self, scope: &Scope, depth: usize) -> Expr {
        let a = self.scalar(scope, depth);
        if self.rng.percent(65) {
            let (name, domain) = UNARY[self.rng.below(UNARY.len())];
            let a = match domain {
                Domain::All => a,
                Domain::Unit => unit(a),
                Domain::Positive => positive(a),
            };
            return call(name, vec![a]);
        }
        let b = self.scalar(scope, depth);
        match self.rng.below(6) {
            0 => call("hypot", vec![positive(a), b]),
            1 => call("atan2", vec![a, positive(b)]),
            2 => call("mul_add", vec![a, b, self.scalar(scope, depth)]),
            3 => call("powf", vec![positive(a), unit(b)]),
            4 => call("log", vec![positive(a), Expr::Lit(2.5)]),
            _ => {
                let n = [-2, -1, 0, 1, 2, 3][self.rng.below(6)];
                Expr::Powi(Box::new(if n < 0 { positive(a) } else { unit(a) }), n)
            }
        }
    }

    pub(super) fn kink(&mut self, scope: &Scope, depth: usize) -> Expr {
        let a = self.scalar(scope, depth);
        let b = self.scalar(scope, depth);
        // Of two equal operands every point is a tie.
        let b = if a == b { Expr::Lit(self.rng.value()) } else { b };
        match self.rng.below(6) {
            0 => call("abs", vec![a]),
            1 => call("max", vec![a, b]),
            2 => call("min", vec![a, b]),
            3 => call("clamp", vec![a, Expr::Lit(-0.75), Expr::Lit(0.875)]),
            4 => call("copysign", vec![a, b]),
            _ => Expr::Rem(Box::new(a), 1.25),
        }
    }

    /// An expression whose value is small whatever that of `a` is.
    pub(super) fn tame(&mut self, a: Expr) -> Expr {
        match self.rng.below(6) {
            0 | 1 => unit(a),
            2 => call("tanh", vec![a]),
            3 if self.has(Construct::Scalar) => call("exp", vec![unit(a)]),
            4 => {
                let cos = Box::new(call("cos", vec![a]));
                Expr::Bin(Op::Div, cos, Box::new(Expr::Lit(1.75)))
            }
            _ => {
                let scaled = Expr::Bin(
                    Op::Mul,
                    Box::new(call("cos", vec![a])),
                    Box::new(Expr::Lit(self.rng.value())),
                );
                Expr::Bin(Op::Add, Box::new(scaled), Box::new(Expr::Lit(0.1)))
            }
        }
    }
}
