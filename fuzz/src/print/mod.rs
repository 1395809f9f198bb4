//! Writes a program twice, as `#[differentiable]` functions over `f64` and as the same functions over
//! dual numbers, and what compares the two.

#![allow(clippy::format_push_string, reason = "texts are put together from texts")]

mod chain;
mod check;
mod expr;
mod items;
mod stmt;

use crate::ast::{Int, Place, Program, Step, Ty};
use std::ops::Range;

/// The source of a program: a module with both versions and the function `check`.
#[derive(Clone, Debug)]
pub struct Source {
    /// The module.
    pub text: String,
    /// The lines of it, counted from 0, that are the oracle; an error there is not the macro's.
    pub oracle: Range<usize>,
}

/// Which of the two versions is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Over `f64`, with `#[differentiable]`.
    Real,
    /// Over dual numbers. What stops a gradient is written as `k::det`, the real part.
    Dual,
}

/// Prints a program as the module `p` with a number, a part of the generated crate.
pub fn module(program: &Program, number: usize) -> Source {
    let head = format!(
        "pub mod p{number} {{\nmod real {{\nuse autograd_runtime::prelude::*;\n{}}}\n",
        real(program)
    );
    let dual = Printer::new(program, Dialect::Dual).items();
    let head_and_dual = format!("{head}mod dual {{\nuse support::{{self as k, D}};\n{dual}}}\n");
    let oracle = head.lines().count()..head_and_dual.lines().count();
    Source { text: format!("{head_and_dual}{}}}\n", check::check(program)), oracle }
}

/// Prints what is differentiated, alone.
pub fn real(program: &Program) -> String {
    Printer::new(program, Dialect::Real).items()
}

/// A printer of one version.
struct Printer<'a> {
    program: &'a Program,
    dialect: Dialect,
    /// Whether nothing is recorded here; the dual version then drops the tangent of each operation.
    off: bool,
    indent: usize,
}

impl<'a> Printer<'a> {
    fn new(program: &'a Program, dialect: Dialect) -> Self {
        Printer { program, dialect, off: false, indent: 0 }
    }

    fn dual(&self) -> bool {
        self.dialect == Dialect::Dual
    }

    /// The result of an operation, without tangent where nothing is recorded.
    fn cut(&self, text: String) -> String {
        if self.dual() && self.off { format!("k::det({text})") } else { text }
    }

    fn scalar(&self) -> &'static str {
        if self.dual() { "D" } else { "f64" }
    }

    fn ty(&self, ty: &Ty) -> String {
        let scalar = self.scalar();
        match ty {
            Ty::Scalar => scalar.to_string(),
            Ty::Array(n) => format!("[{scalar}; {n}]"),
            Ty::List(_) | Ty::Bag => format!("Vec<{scalar}>"),
            Ty::Many { of, list: true, .. } => format!("Vec<{}>", self.ty(of)),
            Ty::Many { of, n, list: false } => format!("[{}; {n}]", self.ty(of)),
            Ty::Tuple(items) => {
                let items: Vec<_> = items.iter().map(|ty| self.ty(ty)).collect();
                format!("({})", items.join(", "))
            }
            Ty::Struct(k) => self.program.structs[*k].name.clone(),
            Ty::Int => "usize".to_string(),
            Ty::Flag => "bool".to_string(),
            Ty::Maybe => format!("Option<{scalar}>"),
            Ty::Enum => "E".to_string(),
            Ty::Closure(_) => "_".to_string(),
        }
    }

    fn lines(&self, text: &str) -> String {
        format!("{}{text}\n", "    ".repeat(self.indent))
    }
}

/// An integer expression; the same in both versions.
fn int(value: &Int) -> String {
    match value {
        Int::Lit(k) => k.to_string(),
        Int::Var(name) => name.clone(),
        Int::Add(a, k) => format!("({} + {k})", int(a)),
        Int::Sub(a, k) => format!("({} - {k})", int(a)),
        Int::Mod(a, k) => format!("({} % {k})", int(a)),
        Int::Sum(a, b) => format!("({} + {})", int(a), int(b)),
        Int::Times(a, k) => format!("({} * {k})", int(a)),
        Int::From(k, a) => format!("({k} - {})", int(a)),
    }
}

/// An integer expression as an index, which needs no parentheses.
fn index(value: &Int) -> String {
    let text = int(value);
    match text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        Some(inner) => inner.to_string(),
        None => text,
    }
}

/// A place, dereferenced where the path says so; `implicit` leaves out what may be left out.
fn place(place: &Place, implicit: bool) -> String {
    let mut text = place.root.clone();
    for step in &place.path {
        match step {
            Step::Field(name) => text = format!("{text}.{name}"),
            Step::Item(k) => text = format!("{text}.{k}"),
            Step::Index(i) => text = format!("{text}[{}]", index(i)),
            Step::Slice(from, to) => text = format!("{text}[{from}..{to}]"),
            Step::Span(a, n) => text = format!("{text}[{}..{} + {n}]", index(a), index(a)),
            Step::Deref { written: false } if implicit => {}
            Step::Deref { .. } => text = format!("*{text}"),
        }
    }
    text
}
