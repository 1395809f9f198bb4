//! The static graph as data.

use super::Emitter;
use crate::ir::{Callee, IdMap, IdSet, Op, OpKind, Operand, Region, Role, Source, Value, VarId};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::ExprPath;

/// The nodes in order, and the node that each variable is.
#[derive(Default)]
struct Nodes {
    tokens: Vec<TokenStream>,
    of: IdMap<VarId, usize>,
    /// The operation whose adjoint reads a value: the first that has it as an operand.
    readers: IdMap<VarId, String>,
    /// What is computed again once in its region.
    rebound: IdSet<VarId>,
}

impl Emitter<'_> {
    /// `&Graph`, built from constants.
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
        let krate = &self.krate;
        let operands = 0..nodes.tokens.len();
        let name = rule.path.segments.last().map(|segment| segment.ident.to_string());
        let line = quote_spanned!(rule.span()=> ::core::line!());
        nodes.tokens.push(quote! {
            #krate::Node::new("", #name, &[#(#operands),*], #line, true, false, true)
        });
        self.graph_of(&nodes)
    }

    fn graph_of(&self, nodes: &Nodes) -> TokenStream {
        let krate = &self.krate;
        let name = self.target.name().to_string();
        let tokens = &nodes.tokens;
        quote! {
            static NODES: &[#krate::Node] = &[#(#tokens),*];
            static GRAPH: #krate::Graph = #krate::Graph::new(#name, NODES);
            &GRAPH
        }
    }

    fn node(&self, nodes: &mut Nodes, var: VarId, operation: &str, operands: &[VarId], stop: bool) {
        let info = self.function.var(var);
        let name = info.source.clone().unwrap_or_default();
        let operands: Vec<usize> =
            operands.iter().filter_map(|var| nodes.of.get(var).copied()).collect();
        let requires_grad = self.activity.is_varied(var);
        let keeps = self.residuals.is_held(self.function, var);
        let krate = &self.krate;
        let line = quote_spanned!(info.span=> ::core::line!());
        let pass = self.fusion.number_of(var).map(|number| quote!(.fused(#number)));
        let shape = self.shapes.and_then(|shapes| shapes.of(var));
        let shape = shape.map(|shape| quote!(.shaped(#shape)));
        let residual = self.residual_of(var, nodes);
        let residual = (!residual.is_empty()).then(|| quote!(.with_residual(#residual)));
        nodes.of.insert(var, nodes.tokens.len());
        nodes.tokens.push(quote! {
            #krate::Node::new(#name, #operation, &[#(#operands),*], #line, #requires_grad, #stop, #keeps)
                #shape #residual #pass
        });
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
