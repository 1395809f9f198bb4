//! The static graph as data.

use super::Emitter;
use crate::ir::{Callee, IdMap, IdSet, Op, OpKind, Operand, Region, Role, Source, Value, VarId};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use std::fmt::Write;
use syn::ExprPath;

/// What a graph says of one value beside where it comes from.
#[derive(Default)]
struct Facts {
    requires_grad: bool,
    stop: bool,
    keeps: bool,
    residual: String,
    pass: Option<usize>,
    shape: String,
}

/// The nodes in order, and the node that each variable is.
#[derive(Default)]
struct Nodes {
    /// A line each, as `Graph::from_text` of the runtime reads them.
    text: String,
    /// How many there are.
    len: usize,
    of: IdMap<VarId, usize>,
    /// The operation whose adjoint reads a value: the first that has it as an operand.
    readers: IdMap<VarId, String>,
    /// What is computed again once in its region.
    rebound: IdSet<VarId>,
}

impl Nodes {
    fn push(&mut self, name: &str, operation: &str, operands: &[usize], span: Span, facts: &Facts) {
        let operands: Vec<String> = operands.iter().map(ToString::to_string).collect();
        let operands = operands.join(" ");
        let Facts { requires_grad, stop, keeps, residual, pass, shape } = facts;
        let holds: String = [('g', requires_grad), ('s', stop), ('k', keeps)]
            .iter()
            .filter_map(|(letter, holds)| holds.then_some(*letter))
            .collect();
        let pass = pass.map(|pass| pass.to_string()).unwrap_or_default();
        let line = line_of(span);
        writeln!(
            self.text,
            "{name}\t{operation}\t{operands}\t{line}\t{holds}\t{residual}\t{pass}\t{shape}"
        )
        .expect("a String takes all that is written");
        self.len += 1;
    }
}

/// The source line, 0 where no compiler says it.
fn line_of(span: Span) -> usize {
    if proc_macro::is_available() {
        span.unwrap().line()
    } else {
        0
    }
}

