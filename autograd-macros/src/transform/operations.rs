//! The reverse of each operation: its cotangent goes to its operands, by its rule.

use super::adjoint::{Again, Argument, Branch, Detour, Expr, Left, Part, Stmt, Zero};
use super::instance::{mentions_of_cotangent, primal, Instance};
use super::reverse::{cotangent_place, Writer};
use crate::analysis::selection::Reach;
use crate::analysis::sign::has_pole;
use crate::ir::ty::Float;
use crate::ir::{
    Aggregate, Callee, Join, Mutation, Op, OpKind, Operand, Place, Proj, RefStyle, Region, Role,
    Ty, Value, VarId,
};
use crate::rules::{self, Need, Rule, Structural, Sym};
use proc_macro2::Span;

impl<'a> Writer<'a> {
    pub(super) fn region(&mut self, region: &'a Region) {
        for op in region.ops.iter().rev() {
            self.op(op);
        }
    }

    fn op(&mut self, op: &'a Op) {
        if let Some(number) = self.fusion.number(op) {
            if self.fusion.group(number).anchor() == op.id {
                self.fused(number);
            }
            return;
        }
        self.restore(op);
        match &op.kind {
            OpKind::Define { dest, value } => {
                if self.activity.op_is_active(op) {
                    self.define(op, *dest, value);
                }
            }
            OpKind::Store { place, value } => self.store(op, place, value),
            OpKind::AddAssign { place, value, negate } => {
                if self.activity.op_is_active(op) {
                    self.add_assign(op, place, value, *negate);
                }
            }
            OpKind::Exchange { a, b } => {
                if self.activity.op_is_active(op) {
                    self.ensure(*a);
                    self.ensure(*b);
                    self.push(Stmt::Exchange { a: *a, b: *b });
                }
            }
            OpKind::Mutate { mutation, place, args } => {
                if self.activity.op_is_active(op) {
                    self.mutate(op, *mutation, place, args);
                }
            }
            OpKind::If { cond, then, els, dest } => {
                let branches = self.branches(op, &[then, els], *dest);
                if let Ok([then, els]) = <[Branch<'a>; 2]>::try_from(branches) {
                    self.push(Stmt::If { cond, then, els });
                }
            }
            OpKind::Match { arms, dest, .. } => {
                let bodies: Vec<&Region> = arms.iter().map(|arm| &arm.body).collect();
                let arms = self.branches(op, &bodies, *dest);
                if !arms.is_empty() {
                    self.push(Stmt::Match { op, arms });
                }
            }
            OpKind::Rest { body, dest } => {
                let rest = self.branches(op, &[body], *dest).pop();
                if let Some(rest) = rest {
                    self.push(Stmt::Rest(rest));
                }
            }
            OpKind::Checkpoint { body, dest } => {
                let again = self.branches(op, &[body], *dest).pop();
                if let Some(again) = again {
                    self.push(Stmt::Checkpoint(again));
                }
            }
            OpKind::Block { body } => {
                let stmts = self.nested(body, |_| {});
                if !stmts.is_empty() {
                    self.push(Stmt::Block(Branch { region: body, body: stmts }));
                }
            }
            OpKind::For { source, body } => {
                let stmts = self.nested(body, |_| {});
                if !stmts.is_empty() {
                    let body = Branch { region: body, body: stmts };
                    let counted = op.kind.ends_early();
                    self.push(Stmt::For { source, body, counted, span: op.span });
                }
            }
            OpKind::Loop { body, .. } => {
                let stmts = self.nested(body, |_| {});
                if !stmts.is_empty() {
                    self.push(Stmt::Loop(Branch { region: body, body: stmts }));
                }
            }
            OpKind::Effect(_)
            | OpKind::Alias { .. }
            | OpKind::Split { .. }
            | OpKind::Declare { .. }
            | OpKind::Exit(_) => {}
        }
    }

