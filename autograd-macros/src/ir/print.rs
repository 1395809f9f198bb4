//! The IR as text, for tests and for `AUTOGRAD_DUMP`.

use super::{Exit, Function, Op, OpKind, Operand, Place, Proj, Region, Role, Source, Value};
use std::fmt::Write;

/// Prints a function, one operation a line.
pub(crate) fn print(function: &Function) -> String {
    let params = function.params.iter().zip(&function.active).map(|(param, active)| {
        let name = &function.var(*param).ident;
        if *active {
            format!("{name}: active")
        } else {
            name.to_string()
        }
    });
    let mut text = format!("fn({}) {{\n", params.collect::<Vec<_>>().join(", "));
    Printer { function, text: &mut text, depth: 1 }.region(&function.body);
    text.push_str("}\n");
    text
}

struct Printer<'a> {
    function: &'a Function,
    text: &'a mut String,
    depth: usize,
}

impl Printer<'_> {
    fn line(&mut self, line: &str) {
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn region(&mut self, region: &Region) {
        for op in &region.ops {
            self.op(op);
        }
        if let Some(result) = &region.result {
            let line = format!("yield {}", self.operand(result));
            self.line(&line);
        }
    }

    fn nested(&mut self, region: &Region) {
        self.depth += 1;
        self.region(region);
        self.depth -= 1;
    }

    fn op(&mut self, op: &Op) {
        let constant = if op.recording { "" } else { "  // no_grad" };
        let name = |var: &super::VarId| self.function.var(*var).ident.to_string();
        match &op.kind {
            OpKind::Define { dest, value } => {
                let line = format!("{} = {}{constant}", name(dest), self.value(value));
                self.line(&line);
            }
            OpKind::Alias { alias, .. } => {
                if let Role::Alias { target, .. } = &self.function.var(*alias).role {
                    let line = format!("{} = borrow {}", name(alias), self.place(target));
                    self.line(&line);
                }
            }
            OpKind::Split { low, high } => {
                if let Role::Alias { target, .. } = &self.function.var(*low).role {
                    let line =
                        format!("{}, {} = split {}", name(low), name(high), self.place(target));
                    self.line(&line);
                }
            }
            OpKind::Declare { dest } => {
                let line = format!("declare {}", name(dest));
                self.line(&line);
            }
            OpKind::Store { place, value } => {
                let line =
                    format!("store {} <- {}{constant}", self.place(place), self.operand(value));
                self.line(&line);
            }
            OpKind::AddAssign { place, value, negate } => {
                let sign = if *negate { "-=" } else { "+=" };
                let line = format!("store {} {sign} {}", self.place(place), self.operand(value));
                self.line(&line);
            }
            OpKind::Mutate { mutation, place, args } => {
                let args: Vec<String> = args.iter().map(|arg| self.operand(arg)).collect();
                let name = mutation.name();
                self.line(&format!("{name} {}({})", self.place(place), args.join(", ")));
            }
            OpKind::Exchange { a, b } => {
                let line = format!("exchange {}, {}", name(a), name(b));
                self.line(&line);
            }
            OpKind::Effect(opaque) => {
                let line = format!("effect {}", opaque.label);
                self.line(&line);
            }
            OpKind::Exit(Exit::Break(target)) => self.line(&format!("break r{}", target.0)),
            OpKind::Exit(Exit::Continue(target)) => self.line(&format!("continue r{}", target.0)),
            _ => self.control(op),
        }
    }

    /// An operation that has regions.
    fn control(&mut self, op: &Op) {
        let name = |var: &super::VarId| self.function.var(*var).ident.to_string();
        let result = |dest: &Option<super::VarId>| {
            dest.map_or_else(String::new, |dest| format!("{} = ", name(&dest)))
        };
        match &op.kind {
            OpKind::If { cond, then, els, dest } => {
                let dest = result(dest);
                let line = format!("{dest}if {} {{", self.operand(cond));
                self.line(&line);
                self.nested(then);
                self.line("} else {");
                self.nested(els);
                self.line("}");
            }
            OpKind::For { source, body, .. } => {
                let head = match source {
                    Source::Range { var, start, end, inclusive, reversed, snapshots } => format!(
                        "for {} in {}{}{}{}{} {{",
                        name(var),
                        self.operand(start),
                        if *inclusive { "..=" } else { ".." },
                        self.operand(end),
                        if *reversed { " reversed" } else { "" },
                        if snapshots.is_some() { " from snapshots" } else { "" },
                    ),
                    Source::Each { index, place, element, .. } => {
                        format!(
                            "for {}, {} in {} {{",
                            name(index),
                            name(element),
                            self.place(place)
                        )
                    }
                };
                self.line(&head);
                self.nested(body);
                self.line("}");
            }
            OpKind::Match { scrutinee, arms, dest } => {
                let dest = result(dest);
                let parts: Vec<String> =
                    scrutinee.iter().map(|part| self.place(&part.place)).collect();
                self.line(&format!("{dest}match {} {{", parts.join(", ")));
                for arm in arms {
                    let guard = if arm.guard.is_some() { " if …" } else { "" };
                    self.line(&format!("{}{guard} => {{", arm.pat));
                    self.nested(&arm.body);
                    self.line("}");
                }
                self.line("}");
            }
            OpKind::Loop { cond, body } => {
                if let Some(cond) = cond {
                    self.line(&format!("while r{} {{", body.id.0));
                    self.nested(cond);
                    self.line("} {");
                } else {
                    self.line(&format!("loop r{} {{", body.id.0));
                }
                self.nested(body);
                self.line("}");
            }
            OpKind::Block { body } => {
                self.line(&format!("block r{} {{", body.id.0));
                self.nested(body);
                self.line("}");
            }
            OpKind::Rest { body, dest } => {
                let dest = result(dest);
                self.line(&format!("{dest}rest {{"));
                self.nested(body);
                self.line("}");
            }
            OpKind::Checkpoint { body, dest } => {
                let dest = result(dest);
                self.line(&format!("{dest}checkpoint r{} {{", body.id.0));
                self.nested(body);
                self.line("}");
            }
            _ => {}
        }
    }

    fn operand(&self, operand: &Operand) -> String {
        operand_text(self.function, operand)
    }

    fn place(&self, place: &Place) -> String {
        self.function.var(place.root).ident.to_string() + &path_text(self.function, &place.path)
    }

    fn value(&self, value: &Value) -> String {
        let list = |operands: &[Operand]| {
            operands.iter().map(|operand| self.operand(operand)).collect::<Vec<_>>().join(", ")
        };
        match value {
            Value::Use(operand) => self.operand(operand),
            Value::Load(place) => format!("load {}", self.place(place)),
            Value::Ref { place, .. } => format!("ref {}", self.place(place)),
            Value::Unary(op, operand) => format!("{op:?} {}", self.operand(operand)).to_lowercase(),
            Value::Binary(op, lhs, rhs) => {
                format!("{} {} {}", self.operand(lhs), op.symbol(), self.operand(rhs))
            }
            Value::Cast(operand, ty) => {
                format!("{} as {}", self.operand(operand), quote::quote!(#ty))
            }
            Value::Method { name, args, .. } => {
                format!("{name}({})", list(args))
            }
            Value::Join { join, parts, axis, .. } => {
                format!("{join:?}({}; {})", list(parts), self.operand(axis)).to_lowercase()
            }
            Value::Call { callee, args } => {
                let name = match callee {
                    super::Callee::Method(name, _) => name.to_string(),
                    super::Callee::Function(path)
                    | super::Callee::Tangent(path)
                    | super::Callee::Associated(path)
                    | super::Callee::Constant(path, _) => {
                        quote::quote!(#path).to_string().replace(' ', "")
                    }
                };
                format!("call {name}({})", list(args))
            }
            Value::Aggregate(_, operands) => format!("aggregate({})", list(operands)),
            Value::Detach(operand) => format!("detach {}", self.operand(operand)),
            Value::Inspect { operand, hook } => {
                format!("inspect {} {{ {} }}", self.operand(operand), hook.tokens)
            }
            Value::Opaque(opaque) => format!("opaque {{ {} }}", opaque.tokens),
        }
    }
}

/// An operand as text.
pub(crate) fn operand_text(function: &Function, operand: &Operand) -> String {
    match operand {
        Operand::Var(var) => function.var(*var).ident.to_string(),
        Operand::Literal(literal) => literal.tokens.to_string(),
    }
}

/// What stands behind a variable in the text of a place.
pub(crate) fn path_text(function: &Function, path: &[Proj]) -> String {
    let operand = |operand: &Operand| operand_text(function, operand);
    let bound = |bound: &Option<Operand>| bound.as_ref().map_or_else(String::new, operand);
    let mut text = String::new();
    for proj in path {
        let _ = match proj {
            Proj::Field(syn::Member::Named(name)) => write!(text, ".{name}"),
            Proj::Field(syn::Member::Unnamed(index)) => write!(text, ".{}", index.index),
            Proj::Variant(name, member) => write!(text, ".{name}.{}", quote::quote!(#member)),
            Proj::Deref => write!(text, ".*"),
            Proj::Index(index) => write!(text, "[{}]", operand(index)),
            Proj::Coordinates(indices) => {
                let indices: Vec<String> = indices.iter().map(operand).collect();
                write!(text, "[[{}]]", indices.join(", "))
            }
            Proj::Slice { start, end, inclusive } => {
                let dots = if *inclusive { "..=" } else { ".." };
                write!(text, "[{}{dots}{}]", bound(start), bound(end))
            }
        };
    }
    text
}
