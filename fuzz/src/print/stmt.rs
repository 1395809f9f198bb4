//! Statements and blocks.

use super::{Printer, index, int, place};
use crate::ast::{Block, Expr, Op, Over, Place, Stmt};

impl Printer<'_> {
    /// A block in braces, over several lines.
    pub(super) fn block(&mut self, block: &Block) -> String {
        self.indent += 1;
        let mut text = String::from("{\n");
        for stmt in &block.stmts {
            let stmt = self.stmt(stmt);
            text += &self.lines(&stmt);
        }
        if let Some(tail) = &block.tail {
            let tail = self.expr(tail);
            text += &self.lines(&tail);
        }
        self.indent -= 1;
        text + &"    ".repeat(self.indent) + "}"
    }

    fn stmt(&mut self, stmt: &Stmt) -> String {
        match stmt {
            Stmt::Let { name, mutable, ty, value } => {
                let ty = ty.as_ref().map(|ty| format!(": {}", self.ty(ty))).unwrap_or_default();
                let mutable = if *mutable { "mut " } else { "" };
                format!("let {mutable}{name}{ty} = {};", self.expr(value))
            }
            Stmt::LetTuple(names, value) => {
                format!("let ({}) = {};", names.join(", "), self.expr(value))
            }
            Stmt::LetArray(names, value) => {
                format!("let [{}] = {};", names.join(", "), self.expr(value))
            }
            Stmt::LetStruct(k, fields, value) => {
                let fields: Vec<_> =
                    fields.iter().map(|(field, name)| format!("{field}: {name}, ")).collect();
                let item = &self.program.structs[*k].name;
                format!("let {item} {{ {}.. }} = {};", fields.concat(), self.expr(value))
            }
            Stmt::Alias(name, at) => format!("let {name} = &{};", place(at, false)),
            Stmt::LetElse(name, at, other) => {
                let other = self.expr(other);
                format!("let Some({name}) = {} else {{ return {other}; }};", place(at, false))
            }
            Stmt::Closure(name, mutable, params, body) => {
                let mutable = if *mutable { "mut " } else { "" };
                let head = self.closure(params);
                format!("let {mutable}{name} = {head} {};", self.block(body))
            }
            Stmt::Assign(at, op, value) => self.assign(at, *op, value),
            Stmt::Expr(expr) => {
                let text = self.expr(expr);
                if Self::is_open(expr) { text + ";" } else { text }
            }
            Stmt::Return(value) => format!("return {};", self.expr(value)),
            Stmt::Break(label, value) => {
                let value = value.as_ref().map(|value| self.expr(value));
                let words = ["break".to_string()].into_iter().chain(label.clone()).chain(value);
                words.collect::<Vec<_>>().join(" ") + ";"
            }
            Stmt::Continue(None) => "continue;".to_string(),
            Stmt::Continue(Some(label)) => format!("continue {label};"),
            Stmt::Count(name) => format!("{name} += 1;"),
            Stmt::For { label, name, over, body } => {
                let label = label.as_ref().map(|label| format!("{label}: ")).unwrap_or_default();
                let head = for_head(name, over);
                format!("{label}for {head} {}", self.block(body))
            }
            Stmt::Scheduled(name, number, steps) => {
                let steps = self.stmt(steps);
                if self.dual() {
                    steps
                } else {
                    format!("checkpoint!({name} = {number}, {steps});")
                }
            }
            Stmt::While { label, cond, body } => {
                let label = label.as_ref().map(|label| format!("{label}: ")).unwrap_or_default();
                let cond = self.cond(cond);
                format!("{label}while {cond} {}", self.block(body))
            }
            _ => self.list_operation(stmt),
        }
    }

    fn list_operation(&mut self, stmt: &Stmt) -> String {
        match stmt {
            Stmt::Swap(at, i, j) => {
                format!("{}.swap({}, {});", place(at, false), int(i), int(j))
            }
            Stmt::Fill(at, value) => format!("{}.fill({});", place(at, false), self.expr(value)),
            Stmt::CopyFrom(at, from, reference) => {
                let borrow = if *reference { "" } else { "&" };
                format!("{}.copy_from_slice({borrow}{});", place(at, false), place(from, false))
            }
            Stmt::Extend(at, from, reference) => {
                let borrow = if *reference { "" } else { "&" };
                format!("{}.extend_from_slice({borrow}{});", place(at, false), place(from, false))
            }
            Stmt::Truncate(at, n) => format!("{}.truncate({n});", place(at, false)),
            Stmt::SplitAt(at, k, a, b, body) => {
                let list = place(at, false);
                let body = self.block(body);
                let rest = body.trim_start_matches("{\n");
                format!("{{\nlet ({a}, {b}) = {list}.split_at_mut({k});\n{rest}")
            }
            Stmt::Plain(at, name) => format!("{}.{name}();", place(at, false)),
            Stmt::Insert(at, i, value) => {
                format!("{}.insert({}, {});", place(at, false), index(i), self.expr(value))
            }
            Stmt::Assert(name, cond) => format!("{name}!(({}) || true);", self.cond(cond)),
            Stmt::Push(at, value) => format!("{}.push({});", place(at, false), self.expr(value)),
            _ => unreachable!("the other statements are written above"),
        }
    }

    /// An assignment. Of primitive numbers the right side comes first; operators of dual numbers
    /// are functions that borrow the left side before, so there it is written apart.
    fn assign(&mut self, at: &Place, op: Option<Op>, value: &Expr) -> String {
        let value = self.expr(value);
        let to = place(at, false);
        match op {
            None if self.dual() => {
                // Where nothing is recorded an assignment cuts, whatever is assigned.
                let result = self.cut("t_".to_string());
                format!("{{ let t_ = {value}; {to} = {result}; }}")
            }
            None => format!("{to} = {value};"),
            Some(op) if self.dual() => {
                let result = self.cut(format!("({to}) {} t_", op.symbol()));
                format!("{{ let t_ = {value}; {to} = {result}; }}")
            }
            Some(op) => format!("{to} {}= {value};", op.symbol()),
        }
    }
}

fn for_head(name: &str, over: &Over) -> String {
    match over {
        Over::Range { from, to, inclusive, rev } => {
            let dots = if *inclusive { "..=" } else { ".." };
            let range = format!("{}{dots}{}", int(from), int(to));
            match rev {
                true => format!("{name} in ({range}).rev()"),
                false if matches!(to, crate::ast::Int::Lit(_)) => format!("{name} in {range}"),
                false => format!("{name} in {}{dots}{}", int(from), index(to)),
            }
        }
        Over::Iterator { pattern, place: at, suffix, other } => {
            let list = place(at, false);
            let zip = other.as_ref().map(|(at, suffix)| {
                format!(
                    ".zip({}{}{suffix})",
                    if suffix.is_empty() { "&" } else { "" },
                    place(at, false)
                )
            });
            format!("{pattern} in {list}{suffix}{}", zip.unwrap_or_default())
        }
        Over::Elements { place: at, prefix, suffix, pattern } => {
            format!("{pattern}{name} in {prefix}{}{suffix}", place(at, false))
        }
    }
}
