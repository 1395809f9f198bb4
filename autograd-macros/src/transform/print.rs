//! The reverse pass as text, for tests and for `AUTOGRAD_DUMP`. The cotangent of `x` is `x_bar`.

use super::adjoint::{Argument, Branch, Expr, Part, Reverse, Stmt, Target, Zero};
use super::operations::ARGUMENT_BARS;
use super::reverse::SEED;
use crate::ir::print::{operand_text, path_text};
use crate::ir::{Function, OpKind, Source, Value, VarId};
use quote::quote;

/// Prints a reverse pass, one statement a line.
pub(crate) fn print(function: &Function, reverse: &Reverse<'_>) -> String {
    let mut printer = Printer { function, text: "reverse {\n".to_owned(), depth: 1 };
    printer.stmts(&reverse.body);
    printer.text + "}\n"
}

struct Printer<'a> {
    function: &'a Function,
    text: String,
    depth: usize,
}

impl Printer<'_> {
    fn line(&mut self, line: &str) {
        self.text += &"  ".repeat(self.depth);
        self.text += line;
        self.text.push('\n');
    }

    fn branch(&mut self, head: &str, branch: &Branch<'_>) {
        self.line(&format!("{head} {{"));
        self.depth += 1;
        self.stmts(&branch.body);
        self.depth -= 1;
        self.line("}");
    }

    fn stmts(&mut self, stmts: &[Stmt<'_>]) {
        stmts.iter().for_each(|stmt| self.stmt(stmt));
    }

    fn stmt(&mut self, stmt: &Stmt<'_>) {
        match stmt {
            Stmt::If { cond, then, els } => {
                self.branch(&format!("if {}", operand_text(self.function, cond)), then);
                if !els.body.is_empty() {
                    self.branch("else", els);
                }
            }
            Stmt::Match { arms, .. } => {
                let arms = arms.iter().enumerate().filter(|(_, arm)| !arm.body.is_empty());
                arms.for_each(|(number, arm)| self.branch(&format!("if arm {number}"), arm));
            }
            Stmt::For { source, body, .. } => {
                let (Source::Range { var, .. } | Source::Each { index: var, .. }) = source;
                self.branch(&format!("for {} backwards", self.name(*var)), body);
            }
            Stmt::Loop(body) => self.branch("loop backwards", body),
            Stmt::Block(body) => self.branch(&format!("block r{}", body.region.id.0), body),
            Stmt::Rest(body) => self.branch("if control came here", body),
            Stmt::Checkpoint(body) => {
                self.branch(&format!("run r{} again, then", body.region.id.0), body);
            }
            other => {
                let line = self.statement(other);
                self.line(&line);
            }
        }
    }

    /// A statement without regions.
    fn statement(&self, stmt: &Stmt<'_>) -> String {
        match stmt {
            Stmt::Zero { var, kind } => {
                let kind = match kind {
                    Zero::Scalar(_) => "0",
                    Zero::Inferred | Zero::Symbolic => "symbolic zero",
                    Zero::Shaped => "zero of its shape",
                    Zero::WrittenOut => "zeros",
                    Zero::Before(_) => "zero of the shape before",
                };
                format!("let {} = {kind}", self.bar(*var))
            }
            Stmt::Let { var, value, .. } => {
                format!("let {} = {}", self.bar(*var), self.expr(value))
            }
            Stmt::Add { target, value, negate, first, .. } => {
                let sign = match (first, negate) {
                    (true, false) => "=",
                    (true, true) => "= -",
                    (false, false) => "+=",
                    (false, true) => "-=",
                };
                format!("{} {sign} {}", self.target(target), self.expr(value))
            }
            Stmt::Merge { var, value, .. } => format!("{} += {}", self.bar(*var), self.expr(value)),
            Stmt::Call { function, target, args, .. } => {
                format!("{} += {function}({})", self.target(target), self.list(args))
            }
            Stmt::Fused(fused) => {
                let leaves = fused.leaves.iter().map(|leaf| self.target(&leaf.target));
                let leaves: Vec<String> = leaves.collect();
                format!("{} += group {} backwards", leaves.join(", "), fused.number)
            }
            Stmt::Undo { function, target, args, .. } => {
                format!("{function}({}; {})", self.target(target), self.list(args))
            }
            Stmt::MergeList { target, value, .. } => {
                format!("{}[..] += {}", self.target(target), self.expr(value))
            }
            Stmt::Clear { target, .. } => format!("{} = 0", self.target(target)),
            Stmt::Restore { target, .. } => {
                format!(
                    "restore {}{}",
                    self.name(target.root),
                    path_text(self.function, &target.path)
                )
            }
            Stmt::Exchange { a, b } => format!("exchange {}, {}", self.bar(*a), self.bar(*b)),
            Stmt::Inspect { var, .. } => format!("inspect {}", self.bar(*var)),
            Stmt::Pullback { op, dest, args, .. } => {
                let slots = args.iter().enumerate().filter_map(|(index, arg)| match arg {
                    Argument::Value { receives: true } => {
                        let OpKind::Define { value: Value::Call { args, .. }, .. } = &op.kind
                        else {
                            return None;
                        };
                        Some(self.bar(args[index].var()?))
                    }
                    Argument::Reference { slot, .. } => Some(self.target(slot.as_ref()?)),
                    Argument::Value { .. } => None,
                });
                let slots: Vec<String> = slots.collect();
                format!(
                    "{} += pullback of {}({})",
                    slots.join(", "),
                    self.name(*dest),
                    self.bar(*dest)
                )
            }
            _ => unreachable!("a statement with regions"),
        }
    }

    fn name(&self, var: VarId) -> String {
        self.function.var(var).ident.to_string()
    }

    fn bar(&self, var: VarId) -> String {
        match var {
            SEED => "value_bar".to_owned(),
            VarId(id) if id >= ARGUMENT_BARS => {
                format!("argument{}_bar", (id - ARGUMENT_BARS) % 64)
            }
            var => self.name(var) + "_bar",
        }
    }

    fn target(&self, target: &Target) -> String {
        self.bar(target.root) + &path_text(self.function, &target.path)
    }

    fn list(&self, exprs: &[Expr]) -> String {
        exprs.iter().map(|expr| self.expr(expr)).collect::<Vec<_>>().join(", ")
    }

    fn expr(&self, expr: &Expr) -> String {
        match expr {
            Expr::Primal(var) => self.name(*var),
            Expr::Literal(tokens) => tokens.to_string(),
            Expr::Bar { var, .. } => self.bar(*var),
            Expr::Part(target) => self.target(target),
            Expr::Take { target, .. } => format!("take {}", self.target(target)),
            Expr::Moved { var, part } => format!("{}.{}", self.bar(*var), part_text(part)),
            Expr::Number { value, .. } => value.to_string(),
            Expr::Neg(a) => format!("-{}", self.expr(a)),
            Expr::Binary(op, a, b) => {
                format!("({} {} {})", self.expr(a), op.symbol(), self.expr(b))
            }
            Expr::Method(name, parts) | Expr::Adjoint(name, parts) => {
                format!("{name}({})", self.list(parts))
            }
            Expr::Ref(a) => format!("&{}", self.expr(a)),
            Expr::Saved { value, .. } => format!("saved {}", self.expr(value)),
            Expr::Shape(var) => format!("shape of {}", self.name(*var)),
            Expr::SumTo { operand, value } => {
                format!("sum {} to {}", self.expr(value), self.name(*operand))
            }
            Expr::CastBack { operand, value } => {
                format!("cast {} to {}", self.expr(value), self.name(*operand))
            }
            Expr::Offset { parts, axis } => {
                let parts: Vec<String> = parts.iter().map(|part| self.name(*part)).collect();
                format!("size of {} along {}", parts.join(" + "), self.expr(axis))
            }
            Expr::Undone { function, target, args } => {
                format!("{function}({}; {})", self.target(target), self.list(args))
            }
            Expr::SumElements(a) => format!("sum of {}", self.expr(a)),
            Expr::Selected { dest, value } => {
                format!("{} if {} != 0", self.expr(value), self.bar(*dest))
            }
        }
    }
}

fn part_text(part: &Part) -> String {
    match part {
        Part::Member(member) => quote!(#member).to_string(),
        Part::Variant(variant, member) => format!("{variant}.{}", quote!(#member)),
        Part::Element(index) | Part::ElementOfVec(index) => index.to_string(),
    }
}