    /// The reverse of regions of which one ran; nothing if there is nothing to do in any.
    fn branches(
        &mut self,
        op: &'a Op,
        regions: &[&'a Region],
        dest: Option<VarId>,
    ) -> Vec<Branch<'a>> {
        let flows =
            dest.filter(|dest| self.activity.op_is_active(op) && self.declared.contains(dest));
        let branches: Vec<Branch<'a>> = regions
            .iter()
            .map(|region| {
                let body = self.nested(region, |this| {
                    if let (Some(dest), Some(Operand::Var(result))) = (flows, &region.result) {
                        if this.activity.is_varied(*result) {
                            let bar = Expr::Bar { var: dest, last: true };
                            this.contribute(*result, bar, false, op.span);
                        }
                    }
                });
                Branch { region, body }
            })
            .collect();
        if branches.iter().all(|branch| branch.body.is_empty()) {
            return Vec::new();
        }
        branches
    }

    fn store(&mut self, op: &'a Op, place: &Place, value: &Operand) {
        let resolved = self.function.resolve(place);
        if !self.activity.store_is_live(op) || !self.is_live(resolved.root) {
            self.unread_store(op, &resolved);
            return;
        }
        let root = resolved.root;
        let is_replaced = resolved.path.is_empty() && self.replaced.contains(&root);
        let active = value.var().filter(|_| self.activity.op_is_active(op));
        let left = if self.place_is_scalar(place) {
            Left::Scalar
        } else if self.growing.contains(&root) {
            Left::Symbolic
        } else if is_replaced && self.projected.contains(&root) {
            Left::Before(op.id)
        } else if active.is_some() && !self.projected.contains(&root) {
            Left::Symbolic
        } else {
            Left::SameShape
        };
        let target = cotangent_place(resolved);
        match active {
            Some(var) => self.contribute(var, Expr::Take { target, left }, false, op.span),
            None => self.push(Stmt::Clear { target, left }),
        }
    }

    /// The reverse of a store of what nobody reads: of a list, the cotangent gets the length that it had before.
    fn unread_store(&mut self, op: &'a Op, place: &Place) {
        let root = place.root;
        let replaced = place.path.is_empty()
            && self.activity.is_varied(root)
            && self.replaced.contains(&root)
            && self.projected.contains(&root)
            && !self.growing.contains(&root);
        if !replaced {
            return;
        }
        if self.is_live(root) {
            let target = cotangent_place(place.clone());
            self.push(Stmt::Clear { target, left: Left::Before(op.id) });
        } else {
            self.declared.insert(root);
            self.push(Stmt::Zero { var: root, kind: Zero::Before(op.id) });
        }
    }

    /// Undoes a change of a list in place, on the list's cotangent.
    fn mutate(&mut self, op: &'a Op, mutation: Mutation, place: &Place, args: &'a [Operand]) {
        let resolved = self.function.resolve(place);
        if !self.is_live(resolved.root) {
            return;
        }
        let target = cotangent_place(resolved);
        let span = op.span;
        let (function, rest) = match mutation {
            // The places of what was cut off are made when they are wanted.
            Mutation::Truncate => return,
            Mutation::Push => ("undo_push", vec![primal(&args[1])]),
            Mutation::Swap => ("undo_swap", args.iter().map(primal).collect()),
            Mutation::Fill => ("undo_fill", Vec::new()),
            Mutation::CopyFrom => ("undo_copy", Vec::new()),
            Mutation::Reverse => ("undo_reverse", vec![primal(&args[0])]),
        };
        let stored = mutation.stores().and_then(|index| args[index].var());
        let Some(stored) = stored.filter(|var| self.activity.is_varied(*var)) else {
            self.push(Stmt::Undo { function, target, args: rest, span });
            return;
        };
        let value = Expr::Undone { function, target, args: rest };
        if mutation == Mutation::CopyFrom {
            let source = self.target(stored);
            self.ensure(source.root);
            self.push(Stmt::MergeList { target: source, value, span });
        } else {
            self.contribute(stored, value, false, span);
        }
    }

    fn place_is_scalar(&self, place: &Place) -> bool {
        self.function.place_ty(place).is_float()
    }

