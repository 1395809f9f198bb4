//! The second stage: Rust's surface becomes [IR](crate::ir).
//!
//! What has no meaning in the IR is carried as an [`Opaque`](crate::ir::Opaque), with the reason
//! why it must not see an active value; the analysis decides whether it does.

mod array;
mod call;
mod chain;
mod checkpoint;
mod closure;
mod condition;
mod control;
mod destructure;
mod element;
mod ends;
mod exit;
mod expr;
mod infer;
mod inspect;
mod loops;
mod matches;
mod mutate;
mod nested;
mod opaque;
mod option;
mod pattern;
mod place;
mod rewrite;
mod scalar;
mod sequence;
mod stages;
mod start;
mod stmt;
mod taint;

use crate::diag::Diagnostics;
use crate::ir::{
    Function, IdMap, IdSet, Names, Op, OpId, OpKind, Operand, Place, RefStyle, Region, RegionId,
    Role, Ty, Value, Var, VarId,
};
use crate::parse::Target;
use crate::walk::visit::Visit;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::HashMap;
use std::rc::Rc;

/// Lowers the body of a function.
pub(crate) fn lower(target: &Target, diag: &mut Diagnostics) -> Function {
    let mut lowerer = Lowerer::new(target, diag);
    let params = lowerer.params(target);
    reject_cfg(target, lowerer.diag);
    let output = (!target.is_unit()).then_some(&target.output);
    let block = exit::with_expected_value(&target.function.block, output);
    let result = lowerer.body(&block, output);
    if result.is_none() && output.is_some() {
        lowerer.diag.error_on(
            &target.function.sig.ident,
            "the body of a differentiable function ends in the value to differentiate",
            "end the body with an expression",
        );
    }
    let mut body = lowerer.close(result);
    lowerer.drop_closures(&mut body);
    let mut function = Function {
        params,
        active: target.params.iter().map(|param| param.active).collect(),
        vars: lowerer.vars,
        body,
        items: lowerer.items,
    };
    let output = Ty::of(&target.output, &target.reals);
    infer::infer(&mut function, &output);
    function
}

/// A region under construction.
struct Open {
    id: RegionId,
    ops: Vec<Op>,
    /// Where it goes when it is closed, if it was opened because control may leave the one before.
    remainder: Option<exit::Remainder>,
}

impl Open {
    fn new(id: RegionId) -> Self {
        Self { id, ops: Vec::new(), remainder: None }
    }
}

pub(crate) struct Lowerer<'a> {
    target: &'a Target,
    diag: &'a mut Diagnostics,
    vars: Vec<Var>,
    items: Vec<syn::Item>,
    /// What each name means, innermost scope last.
    scopes: Vec<HashMap<String, VarId>>,
    /// Names that are taken: all identifiers of the source, and those made up.
    taken: Names,
    /// Names that a variable is emitted under already.
    emitted: Names,
    /// The regions under construction, innermost last.
    open: Vec<Open>,
    /// What `break`, `continue` and `return` can leave, innermost last.
    targets: Vec<exit::Target>,
    /// Closures that are bound to a variable.
    closures: IdMap<VarId, Rc<closure::Closure>>,
    /// Variables that are known to be an `Option`.
    optional: IdSet<VarId>,
    /// Closures that tokens mention which are carried over.
    mentioned: IdSet<VarId>,
    recording: bool,
    /// The number of elements before, in a chain that passes all of its elements on.
    before: Option<Operand>,
    regions: u32,
    ops: u32,
    temps: u32,
    /// Counts operations that an evaluation must not be moved across.
    barriers: u32,
    reals: Vec<Ident>,
    taint: taint::Taint<'a>,
}

impl<'a> Lowerer<'a> {
    fn new(target: &'a Target, diag: &'a mut Diagnostics) -> Self {
        let mut taken = Names::default();
        collect_idents(target.function.to_token_stream(), &mut taken);
        Self {
            target,
            diag,
            vars: Vec::new(),
            items: Vec::new(),
            scopes: vec![HashMap::new()],
            taken,
            emitted: Names::default(),
            open: vec![Open::new(RegionId(0))],
            targets: Vec::new(),
            closures: IdMap::new(),
            optional: IdSet::new(),
            mentioned: IdSet::new(),
            recording: true,
            before: None,
            regions: 1,
            ops: 0,
            temps: 0,
            barriers: 0,
            reals: target.reals.clone(),
            taint: taint::Taint::new(target),
        }
    }