impl Emitter<'_> {
    /// `&Graph`, read from a text the first time.
    pub(super) fn graph(&self) -> TokenStream {
        let rebound = self.residuals.rebound.values().flatten().copied().collect();
        let mut nodes = Nodes { readers: self.readers(), rebound, ..Nodes::default() };
        for var in &self.function.params {
            self.node(&mut nodes, *var, "parameter", &[], false);
        }
        self.graph_region(&self.function.body, &mut nodes);
        self.graph_of(&nodes)
    }

    /// The graph of a function with a rule of the user's: the parameters go into the rule.
    pub(super) fn graph_of_rule(&self, rule: &ExprPath) -> TokenStream {
        let mut nodes = Nodes::default();
        for var in &self.function.params {
            self.node(&mut nodes, *var, "parameter", &[], false);
        }
        let operands: Vec<usize> = (0..nodes.len).collect();
        let last = rule.path.segments.last().map(|segment| &segment.ident);
        let name = last.map(ToString::to_string).unwrap_or_default();
        let span = last.map_or_else(Span::call_site, proc_macro2::Ident::span);
        let facts = Facts { requires_grad: true, keeps: true, ..Facts::default() };
        nodes.push("", &name, &operands, span, &facts);
        self.graph_of(&nodes)
    }

    fn graph_of(&self, nodes: &Nodes) -> TokenStream {
        let krate = &self.krate;
        let name = self.target.name().to_string();
        let text = &nodes.text;
        quote! {
            static GRAPH: ::std::sync::LazyLock<#krate::Graph> =
                ::std::sync::LazyLock::new(|| #krate::Graph::from_text(#name, #text));
            &GRAPH
        }
    }

    fn node(&self, nodes: &mut Nodes, var: VarId, operation: &str, operands: &[VarId], stop: bool) {
        let info = self.function.var(var);
        let operands: Vec<usize> =
            operands.iter().filter_map(|var| nodes.of.get(var).copied()).collect();
        let facts = Facts {
            requires_grad: self.activity.is_varied(var),
            stop,
            keeps: self.residuals.is_held(self.function, var),
            residual: self.residual_of(var, nodes),
            pass: self.fusion.number_of(var),
            shape: self.shapes.and_then(|shapes| shapes.of(var)).unwrap_or_default(),
        };
        nodes.of.insert(var, nodes.len);
        let name = info.source.as_deref().unwrap_or_default();
        nodes.push(name, operation, &operands, info.span, &facts);
    }

    /// How the reverse pass gets hold of a value, and what for.
    fn residual_of(&self, var: VarId, nodes: &Nodes) -> String {
        let residuals = self.residuals;
        if residuals.values.contains(&var) && !residuals.is_held(self.function, var) {
            return "computed again".to_owned();
        }
        if residuals.values.contains(&var) {
            let own = match self.index.definition(var) {
                Some(Value::Method { name, .. }) => Some(name.to_string()),
                _ => None,
            };
            let reader = own.or_else(|| nodes.readers.get(&var).cloned());
            return reader.map_or("kept".to_owned(), |reader| format!("kept for {reader}"));
        }
        let text = if residuals.counters.used.contains(&var) {
            "counted back"
        } else if residuals.roots.contains(&var) || residuals.read_again.contains(&var) {
            "read from memory"
        } else if residuals.recomputed.contains(&var) || nodes.rebound.contains(&var) {
            "computed again"
        } else {
            ""
        };
        text.to_owned()
    }

    /// The first operation that has each value as an operand and an adjoint.
    fn readers(&self) -> IdMap<VarId, String> {
        let mut readers = IdMap::new();
        self.function.body.walk(&mut |op| {
            let OpKind::Define { dest, value } = &op.kind else { return };
            if self.activity.is_varied(*dest) {
                value.mentions(&mut |var| {
                    readers.or_insert_with(var, || self.describe(value).0);
                });
            }
        });
        readers
    }

    fn graph_region(&self, region: &Region, nodes: &mut Nodes) {
        for op in &region.ops {
            self.graph_op(op, nodes);
        }
    }

    fn graph_op(&self, op: &Op, nodes: &mut Nodes) {
        match &op.kind {
            OpKind::Define { dest, value } => {
                let (operation, operands) = self.describe(value);
                // A read that is written where it is used is an edge, not a node.
                let is_read = matches!(value, Value::Load(_) | Value::Ref { .. });
                if is_read && matches!(self.function.var(*dest).role, Role::Temp { .. }) {
                    if let Some(node) = operands.first().and_then(|var| nodes.of.get(var).copied())
                    {
                        nodes.of.insert(*dest, node);
                    }
                    return;
                }
                let stop = matches!(value, Value::Detach(_)) || !op.recording;
                self.node(nodes, *dest, &operation, &operands, stop);
            }
            OpKind::Alias { alias, .. } => {
                if let Role::Alias { target, .. } = &self.function.var(*alias).role {
                    self.node(nodes, *alias, "borrow", &[target.root], false);
                }
            }
            OpKind::Declare { dest } => self.node(nodes, *dest, "declare", &[], false),
            OpKind::Store { place, value } | OpKind::AddAssign { place, value, .. } => {
                // A new version of the variable.
                let root = self.function.resolve(place).root;
                let operands: Vec<VarId> = std::iter::once(root).chain(value.var()).collect();
                self.node(nodes, root, "store", &operands, !op.recording);
            }
            OpKind::Effect(_) => {}
            OpKind::For { source, body } => {
                if let Source::Each { element, place, .. } = source {
                    let root = self.function.resolve(place).root;
                    self.node(nodes, *element, "element", &[root], false);
                }
                self.graph_region(body, nodes);
            }
            OpKind::Split { low, high } => {
                for alias in [low, high] {
                    if let Role::Alias { target, .. } = &self.function.var(*alias).role {
                        self.node(nodes, *alias, "split", &[target.root], false);
                    }
                }
            }
            OpKind::Mutate { mutation, place, args } => {
                let root = self.function.resolve(place).root;
                let stored = mutation.stores().and_then(|index| args[index].var());
                let operands: Vec<VarId> = std::iter::once(root).chain(stored).collect();
                self.node(nodes, root, mutation.name(), &operands, !op.recording);
            }
            OpKind::Exchange { a, b } => {
                for var in [a, b] {
                    self.node(nodes, *var, "swap", &[*a, *b], false);
                }
            }
            OpKind::Exit(_) => {}
            OpKind::If { dest, .. }
            | OpKind::Match { dest, .. }
            | OpKind::Rest { dest, .. }
            | OpKind::Checkpoint { dest, .. } => {
                self.graph_bindings(&op.kind, nodes);
                let regions = op.kind.regions();
                regions.iter().for_each(|region| self.graph_region(region, nodes));
                if let Some(dest) = dest {
                    let results = regions.iter().filter_map(|region| region.result.as_ref()?.var());
                    let operands: Vec<VarId> = results.collect();
                    let operation = match op.kind {
                        OpKind::If { .. } => "if",
                        OpKind::Match { .. } => "match",
                        OpKind::Checkpoint { .. } => "checkpoint",
                        _ => "rest",
                    };
                    self.node(nodes, *dest, operation, &operands, false);
                }
            }
            OpKind::Loop { .. } | OpKind::Block { .. } => {
                op.kind.regions().iter().for_each(|region| self.graph_region(region, nodes));
            }
        }
    }

    /// The references that the patterns of a match bind.
    fn graph_bindings(&self, kind: &OpKind, nodes: &mut Nodes) {
        let OpKind::Match { arms, .. } = kind else { return };
        for var in arms.iter().flat_map(|arm| &arm.bound) {
            if let Role::Alias { target, .. } = &self.function.var(*var).role {
                let root = self.function.resolve(target).root;
                self.node(nodes, *var, "pattern", &[root], false);
            }
        }
    }

    fn describe(&self, value: &Value) -> (String, Vec<VarId>) {
        let vars = |operands: &[Operand]| operands.iter().filter_map(Operand::var).collect();
        let one = |operand: &Operand| operand.var().into_iter().collect();
        match value {
            Value::Use(operand) => ("let".to_owned(), one(operand)),
            Value::Load(place) | Value::Ref { place, .. } => {
                ("load".to_owned(), vec![self.function.resolve(place).root])
            }
            Value::Unary(op, operand) => (format!("{op:?}").to_lowercase(), one(operand)),
            Value::Binary(op, lhs, rhs) => {
                (op.symbol().to_owned(), lhs.var().into_iter().chain(rhs.var()).collect())
            }
            Value::Cast(operand, _) => ("cast".to_owned(), one(operand)),
            Value::Method { name, args, .. } => (name.to_string(), vars(args)),
            Value::Join { join, parts, .. } => (format!("{join:?}").to_lowercase(), vars(parts)),
            Value::Call { callee, args } => {
                let name = match callee {
                    Callee::Method(name, _) => name.to_string(),
                    Callee::Function(path)
                    | Callee::Tangent(path)
                    | Callee::Associated(path)
                    | Callee::Constant(path, _) => path
                        .segments
                        .last()
                        .map(|segment| segment.ident.to_string())
                        .unwrap_or_default(),
                };
                (name, vars(args))
            }
            Value::Aggregate(_, operands) => ("aggregate".to_owned(), vars(operands)),
            Value::Detach(operand) => ("detach".to_owned(), one(operand)),
            Value::Inspect { operand, .. } => ("inspect_grad".to_owned(), one(operand)),
            Value::Opaque(opaque) => (opaque.label.to_owned(), opaque.reads.clone()),
        }
    }
}