    fn add_assign(&mut self, op: &'a Op, place: &Place, value: &Operand, negate: bool) {
        let resolved = self.function.resolve(place);
        let Operand::Var(var) = value else { return };
        if !self.is_live(resolved.root) {
            return;
        }
        let part = Expr::Part(cotangent_place(resolved));
        let part = if self.place_is_scalar(place) && self.is_scalar(*var) {
            part
        } else {
            Expr::SumTo { operand: *var, value: Box::new(part) }
        };
        self.contribute(*var, part, negate, op.span);
    }

    /// The reverse of a definition: the cotangent of `dest` goes to the operands.
    fn define(&mut self, op: &'a Op, dest: VarId, value: &'a Value) {
        let inline = matches!(self.function.var(dest).role, Role::Temp { inline: true });
        match value {
            Value::Ref { .. } => return,
            Value::Load(_) if inline => return,
            _ => {}
        }
        if let Value::Call { args, .. } = value {
            let mut roots = args.iter().filter_map(|arg| self.activity.written_through(arg.var()?));
            if roots.any(|root| self.activity.is_varied(root)) {
                self.declare(dest);
            }
        }
        if !self.declared.contains(&dest) {
            return;
        }
        let bar = |last| Expr::Bar { var: dest, last };
        match value {
            Value::Load(place) => {
                let target = cotangent_place(self.function.resolve(place));
                // A variable may begin as a constant and come to vary.
                if !self.activity.is_varied(target.root) {
                    return;
                }
                self.add(target, bar(true), false, self.is_scalar(dest), op.span);
            }
            Value::Use(Operand::Var(source)) => {
                if self.activity.is_varied(*source) {
                    self.contribute(*source, bar(true), false, op.span);
                }
            }
            Value::Inspect { operand: Operand::Var(operand), hook } => {
                self.push(Stmt::Inspect { var: dest, hook, span: op.span });
                self.contribute(*operand, bar(true), false, op.span);
            }
            Value::Unary(operator, operand) => {
                let rows = rules::unary(*operator).unwrap_or_default();
                self.elementwise(dest, &rows, std::slice::from_ref(operand), op.span);
            }
            Value::Binary(operator, lhs, rhs) => {
                let rows = rules::binary(*operator, lhs);
                self.elementwise(dest, &rows, &[lhs.clone(), rhs.clone()], op.span);
            }
            Value::Cast(Operand::Var(operand), _) => {
                let value = Expr::CastBack { operand: *operand, value: Box::new(bar(true)) };
                self.contribute(*operand, value, false, op.span);
            }
            Value::Join { join, parts, axis, .. } => self.join(dest, *join, parts, axis, op.span),
            Value::Method { name, args, .. } => {
                match rules::method(&name.to_string(), args.len()) {
                    Some(Rule::Elementwise(rows)) => self.elementwise(dest, &rows, args, op.span),
                    Some(Rule::Structural(rows)) => self.structural(dest, rows, args, op.span),
                    _ => {}
                }
            }
            Value::Call { callee, args } => self.call(op, dest, callee, args),
            Value::Aggregate(kind, operands) => self.aggregate(dest, kind, operands, op.span),
            Value::Use(_)
            | Value::Cast(..)
            | Value::Ref { .. }
            | Value::Detach(_)
            | Value::Inspect { .. }
            | Value::Opaque(_) => {}
        }
    }

    fn elementwise(&mut self, dest: VarId, rows: &[Option<Sym>], args: &[Operand], span: Span) {
        let active: Vec<(usize, VarId, &Sym)> = args
            .iter()
            .zip(rows)
            .enumerate()
            .filter_map(|(index, (arg, row))| Some((index, arg.var()?, row.as_ref()?)))
            .filter(|(_, var, _)| self.activity.is_varied(*var))
            .collect();
        let scalar = self.is_scalar(dest);
        let literal = matches!(self.ty(dest), Ty::Float(f) if !matches!(f, Float::Generic(_)));
        let rows = active.len();
        for (position, (_, operand, row)) in active.into_iter().enumerate() {
            // The last row may move the cotangent, if it names it once.
            let moves = position + 1 == rows && mentions_of_cotangent(row, literal) == 1;
            let mut value = Instance { args, dest, literal, scalar, moves }.expr(row);
            let broadcasts = args.len() > 1 && !(scalar && self.is_scalar(operand));
            if broadcasts {
                value = Expr::SumTo { operand, value: Box::new(value) };
            }
            let negate = scalar && matches!(value, Expr::Neg(_));
            if let (true, Expr::Neg(inner)) = (negate, value.clone()) {
                value = *inner;
            }
            if scalar && self.may_be_cut_off(dest, row, args) {
                value = Expr::Selected { dest, value: Box::new(value) };
            }
            self.contribute(operand, value, negate, span);
        }
    }