    /// Declares the parameters and takes patterns apart.
    fn params(&mut self, target: &Target) -> Vec<VarId> {
        let mut ids = Vec::new();
        let mut patterns = Vec::new();
        for param in &target.params {
            let ty = Ty::of(&param.ty, &self.reals);
            let role = if param.in_out {
                Role::InOut { active: param.active }
            } else if param.mutable && !param.by_ref {
                Role::Mutable
            } else {
                Role::Param { by_ref: param.by_ref, active: param.active }
            };
            let id = self.named(&param.ident, ty, role);
            if option::is_option_type(&param.ty) {
                self.optional.insert(id);
            }
            ids.push(id);
            if let Some(pattern) = &param.pattern {
                patterns.push((pattern.clone(), id));
            }
        }
        for (pattern, id) in patterns {
            let by_ref = self.var(id).is_reference();
            self.bind(&pattern, Place::var(id), by_ref);
        }
        ids
    }

    fn var(&self, id: VarId) -> &Var {
        &self.vars[id.0 as usize]
    }

    fn region(&self) -> RegionId {
        self.open.last().expect("a region is open").id
    }

    /// The operations of the innermost open region.
    fn ops(&self) -> &[Op] {
        &self.open.last().expect("a region is open").ops
    }

    fn push_var(&mut self, var: Var) -> VarId {
        let id = VarId(u32::try_from(self.vars.len()).unwrap_or(u32::MAX));
        self.vars.push(var);
        id
    }

    /// A new variable under a user's name, visible from here on.
    fn named(&mut self, name: &Ident, ty: Ty, role: Role) -> VarId {
        self.settle();
        let source = name.to_string();
        let ident = self.unique(name);
        let region = self.region();
        let var = Var::unnamed(ident, name.span(), ty, role, region);
        let id = self.push_var(Var { source: Some(source.clone()), ..var });
        self.scopes.last_mut().expect("a scope is open").insert(source, id);
        id
    }

    /// The name to emit a user's variable under: its own, unless an earlier variable has it.
    fn unique(&mut self, name: &Ident) -> Ident {
        let source = name.to_string();
        if self.emitted.insert(source.clone()) {
            return name.clone();
        }
        let fresh = self.taken.numbered(&format!("{}_", source.trim_start_matches("r#")));
        self.emitted.insert(fresh.clone());
        Ident::new(&fresh, name.span())
    }

    /// A new variable without a user's name.
    fn temp(&mut self, ty: Ty, span: Span, role: Role) -> VarId {
        self.settle();
        self.raw_temp(ty, span, role)
    }

    fn raw_temp(&mut self, ty: Ty, span: Span, role: Role) -> VarId {
        let name = loop {
            self.temps += 1;
            let name = format!("t{}", self.temps);
            if !self.taken.contains(&name) {
                break name;
            }
        };
        let ident = Ident::new(&name, Span::mixed_site().located_at(span));
        let region = self.region();
        self.push_var(Var::unnamed(ident, span, ty, role, region))
    }

    /// Appends an operation to the open region.
    fn emit(&mut self, kind: OpKind, span: Span) {
        self.settle();
        self.push_op(kind, span);
    }

    fn push_op(&mut self, kind: OpKind, span: Span) {
        if is_barrier(&kind) {
            self.barriers += 1;
        }
        let op = Op { id: OpId(self.ops), kind, span, recording: self.recording };
        self.ops += 1;
        self.open.last_mut().expect("a region is open").ops.push(op);
    }

    /// Defines a temporary and returns it as an operand.
    fn define(&mut self, value: Value, ty: Ty, span: Span) -> Operand {
        let inline = !matches!(value, Value::Call { .. } | Value::Opaque(_));
        let dest = self.temp(ty, span, Role::Temp { inline });
        self.emit(OpKind::Define { dest, value }, span);
        Operand::Var(dest)
    }

