//! What calls both versions of a program and compares them.

use crate::ast::{Param, Passing, Program, Ty};
use std::fmt::Write as _;

/// The function `check` of a program.
pub(super) fn check(program: &Program) -> String {
    let main = program.main();
    let inputs = program.inputs();
    let mut arguments = Arguments { program, scalars: 0, ints: 0, source: "real" };
    let real = arguments.all(&main.params);
    let ints = arguments.ints;
    let dual = Arguments { program, scalars: 0, ints: 0, source: "dual" }.all(&main.params);
    let points: Vec<_> = program
        .points
        .iter()
        .map(|point| format!("(&{:?}, &{:?})", point.scalars, point.ints))
        .collect();
    let mut text = String::from("pub fn check() -> support::Outcome {\n");
    let _ = writeln!(text, "    // {} scalars, {ints} integers.", inputs.len());
    let _ = writeln!(
        text,
        "    let points: &[(&[f64], &[usize])] = &[{}];\n    let active = &{inputs:?};",
        points.join(", ")
    );
    let _ = writeln!(
        text,
        "    support::compare(points, active, |x, n| {{\n        \
         let plain = real::{name}({real});\n        \
         let (value, g) = real::{name}::value_and_grad({real});\n        \
         let mut out = Vec::new();\n{gradient}        \
         let tangents = (0..out.len())\n            \
         .map(|k| real::{name}::jvp({real}, support::direction(&g, k)))\n            \
         .collect();\n        \
         (plain, value, out, tangents)\n    }}, |x, n| dual::{name}({dual}))\n}}",
        name = main.name,
        gradient = gradient(program),
    );
    text
}

/// Writes the arguments from arrays of scalars and integers.
struct Arguments<'a> {
    program: &'a Program,
    scalars: usize,
    ints: usize,
    source: &'static str,
}

impl Arguments<'_> {
    fn all(&mut self, params: &[Param]) -> String {
        let arguments: Vec<_> = params
            .iter()
            .map(|param| {
                let borrow = if param.passing == Passing::Value { "" } else { "&" };
                format!("{borrow}{}", self.value(&param.ty))
            })
            .collect();
        arguments.join(", ")
    }

    fn value(&mut self, ty: &Ty) -> String {
        match ty {
            Ty::Scalar => {
                self.scalars += 1;
                format!("x[{}]", self.scalars - 1)
            }
            Ty::Array(n) => format!("[{}]", self.scalars(*n)),
            Ty::List(n) => format!("vec![{}]", self.scalars(*n)),
            Ty::Tuple(items) => {
                let items: Vec<_> = items.iter().map(|ty| self.value(ty)).collect();
                format!("({})", items.join(", "))
            }
            Ty::Struct(k) => {
                let item = &self.program.structs[*k];
                let fields: Vec<_> = item
                    .fields
                    .iter()
                    .map(|field| format!("{}: {}", field.name, self.value(&field.ty)))
                    .collect();
                format!("{}::{} {{ {} }}", self.source, item.name, fields.join(", "))
            }
            Ty::Int => {
                self.ints += 1;
                format!("n[{}]", self.ints - 1)
            }
            Ty::Flag => {
                self.ints += 1;
                format!("n[{}] % 2 == 1", self.ints - 1)
            }
            Ty::Many { of, n, list } => {
                let items: Vec<_> = (0..*n).map(|_| self.value(of)).collect();
                format!("{}[{}]", if *list { "vec!" } else { "" }, items.join(", "))
            }
            Ty::Maybe | Ty::Enum | Ty::Closure(_) | Ty::Bag => {
                unreachable!("no parameter has this type")
            }
        }
    }

    fn scalars(&mut self, n: usize) -> String {
        (0..n).map(|_| self.value(&Ty::Scalar)).collect::<Vec<_>>().join(", ")
    }
}

/// Statements that append the gradients of all active scalars to `out`.
fn gradient(program: &Program) -> String {
    let active: Vec<_> = program
        .main()
        .params
        .iter()
        .filter(|param| param.active && !matches!(param.ty, Ty::Int | Ty::Flag))
        .collect();
    let mut text = String::new();
    for (k, param) in active.iter().enumerate() {
        let root = if active.len() == 1 { "g".to_string() } else { format!("g.{k}") };
        append(program, &param.ty, &root, &mut text);
    }
    text
}

fn append(program: &Program, ty: &Ty, at: &str, text: &mut String) {
    match ty {
        Ty::Scalar => {
            let _ = writeln!(text, "        out.push({at});");
        }
        Ty::Array(_) | Ty::List(_) => {
            let _ = writeln!(text, "        out.extend({at}.iter().copied());");
        }
        Ty::Tuple(items) => {
            for (k, ty) in items.iter().enumerate() {
                append(program, ty, &format!("{at}.{k}"), text);
            }
        }
        Ty::Struct(k) => {
            for field in program.structs[*k].fields.iter().filter(|field| field.active) {
                append(program, &field.ty, &format!("{at}.{}", field.name), text);
            }
        }
        Ty::Many { of, n, .. } => {
            (0..*n).for_each(|k| append(program, of, &format!("{at}[{k}]"), text));
        }
        Ty::Int | Ty::Flag | Ty::Maybe | Ty::Enum | Ty::Closure(_) | Ty::Bag => {}
    }
}