    /// Whether the cotangent of a scalar may be zero where its product with the derivative is not a
    /// number, because the value was not selected.
    fn may_be_cut_off(&self, dest: VarId, row: &Sym, args: &[Operand]) -> bool {
        let varies = |index: usize| args.get(index).is_some_and(|arg| arg.var().is_some());
        match self.selection.reach(dest) {
            Reach::Always => false,
            Reach::Memory => has_pole(row, args, dest, self.index),
            Reach::Selection => row.is_product(&varies),
        }
    }

    fn structural(
        &mut self,
        dest: VarId,
        rows: &'static [Structural],
        args: &[Operand],
        span: Span,
    ) {
        for row in rows {
            let Some(operand) = args[row.operand].var().filter(|var| self.activity.is_varied(*var))
            else {
                continue;
            };
            let mut exprs = vec![Expr::Ref(Box::new(Expr::Bar { var: dest, last: false }))];
            exprs.extend(row.needs.iter().map(|need| match need {
                Need::Operand(index) => Expr::Ref(Box::new(primal(&args[*index]))),
                Need::Result => Expr::Ref(Box::new(Expr::Primal(dest))),
                Need::Shape(_) => Expr::Ref(Box::new(Expr::Shape(operand))),
                Need::Argument(index) => primal(&args[*index]),
            }));
            self.contribute_call(row, operand, exprs, span);
        }
    }