    /// Whether the last operation defines `var` as a borrow.
    fn is_reference(&self, var: VarId) -> bool {
        self.ops().iter().rev().any(|op| {
            matches!(&op.kind, OpKind::Define { dest, value: Value::Ref { .. } } if *dest == var)
        })
    }

    /// A borrow of a place as an operand.
    fn reference(&mut self, place: Place, style: RefStyle, span: Span) -> Operand {
        let ty = self.place_ty(&place);
        self.define(Value::Ref { place, style }, ty, span)
    }

    /// Lowers in a region of its own, with a scope of its own.
    fn in_region(&mut self, lower: impl FnOnce(&mut Self) -> Option<Operand>) -> Region {
        self.settle();
        let id = self.new_region();
        self.open.push(Open::new(id));
        self.scopes.push(HashMap::new());
        let result = lower(self);
        self.scopes.pop();
        self.close(result)
    }

    fn new_region(&mut self) -> RegionId {
        let id = RegionId(self.regions);
        self.regions += 1;
        id
    }

    fn lookup(&self, name: &str) -> Option<VarId> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name).copied())
    }

    /// The variable that a path names, if it is the name of one.
    fn variable_of(&self, path: &syn::ExprPath) -> Option<VarId> {
        self.lookup(&path.path.get_ident()?.to_string())
    }

    /// Evaluates `operand` where it stands, because what follows could change what it reads.
    fn pin(&mut self, operand: &Operand) {
        if let Operand::Var(var) = operand {
            let var = &mut self.vars[var.0 as usize];
            if let Role::Temp { inline } = &mut var.role {
                *inline = false;
            }
        }
    }

    /// Lowers operands from left to right, each evaluated before the next.
    fn in_order<T>(
        &mut self,
        items: &[T],
        mut lower: impl FnMut(&mut Self, &T) -> Operand,
    ) -> Vec<Operand> {
        let mut operands: Vec<Operand> = Vec::with_capacity(items.len());
        for item in items {
            let before = self.barriers;
            let operand = lower(self, item);
            if self.barriers != before {
                let earlier = operands.clone();
                earlier.iter().for_each(|operand| self.pin(operand));
            }
            operands.push(operand);
        }
        operands
    }

    fn operand_ty(&self, operand: &Operand) -> Ty {
        match operand {
            Operand::Var(var) => self.var(*var).ty.clone(),
            Operand::Literal(literal) => literal.ty.clone(),
        }
    }

    /// The operand that stands for an expression after an error was reported.
    fn poisoned(span: Span) -> Operand {
        Operand::literal(quote::quote_spanned!(span=> ()), Ty::Inactive)
    }
}

/// Conditional compilation is decided after expansion: a statement that may not be there cannot be
/// differentiated.
fn reject_cfg(target: &Target, diag: &mut Diagnostics) {
    struct Find<'d>(&'d mut Diagnostics);
    impl<'ast> Visit<'ast> for Find<'_> {
        fn visit_attribute(&mut self, attr: &'ast syn::Attribute) {
            if attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr") {
                self.0.error_on(
                    attr,
                    "conditional compilation inside a differentiable function is not accepted",
                    "put the attribute on whole functions, or test `cfg!(…)` in an `if`",
                );
            }
        }
    }
    let mut find = Find(diag);
    find.visit_block(&target.function.block);
    for input in &target.function.sig.inputs {
        find.visit_fn_arg(input);
    }
}

/// Whether an operation may have an effect on what a neighbouring one reads.
fn is_barrier(kind: &OpKind) -> bool {
    match kind {
        OpKind::Define { value, .. } => match value {
            Value::Call { .. } => true,
            Value::Opaque(opaque) => !opaque.writes.is_empty(),
            _ => false,
        },
        OpKind::Alias { .. } => false,
        _ => true,
    }
}

fn collect_idents(tokens: TokenStream, into: &mut impl Extend<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                into.extend([ident.to_string()]);
            }
            TokenTree::Group(group) => collect_idents(group.stream(), into),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