    /// Each part takes its share of the result's cotangent.
    fn join(&mut self, dest: VarId, join: Join, parts: &[Operand], axis: &Operand, span: Span) {
        for (position, part) in parts.iter().enumerate() {
            let Some(operand) = part.var().filter(|var| self.activity.is_varied(*var)) else {
                continue;
            };
            let (function, place) = match join {
                Join::Concat => {
                    let before = parts[..position].iter().filter_map(Operand::var).collect();
                    ("concat_operand", Expr::Offset { parts: before, axis: Box::new(primal(axis)) })
                }
                Join::Stack => {
                    let position = proc_macro2::Literal::usize_unsuffixed(position);
                    ("stack_operand", Expr::Literal(quote::quote!(#position).into()))
                }
            };
            let bar = Expr::Ref(Box::new(Expr::Bar { var: dest, last: false }));
            let shape = Expr::Ref(Box::new(Expr::Shape(operand)));
            let target = self.target(operand);
            self.ensure(target.root);
            let args = vec![bar, shape, place, primal(axis)];
            self.push(Stmt::Call { function, operand, target, args, span });
        }
    }

    fn call(&mut self, op: &'a Op, dest: VarId, callee: &'a Callee, args: &'a [Operand]) {
        let is_method = matches!(callee, Callee::Method(..));
        let mut slots: Vec<Place> = Vec::new();
        let mut arguments = Vec::new();
        let mut receivers = Vec::new();
        for (index, arg) in args.iter().enumerate() {
            let var = arg.var();
            let by_ref = (is_method && index == 0)
                || var.is_some_and(|var| {
                    matches!(self.index.definition(var), Some(Value::Ref { .. }))
                });
            let written = var.and_then(|var| self.activity.written_through(var));
            let varied = var.is_some_and(|var| self.activity.is_varied(var))
                || written.is_some_and(|root| self.activity.is_varied(root));
            match var {
                Some(var) if by_ref => {
                    let target = varied.then(|| self.target(var));
                    if let Some(target) = &target {
                        self.ensure(target.root);
                    }
                    let overlaps = target
                        .as_ref()
                        .is_some_and(|target| slots.iter().any(|other| may_overlap(other, target)));
                    let detour = overlaps.then(|| {
                        if self.is_exclusive(index, args) {
                            Detour::Copy
                        } else {
                            Detour::Sum
                        }
                    });
                    slots.extend(target.clone());
                    let short = target.as_ref().is_some_and(|target| {
                        let whole = !matches!(target.path.last(), Some(Proj::Slice { .. }));
                        // A slice stays as long as it is.
                        let list = !matches!(self.function.var(target.root).ty, Ty::Slice(_));
                        whole && list && self.growing.contains(&target.root)
                    });
                    let again = match self.index.definition(var) {
                        Some(Value::Ref { style: RefStyle::ExplicitMut, .. }) => Again::Nothing,
                        _ if written.is_some() => Again::Either,
                        _ => Again::Operand,
                    };
                    arguments.push(Argument::Reference {
                        operand: var,
                        again,
                        slot: target,
                        short,
                        detour,
                    });
                }
                _ => {
                    arguments.push(Argument::Value { receives: varied });
                    receivers.extend(var.filter(|_| varied).map(|var| (index, var)));
                }
            }
        }
        let span = op.span;
        // What a callee writes to has a cotangent of its own.
        let writes = |arg: &Argument| arg.written().is_some();
        let writes = arguments.iter().any(writes);
        let reach = if writes { Reach::Always } else { self.selection.reach(dest) };
        self.push(Stmt::Pullback { op, dest, args: arguments, reach, span });
        for (index, var) in receivers {
            let value =
                Expr::Moved { var: argument_bar(op, index), part: Part::Member(0usize.into()) };
            self.contribute(var, value, false, span);
        }
    }

    /// Whether an argument cannot share memory with the others: a mutable reference that is given
    /// once.
    fn is_exclusive(&self, index: usize, args: &[Operand]) -> bool {
        let root = |arg: &Operand| match self.index.definition(arg.var()?)? {
            value @ Value::Ref { place, .. } => Some((place.root, self.function.may_write(value))),
            _ => None,
        };
        let Some((own, true)) = root(&args[index]) else { return false };
        let mut others = args.iter().enumerate().filter(|(other, _)| *other != index);
        others.all(|(_, arg)| root(arg).is_none_or(|(other, _)| other != own))
    }

    fn aggregate(&mut self, dest: VarId, kind: &Aggregate, operands: &[Operand], span: Span) {
        if matches!(kind, Aggregate::ArrayRepeat | Aggregate::VecRepeat) {
            let Some(operand) = operands[0].var().filter(|var| self.activity.is_varied(*var))
            else {
                return;
            };
            let value = Expr::SumElements(Box::new(Expr::Bar { var: dest, last: true }));
            self.contribute(operand, value, false, span);
            return;
        }
        let base = matches!(kind, Aggregate::Struct { base: true, .. });
        let parts = operands.len() - usize::from(base);
        for (index, operand) in operands.iter().enumerate() {
            let Some(var) = operand.var() else { continue };
            if !self.activity.is_varied(var) {
                continue;
            }
            let value = if index < parts {
                Expr::Moved { var: dest, part: Part::of(kind, index) }
            } else {
                Expr::Bar { var: dest, last: true }
            };
            self.contribute(var, value, false, span);
        }
    }
}

/// The variable-like id under which a call's pullback binds the cotangent of a by-value argument.
///
/// Ids above the function's variables are free; each is used for one argument of one operation.
pub(crate) fn argument_bar(op: &Op, index: usize) -> VarId {
    VarId(ARGUMENT_BARS + op.id.0 * 64 + u32::try_from(index).unwrap_or(63))
}

/// The first id of [`argument_bar`].
pub(crate) const ARGUMENT_BARS: u32 = 1 << 24;

/// Whether two parts of one variable could share memory.
pub(super) fn may_overlap(a: &Place, b: &Place) -> bool {
    a.root == b.root
        && a.path.iter().zip(&b.path).all(|(a, b)| match (a, b) {
            (Proj::Field(a), Proj::Field(b)) => a == b,
            _ => true,
        })
}
